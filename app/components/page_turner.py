"""Pages of a list that is too long for one; the page stands in the address."""

import streamlit as st

from app.components.address import filter_value, set_filter

PAGE = ("page",)
"""The name under which the address holds the page; what a new filter takes out of it."""

_MOST_VISIBLE = 7


def page_in_address() -> int:
    """The page that the address names, from 1; the first where it names none."""
    wanted = filter_value("page")
    return max(int(wanted), 1) if wanted.isascii() and wanted.isdigit() else 1


def turn_page(
    n_pages: int,
    page: int,
    *,
    key: str,
    most_visible: int = _MOST_VISIBLE,
    resets: tuple[str, ...] = (),
) -> None:
    """
    Draw the choice of a page where there are several; another page is gone to at once.

    Args:
        n_pages: how many there are.
        page: the one shown, from 1.
        key: of this list's pages.
        most_visible: numbers shown at once.
        resets: names in the address that hold for the page shown alone.
    """
    if n_pages <= 1:
        return
    chosen = st.pagination(
        n_pages, default=page, max_visible_pages=most_visible, key=f"{key}_{page}"
    )
    if chosen != page:
        set_filter("page", str(chosen))
        for name in resets:
            set_filter(name, None)
        st.rerun()
