"""The lexicon's past: what each version was worth, what it changed, and the way back."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import filter_value
from app.components.address_choice import choose_in_list
from app.components.empty import empty_state, show_error
from app.components.facts import part_title
from app.components.holdout_note import HOLDOUT_NOTE
from app.components.lexicon_charts import version_chart
from app.components.meanings import meaning_of
from app.components.plain_lines import plain_lines, quiet_line
from app.components.plain_table import plain_table
from app.components.two_sides import two_sides
from app.views.lexicon.words import (
    change_counts,
    change_words,
    difference_sentence,
    version_words,
)
from rhml_core.domain import Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.workflows.lexicon.figures import VersionFigures, version_figures
from rhml_core.workflows.lexicon.lexicon import roll_back_lexicon
from rhml_core.workflows.lexicon.versions import (
    LexiconVersion,
    lexicon_difference,
    list_lexicon_versions,
)
from rhml_core.workflows.workplace import Workplace

_MOST_MEASURED = 12
_MOST_CHANGES = 200


def show_versions(
    place: Workplace, person: Person, project: Project, names: Mapping[str, str]
) -> None:
    """Draw what the newest versions are worth, and how two of them differ."""
    versions = list_lexicon_versions(place, person, project.project_id)
    if not versions:
        empty_state(
            "There is no version yet: the first term that someone adds makes one.",
            key="no_versions",
            icon="history",
        )
        return
    newest = versions[:_MOST_MEASURED]
    with st.spinner("Measuring the versions", show_time=True):
        figures = version_figures(
            place, person, project.project_id, [one.version for one in newest]
        )
    left, right = two_sides((11, 9), (26, 22), key="version_sides")
    with left:
        _show_figures(newest, figures, names)
        if len(versions) > _MOST_MEASURED:
            quiet_line(f"The newest {_MOST_MEASURED} of {len(versions):,} versions.")
    with right, st.container(gap="small", key="version_difference"):
        _show_difference(place, person, project, versions)


def _show_figures(
    versions: Sequence[LexiconVersion],
    figures: Mapping[int, VersionFigures],
    names: Mapping[str, str],
) -> None:
    measured = [
        (one.version, one.reflection, one.runs.mean if one.runs else None)
        for one in sorted(figures.values(), key=lambda one: one.version)
    ]
    if any(of_terms or of_runs is not None for _, of_terms, of_runs in measured):
        version_chart(measured, key="version_chart")
    missing = next((one.missing for one in figures.values() if one.missing), "")
    if missing:
        quiet_line(missing)
    plain_table(
        (
            ("version", "Newest first; who, when and why"),
            ("terms", "In this version"),
            ("changed", "Terms added, removed, moved or given another reason"),
            ("lexicon alone", meaning_of("Lexicon alone")),
            ("runs with it", "Mean macro-F1 on the hold-out of the runs that used it"),
        ),
        [
            (
                f"{one.version}: {version_words(one, names)}",
                [
                    (f"{one.n_terms:,}", ""),
                    (change_counts(one), ""),
                    _alone(figures[one.version]),
                    (str(figures[one.version].runs or "none measured"), ""),
                ],
            )
            for one in versions
        ],
        title="Versions of the lexicon",
    )


def _alone(figures: VersionFigures) -> tuple[str, str]:
    if figures.reflection is None:
        return "not measured", figures.missing
    return str(figures.reflection), f"{figures.n_hit:,} hold-out messages contain a term"


def _show_difference(
    place: Workplace,
    person: Person,
    project: Project,
    versions: Sequence[LexiconVersion],
) -> None:
    part_title("What changed")
    # What stood when the page was last drawn: a click draws it anew before it is answered.
    seen = st.session_state.get(f"versions_seen_{project.project_id}", versions[0].version)
    st.session_state[f"versions_seen_{project.project_id}"] = versions[0].version
    numbers = {str(one.version): f"version {one.version}" for one in versions}
    with st.container(horizontal=True, vertical_alignment="center", key="version_choice"):
        after = choose_in_list(
            "after",
            numbers,
            key="version_after",
            title="Newer version",
            default=str(versions[0].version),
            resets=("before",),
            width=150,
        )
        quiet_line("against")
        older = {**numbers, "0": "nothing"}
        before = choose_in_list(
            "before",
            older,
            key="version_before",
            title="Older version",
            default=str(max(int(after) - 1, 0)),
            width=150,
        )
    found = lexicon_difference(
        place, person, project.project_id, before=int(before), after=int(after)
    )
    quiet_line(difference_sentence(found))
    with st.container(height=300 if len(found.changes) > 10 else "content", border=False):  # noqa: PLR2004
        plain_lines([change_words(change) for change in found.changes[:_MOST_CHANGES]])
        if len(found.changes) > _MOST_CHANGES:
            quiet_line(f"and {len(found.changes) - _MOST_CHANGES:,} more changes")
    if person.may(Role.EXPERT) and int(after) != versions[0].version:
        _offer_way_back(place, person, project, int(after), seen)


def _offer_way_back(
    place: Workplace, person: Person, project: Project, version: int, seen: int
) -> None:
    quiet_line("Going back makes a new version like this one; what stands now stays on record.")
    quiet_line(HOLDOUT_NOTE)
    if st.button(f"Go back to version {version}", key=f"roll_back_{version}"):
        act = f"roll_back_{version}"
        try:
            roll_back_lexicon(
                place, person, project.project_id, version, seen=seen, key=act_key(act)
            )
        except RhmlError as error:
            show_error(error)
            return
        close_act(act)
        for name in ("after", "before"):
            if filter_value(name):
                del st.query_params[name]
        st.rerun()
