"""What a page says when it fails: one plain sentence and a way on, where the failing part stood."""

import logging
from urllib.parse import urlencode

import streamlit as st

from app.components.empty import show_error
from rhml_core.errors import RhmlError
from rhml_core.workflows.background.fault_log import log_fault

_log = logging.getLogger(__name__)
_FAULT = (
    "Something went wrong here, and it is not your doing. What was saved is kept; your last step "
    "may not be. Open the page again or go on with another one. If it comes back, tell whoever "
    "runs this workplace."
)


def show_fault(error: Exception) -> bool:
    """
    Draw what happened; a refusal in its own words, anything else in plain ones, and log it.

    Returns:
        That the reader has been told, for Streamlit, which otherwise shows a box of its own.
    """
    if isinstance(error, RhmlError):
        show_error(error)
        return True
    log_fault(_log, "a page failed", error)
    st.error(_FAULT, icon=":material/error:")
    # A link, for a button would need a page that is drawn again around it.
    here = urlencode(st.query_params.to_dict())
    st.html(
        f'<p><a href="?{here}" target="_self" style="color:inherit">Open the page again</a></p>'
    )
    return True


def keep_words_out_of_the_log() -> None:
    """Let Streamlit log that a page failed, but not the fault's words, which may quote messages."""
    logging.getLogger("streamlit.error_util").addFilter(_without_words)


def _without_words(record: logging.LogRecord) -> bool:
    record.exc_info = None
    return True
