"""The live machine ends with its server, without a word where nothing is wrong."""

import logging
from concurrent.futures import Future

from rhml_core.errors import RhmlError
from rhml_core.workflows.live.machine import _log_failure


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
