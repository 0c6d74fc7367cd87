"""The least that Streamlit can do: one form that shows a text and, when sent, the next one."""

import streamlit as st

st.session_state.setdefault("n", 0)


def _go_on() -> None:
    st.session_state.n += 1


with st.form("turn"):
    st.text(f"selling rdp access to a clinic, escrow accepted, case {st.session_state.n:05}")
    st.radio("What is it?", ["Sale", "Leak"], key="label")
    st.form_submit_button("Commit", on_click=_go_on)
