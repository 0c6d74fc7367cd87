"""Matrix products on one thread, where a pool of them would only wait for each other."""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped] # ships no types


def one_thread() -> AbstractContextManager[object]:
    """
    A block in which matrix products take one thread.

    Small matrices are several times faster so, and tall ones cost half the processor time and
    leave the other cores to those who answer people.
    """
    limited: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limited


@cache
def _controller() -> ThreadpoolController:
    """Found once: looking for the libraries takes longer than a small fit."""
    return ThreadpoolController()
