"""The digest of a cycle on top of the journal: three short lists, each line with its messages."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from app.components.address import filter_value, open_view, set_filter
from app.components.counted import counted
from app.components.message_list import ListedMessage, message_list
from app.components.plain_lines import quiet_line
from app.components.times import reader_date
from rhml_core.domain import Person, Project
from rhml_core.safe_text import one_line
from rhml_core.workflows.journal.digest import CycleDigest, cycle_digest, line_messages
from rhml_core.workflows.journal.digest_words import DigestLine
from rhml_core.workflows.overview.readings import digest_of, record_reading
from rhml_core.workflows.workplace import Workplace

_LINE = "line"
_STYLE = """<style>
.st-key-digest [data-testid="stColumn"] { min-width: min(100%, 14rem); }
.st-key-digest [class*="st-key-digest_line_"] { margin-top: -.55rem; gap: .2rem .9rem; }
.st-key-digest [class*="st-key-digest_line_"] button { min-height: 1.6rem; padding: 0; }
</style>"""


def show_digest(place: Workplace, person: Person, project: Project, *, n_cycles: int) -> None:
    """Draw the digest of the cycle in the address, else of the newest that a run has closed."""
    wanted = filter_value("cycle")
    cycle = int(wanted) if wanted.isdecimal() and 0 < int(wanted) < n_cycles else None
    digest = cycle_digest(place, person, project.project_id, cycle=cycle)
    if digest is None:
        quiet_line("The first digest comes when a training run has closed a cycle.")
        return
    record_reading(place, person, project.project_id, digest_of(digest.run))
    title = f"Cycle {digest.cycle} in two minutes \u00b7 run {digest.run}"
    st.html(_STYLE)
    with st.expander(f"{title}, {reader_date(digest.ended_at)}", expanded=True, key="digest"):
        _show_columns(digest)
        _show_messages(place, person, project, digest)


def _show_columns(digest: CycleDigest) -> None:
    for number, (column, (title, lines, nothing)) in enumerate(
        zip(st.columns(3, gap="medium"), _parts(digest), strict=True)
    ):
        with column, st.container(gap="small", key=f"digest_part_{number}"):
            st.html(
                '<h2 style="font-family:inherit;font-size:1rem;font-weight:600;margin:0;padding:0">'
                f"{escape(title)}</h2>"
            )
            if not lines:
                quiet_line(nothing)
            for place_in_part, line in enumerate(lines):
                _show_line(line, f"{number}.{place_in_part}")


def _parts(digest: CycleDigest) -> list[tuple[str, Sequence[DigestLine], str]]:
    return [
        ("What it learnt from you", digest.learnt_from_you, "Nothing is on record."),
        (
            "What you might learn from it",
            digest.learn_from_it,
            "Nothing in this cycle: it contradicted nobody, and has no new concept to show.",
        ),
        (
            "Where both are blind",
            digest.both_blind,
            "Worked out for the newest cycle only, as it stands now.",
        ),
    ]


def _show_line(line: DigestLine, name: str) -> None:
    st.html(
        '<p style="margin:0;font-size:.92rem;line-height:1.42;overflow-wrap:anywhere;'
        f'font-variant-numeric:tabular-nums">{escape(one_line(line.sentence))}</p>'
    )
    if not line.message_ids and not line.concept_id:
        return
    with st.container(horizontal=True, gap="small", key=f"digest_line_{name}"):
        if line.message_ids:
            is_open = filter_value(_LINE) == name
            n = counted(len(line.message_ids), "message")
            st.button(
                "Close" if is_open else n,
                key=f"digest_messages_{name}",
                type="tertiary",
                icon=":material/expand_less:" if is_open else ":material/expand_more:",
                on_click=set_filter,
                args=(_LINE, None if is_open else name),
            )
        if line.concept_id:
            st.button(
                "Open its card",
                key=f"digest_concept_{name}",
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=_open_card,
                args=(line.concept_id,),
            )


def _open_card(concept_id: str) -> None:
    for name in ("page", "who", "label", "cycle", "status"):
        set_filter(name, None)
    set_filter("concept", concept_id)


def _show_messages(place: Workplace, person: Person, project: Project, digest: CycleDigest) -> None:
    lines = {
        f"{number}.{place_in_part}": line
        for number, (_, part, _) in enumerate(_parts(digest))
        for place_in_part, line in enumerate(part)
    }
    line = lines.get(filter_value(_LINE))
    if line is None or not line.message_ids:
        return
    found = line_messages(place, person, project.project_id, line)
    listed = [ListedMessage(one.message_id, one.text, ()) for one in found]
    clicked = message_list(listed, chosen="", key="digest_messages", title=line.sentence)
    if clicked:
        open_view("disagreements", message=clicked)
