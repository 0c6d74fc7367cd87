"""Which libraries a run was made with."""

import platform
from collections.abc import Iterable
from importlib.metadata import version

FAST_LIBRARIES = ("numpy", "scipy", "scikit-learn", "onnxruntime")
SETFIT_LIBRARIES = (*FAST_LIBRARIES, "torch", "setfit", "sentence-transformers", "transformers")
STOCK_LIBRARIES = (*SETFIT_LIBRARIES, "datasets")


def library_versions(libraries: Iterable[str]) -> dict[str, str]:
    """Version of Python and of each library, by name; nothing is imported."""
    return {"python": platform.python_version()} | {name: version(name) for name in libraries}
