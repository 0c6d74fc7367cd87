"""A newcomer's first steps on Home: what comes, in which order, and what is done."""

from html import escape

import streamlit as st

from app.components.counted import counted
from app.components.facts import part_title
from rhml_core.safe_text import one_line
from rhml_core.workflows.overview.first_steps import FirstSteps

_STYLE = """<style>
ol.rhml-steps.rhml-steps {
  list-style: none; margin: 0; padding: 0; font-variant-numeric: tabular-nums;
}
ol.rhml-steps.rhml-steps li { display: flex; gap: .75rem; padding: .4rem 0; margin: 0; }
.rhml-steps .mark {
  flex: none; width: 1.55rem; height: 1.55rem; border-radius: 50%; display: grid;
  place-items: center; font-size: .85rem; font-weight: 600; border: 1.5px solid currentColor;
}
.rhml-steps .done .mark, .rhml-steps .later .mark { opacity: .62; }
.rhml-steps .now .mark { background: light-dark(#17635A, #7CCBBB); color: light-dark(#fff, #161715);
  border-color: transparent; }
.rhml-steps b { display: block; font-weight: 600; line-height: 1.55rem; }
.rhml-steps .now b { font-weight: 700; }
.rhml-steps p { margin: 0; font-size: .92rem; line-height: 1.45; opacity: .78; }
</style>"""


def show_first_steps(steps: FirstSteps) -> None:
    """Draw the steps in order: those done ticked, the next one marked."""
    part_title("Your first steps")
    rows = step_rows(steps)
    nexts = [place for place, (_, _, is_done) in enumerate(rows) if not is_done]
    items = [
        _item(number, title, words, "done" if is_done else _state(number, nexts))
        for number, (title, words, is_done) in enumerate(rows, start=1)
    ]
    st.html(f'{_STYLE}<ol class="rhml-steps" aria-label="First steps">{"".join(items)}</ol>')


def step_rows(steps: FirstSteps) -> list[tuple[str, str, bool]]:
    """The steps as title, what it is, and whether it is done; in order."""
    rows = [
        (
            "Read the codebook",
            (
                f"{counted(steps.n_labels, 'label')}: what each means, with examples. It stands "
                "beside every message, so you need not learn it by heart."
            ),
            steps.has_read_codebook,
        )
    ]
    if steps.round is not None:
        words = (
            f"{counted(steps.round.n, 'message')} whose label is settled; after each you are told "
            f"what it is and why. Your queue opens with {steps.round.n_needed:,} right."
        )
        rows.append(("Practise: the first round", words, False))
    elif steps.has_passed_round:
        rows.append(("Practise: the first round", "Passed.", True))
    rows.append(
        (
            "Label",
            (
                f"{counted(steps.n_waiting, 'message waits', 'messages wait')} for you, all by "
                "keyboard. You answer first; only then the machine speaks, and you may keep or "
                "change your label."
            ),
            False,
        )
    )
    return rows


def _state(number: int, nexts: list[int]) -> str:
    return "now" if nexts and number == nexts[0] + 1 else "later"


def _item(number: int, title: str, words: str, state: str) -> str:
    mark = "\u2713" if state == "done" else str(number)
    told = {"done": "done: ", "now": "next: "}.get(state, "")
    hidden = f'<span style="position:absolute;clip-path:inset(50%)">{told}</span>' if told else ""
    current = ' aria-current="step"' if state == "now" else ""
    return (
        f'<li class="{state}"{current}><span class="mark" aria-hidden="true">{mark}</span>'
        f"<div><b>{hidden}{escape(one_line(title))}</b>"
        f"<p>{escape(one_line(words))}</p></div></li>"
    )
