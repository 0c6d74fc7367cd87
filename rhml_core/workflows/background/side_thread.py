"""A thread beside the pages, which lets the threads that answer people go first."""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from rhml_core.errors import RhmlError
from rhml_core.workflows.background.fault_log import log_fault

logger = logging.getLogger(__name__)

_NICENESS = 10


class SideThread:
    """One piece of work after the other, beside the pages."""

    def __init__(self, name: str) -> None:
        """The thread starts with its first work."""
        self._thread = ThreadPoolExecutor(1, name, initializer=_give_way)

    def begin(self, work: Callable[[], object]) -> bool:
        """Have the work done after what was begun before; False where the server is stopping."""
        try:
            self._thread.submit(work).add_done_callback(_log_failure)
        except RuntimeError:
            logger.debug("no more background work")
            return False
        return True

    def close(self) -> None:
        """Finish what is under way and begin no more."""
        self._thread.shutdown(cancel_futures=True)


def _give_way() -> None:
    """Let the threads that answer people go first; where the system cannot, nothing is lost."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _log_failure(done: "Future[object]") -> None:
    if done.cancelled():  # the server ends; what waited is made at the next start
        return
    error = done.exception()
    if isinstance(error, RhmlError):
        logger.warning("background work gave up: %s", error)
    elif error is not None:
        log_fault(logger, "background work failed", error)
