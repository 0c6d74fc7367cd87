"""Keys that tell a repeated click from a new act."""

import uuid

import streamlit as st


def act_key(act: str) -> str:
    """
    The key under which this session's next such act is written.

    It stays the same until `close_act`, so that an act which is tried again after an error is
    written once.
    """
    return str(st.session_state.setdefault(f"act_key_{act}", f"{act}-{uuid.uuid4().hex}"))


def close_act(act: str) -> None:
    """Note that the act was written; the next one gets a key of its own."""
    st.session_state.pop(f"act_key_{act}", None)
