"""Someone saved while one was editing: both texts, field by field, and a choice between them."""

from collections.abc import Sequence

import streamlit as st

from app.components.plain_lines import plain_lines, quiet_line
from app.components.word_changes import word_changes_html
from app.views.codebook.changes import codebook_changes
from app.views.codebook.conflict import (
    MINE,
    THEIRS,
    FieldDifference,
    brought_together,
    field_differences,
    names_now,
)
from app.views.codebook.draft import Draft
from rhml_core.domain import Codebook, Project
from rhml_core.safe_text import plain
from rhml_core.workflows.codebook.codebooks import codebook_history, get_codebook
from rhml_core.workflows.workplace import Workplace


def show_both(
    place: Workplace, project: Project, draft: Draft, newest: Codebook, *, who: str
) -> Draft | None:
    """Draw where a draft and the newer version differ; both together once that is asked for."""
    base = get_codebook(place, project.project_id, draft.based_on)
    history = codebook_history(place, project.project_id).changes
    later = [history.get(n, ()) for n in range(draft.based_on + 1, newest.version + 1)]
    names = names_now(base.labels, later)
    found = field_differences(draft, base.labels, newest, names)
    contested = [one for one in found if one.is_contested]
    single = [one for one in found if not one.is_contested]
    with st.container(border=True, key="codebook_conflict"):
        st.warning(
            f"Version {newest.version} was saved{f' by {plain(who)}' if who else ''} while you "
            f"edited version {draft.based_on}. Nothing of your draft is lost: choose whose text "
            "stands, then bring both together.",
            icon=":material/merge:",
        )
        theirs, mine = st.columns(2)
        with theirs:
            quiet_line(f"What version {newest.version} changed")
            plain_lines(codebook_changes(base.labels, newest.labels) or ["Nothing."])
        with mine:
            quiet_line("What your draft changes")
            plain_lines(codebook_changes(base.labels, draft.labels) or ["Nothing yet."])
        sides = _choose(contested, newest)
        if single:
            title = f"Changed on one side only ({len(single)})"
            with st.expander(title, key="codebook_one_sided"):
                sides |= _choose(single, newest)
        if st.button("Bring both together", type="primary", key="codebook_merge"):
            return brought_together(draft, base.labels, newest, names, sides)
    return None


def _choose(found: Sequence[FieldDifference], newest: Codebook) -> dict[tuple[int, str], str]:
    sides = {}
    words = {MINE: "yours", THEIRS: f"version {newest.version}"}
    for one in found:
        mine, theirs, choice = st.columns([2, 2, 1.3], gap="small")
        with mine:
            _show_text(f"{one.label} · {one.field} · yours", one.before, one.mine)
        with theirs:
            _show_text(f"Version {newest.version}", one.before, one.theirs)
        sides[one.row, one.field] = choice.radio(
            f"Take {plain(one.label)}, {one.field}",
            list(words),
            index=list(words).index(one.usual_side),
            format_func=words.__getitem__,
            key=f"codebook_side_{newest.version}_{one.row}_{one.field}",
            label_visibility="collapsed",
        )
    return sides


def _show_text(title: str, before: str, after: str) -> None:
    quiet_line(title)
    shown = word_changes_html(before, after) or "empty"
    st.html(f'<div style="font-size:.92rem;line-height:1.45;overflow-wrap:anywhere">{shown}</div>')
