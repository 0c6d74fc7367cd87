"""Choices that live in the address: pills and drop-downs whose page can be sent to a colleague."""

from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from app.components.address import filter_value, set_filter
from rhml_core.safe_text import one_line, plain


def _remember(name: str, key: str, default: str, resets: Sequence[str]) -> None:
    chosen = st.session_state[key]
    for other in resets:
        set_filter(other, None)
    set_filter(name, None if chosen in (None, default) else str(chosen))


def _current(name: str, options: Mapping[str, str], default: str) -> str:
    wanted = filter_value(name, default)
    return wanted if wanted in options else default


def choose_pill(
    name: str,
    options: Mapping[str, str],
    *,
    key: str,
    title: str,
    default: str = "",
    resets: Sequence[str] = (),
) -> str:
    """
    Draw the options as pills and return the chosen one.

    Args:
        name: the filter's name in the address; absent there, it has its default.
        options: value -> words shown, in order.
        key: the widget's key.
        title: what is chosen, for screen readers.
        default: value of the pill that is chosen where the address names none.
        resets: other filters that a new choice takes out of the address.
    """
    st.session_state[key] = _current(name, options, default)
    chosen = st.pills(
        plain(title),
        list(options),
        required=True,
        format_func=lambda value: plain(options[value]),
        key=key,
        on_change=_remember,
        args=(name, key, default, resets),
        label_visibility="collapsed",
        wrap=True,
    )
    return str(chosen)


def choose_part(
    name: str,
    options: Mapping[str, str],
    *,
    key: str,
    title: str,
    default: str,
    resets: Sequence[str] = (),
) -> str:
    """Draw the parts of a page as one joined control; arguments as of `choose_pill`."""
    st.session_state[key] = _current(name, options, default)
    chosen = st.segmented_control(
        plain(title),
        list(options),
        required=True,
        format_func=lambda value: plain(options[value]),
        key=key,
        on_change=_remember,
        args=(name, key, default, resets),
        label_visibility="collapsed",
    )
    return str(chosen)


def choose_in_list(
    name: str,
    options: Mapping[str, str],
    *,
    key: str,
    title: str,
    default: str = "",
    resets: Sequence[str] = (),
    width: int | Literal["stretch"] = 200,
) -> str:
    """
    Draw the options as a drop-down, `width` pixels wide, and return the chosen one.

    The other arguments are as of `choose_pill`.
    """
    st.session_state[key] = _current(name, options, default)
    chosen = st.selectbox(
        plain(title),
        list(options),
        format_func=lambda value: one_line(options[value]),
        key=key,
        on_change=_remember,
        args=(name, key, default, resets),
        label_visibility="collapsed",
        width=width,
    )
    return str(chosen)


def search_field(
    name: str,
    *,
    key: str,
    title: str,
    icon: str | None = None,
    resets: Sequence[str] = (),
    width: int = 200,
) -> str:
    """Draw a field whose words live in the address, and return them; arguments as above."""
    st.session_state[key] = filter_value(name)
    words = st.text_input(
        plain(title),
        key=key,
        placeholder=title,
        icon=icon,
        on_change=_remember,
        args=(name, key, "", resets),
        label_visibility="collapsed",
        width=width,
    )
    return words.strip()


def removable_pill(name: str, words: str, *, key: str, resets: Sequence[str] = ()) -> None:
    """Draw an active filter as a button that removes it, and `resets`, from the address."""
    st.button(
        plain(words),
        key=key,
        icon=":material/close:",
        help="Remove this filter",
        on_click=_remove,
        args=((name, *resets),),
    )


def _remove(names: Sequence[str]) -> None:
    for name in names:
        set_filter(name, None)
