"""Unexpected faults in the log: where, never the fault's own words, which may quote a message."""

import logging
import traceback


def log_fault(logger: logging.Logger, what: str, error: BaseException) -> None:
    """Log what failed, the kind of fault and the way there."""
    way = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s\n%s", what, type(error).__name__, way)
