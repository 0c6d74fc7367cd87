"""What is odd about the lexicon, each with the term to mend."""

from collections.abc import Sequence

import streamlit as st

from app.components.address import set_filter
from app.components.empty import empty_state
from app.components.plain_lines import quiet_line
from rhml_core.workflows.lexicon.tree import LexiconTree
from rhml_core.workflows.lexicon.warnings import LexiconWarning, WarningKind

_TITLES = {
    WarningKind.UNREADABLE: "Cannot be read",
    WarningKind.LABEL_GONE: "Without a label",
    WarningKind.REJECTED: "Rejected",
    WarningKind.DUPLICATE: "Twice",
    WarningKind.TWO_LABELS: "Under two labels",
    WarningKind.NO_MATCH: "Matches nothing",
}
_MOST = 25


def show_warnings(warnings: Sequence[LexiconWarning], tree: LexiconTree) -> None:
    """Draw the oddities, the gravest first, each with the way to its term."""
    if not warnings:
        empty_state(
            "Nothing to mend: each term stands once, under one label, and occurs in a message."
            if tree.lexicon.terms
            else "The lexicon has no term yet. Add one under Terms.",
            key="no_warnings",
            icon="check_circle",
        )
        return
    order = list(_TITLES)
    ranked = sorted(warnings, key=lambda one: order.index(one.kind))
    known = {term.term_id for term in tree.lexicon.terms}
    for place, warning in enumerate(ranked[:_MOST]):
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"warning_{place}", gap="medium"
        ):
            with st.container(width=150):
                quiet_line(_TITLES[warning.kind])
            with st.container(width="stretch"):
                st.text(warning.text)
            to_open = next((name for name in warning.term_ids if name in known), "")
            if to_open:
                st.button(
                    "Mend it",
                    key=f"mend_{warning.kind.name}_{to_open}",
                    on_click=_open_term,
                    args=(to_open,),
                )
    if len(ranked) > _MOST:
        quiet_line(f"And {len(ranked) - _MOST:,} more; they come up as these are mended.")


def _open_term(term_id: str) -> None:
    set_filter("part", None)
    set_filter("term", term_id)
