"""What is done once after the first page, so that no later one waits for it."""

import gc
import threading
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

import app.views


@cache
def begin_warming_up() -> None:
    """Warm up beside the pages, once in the life of the process."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()


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
