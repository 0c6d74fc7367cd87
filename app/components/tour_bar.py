"""The words of a guided tour in its bar at the top of a page."""

from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rhml_core.safe_text import one_line

_STYLE = """<style>
[data-testid=stLayoutWrapper]:has(> .st-key-tour) { position: sticky; top: .4rem; z-index: 90; }
.st-key-tour {
  padding: .5rem .9rem; margin: 0 0 .4rem;
  border-left: 4px solid light-dark(#17635A, #7CCBBB) !important; border-radius: 8px;
  background: light-dark(#F3F0E9, #212320);
}
.st-key-tour > [data-testid=stLayoutWrapper]:has(> .st-key-tour_words) {
  flex: 1 1 24rem; min-width: min(100%, 24rem);
}
.st-key-tour_back a, .st-key-tour_next a {
  border: 1px solid light-dark(#DAD5C9, #3C3E39); border-radius: 8px; padding: .35rem .75rem;
  background: light-dark(#FCFBF8, #161715); min-height: 2.5rem; box-sizing: border-box;
}
.st-key-tour_next a, .st-key-tour_next a:hover {
  background: light-dark(#17635A, #26786A); border-color: light-dark(#17635A, #26786A);
}
.st-key-tour_next a:hover { filter: brightness(1.12); }
.st-key-tour_next a, .st-key-tour_next a * { color: #fff !important; font-weight: 600; }
[data-testid=stMain]:has(.st-key-tour) :is(
  [data-testid=stBaseButton-primary], [data-testid=stBaseButton-primaryFormSubmit]
):not(.st-key-tour *) {
  background: light-dark(#FCFBF8, #161715); border-color: light-dark(#DAD5C9, #3C3E39);
  color: inherit;
}
.st-key-tour a:focus-visible {
  outline: 3px solid light-dark(#17635A, #7CCBBB); outline-offset: 2px;
}
.st-key-tour [data-stale=true] { opacity: 1 !important; transition: none !important; }
.rhml-tour { font-size: .93rem; line-height: 1.4; }
.rhml-tour p { margin: 0; }
.rhml-tour .step { opacity: .78; font-variant-numeric: tabular-nums; margin-right: .6em; }
.rhml-tour .now { font-size: .88rem; opacity: .82; font-variant-numeric: tabular-nums; }
</style>"""


def tour_bar() -> DeltaGenerator:
    """The bar, into which words and ways on are drawn; it stays in sight while the page scrolls."""
    st.html(_STYLE)
    return st.container(
        horizontal=True, vertical_alignment="center", gap="medium", key="tour", border=True
    )


def tour_text(step: str, title: str, sentences: str, now: str) -> None:
    """Draw which step this is, what one sees, and, where it is not empty, how things stand now."""
    below = f'<p class="now">{escape(one_line(now))}</p>' if now else ""
    st.html(
        f'<section class="rhml-tour" aria-label="Guided tour, {escape(step.lower())}">'
        f'<p><span class="step">{escape(step)}</span><strong>{escape(title)}</strong></p>'
        f"<p>{escape(one_line(sentences))}</p>{below}</section>"
    )
