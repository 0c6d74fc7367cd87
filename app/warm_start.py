"""What is done once beside the first page, so that no later visitor waits for it."""

import gc
from importlib import import_module
from pkgutil import walk_packages

import app.views


def warm_up() -> None:
    """
    Import what the pages need and keep it out of every later garbage collection.

    Streamlit collects all garbage after each run of a page. With some 250,000 objects of the
    libraries in the way that takes 0.1 to 0.2 s, in which the process answers nobody else; what
    is frozen here is not looked at again.
    """
    for module in walk_packages(app.views.__path__, f"{app.views.__name__}."):
        import_module(module.name)
    gc.collect()
    gc.freeze()
