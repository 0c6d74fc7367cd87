"""A thread beside the pages ends with its server, without a word where nothing is wrong."""

import logging
import threading
from concurrent.futures import Future

from rhml_core.errors import RhmlError
from rhml_core.workflows.background.side_thread import SideThread, _log_failure


def _ended(error=None):
    done = Future()
    if error is None:
        done.cancel()
    else:
        done.set_exception(error)
    return done


def test_training_that_the_servers_end_cancelled_is_no_fault(caplog):
    """It stood in the log as a crash, with its traceback."""
    done = _ended()
    with caplog.at_level(logging.WARNING):
        done.add_done_callback(_log_failure)

    assert done.cancelled()
    assert caplog.records == []


def test_training_that_gave_up_says_why(caplog):
    with caplog.at_level(logging.WARNING):
        _ended(RhmlError("too few labels")).add_done_callback(_log_failure)

    assert "too few labels" in caplog.text


def test_work_is_done_in_order_and_none_is_begun_after_the_end():
    side, done = SideThread("side"), []
    go_on = threading.Event()

    began = [side.begin(go_on.wait), side.begin(lambda: done.append(1))]
    go_on.set()
    began.append(side.begin(lambda: done.append(2)))
    is_done = threading.Event()
    began.append(side.begin(is_done.set))
    assert is_done.wait(timeout=30)
    side.close()

    assert began == [True] * 4
    assert done == [1, 2]
    assert not side.begin(lambda: done.append(3))
    assert done == [1, 2]
