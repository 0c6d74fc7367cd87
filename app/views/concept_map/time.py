"""How the maps grew, cycle by cycle, and how alike they are."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.address_choice import choose_in_list
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.facts import part_title
from app.components.first_line import first_line
from app.components.map_charts import map_agreement_chart, size_chart
from app.components.map_data import link_words
from app.components.meanings import meaning_of
from app.components.plain_lines import plain_lines, quiet_line
from app.components.plain_table import plain_table
from app.components.two_sides import two_sides
from rhml_core.concept_map import Proposition
from rhml_core.domain import Person, Project
from rhml_core.measures.propositions import MapAgreement, MapSize
from rhml_core.workflows.concept_map.history import (
    TEAM,
    MapDiff,
    MapHistory,
    Snapshot,
    map_diff,
    map_history,
)
from rhml_core.workflows.workplace import Workplace

_UNDEFINED = "undefined: neither map says anything"


def show_history(place: Workplace, person: Person, project: Project, line: DeltaGenerator) -> None:
    """Draw agreement, sizes and what changed; the first line goes into `line`."""
    history = map_history(place, person, project.project_id)
    with line:
        first_line(history_words(history), note=_note(history))
    if not history.snapshots:
        empty_state(
            "Maps are kept as they were at the end of each cycle. Draw the first node, and the "
            "story begins.",
            key="no_map_history",
            icon="hub",
        )
        return
    left, right = two_sides((1, 1), (22, 22), key="map_time_sides")
    with left, st.container(gap="small", key="map_alike"):
        _show_agreement(history)
    with right, st.container(gap="small", key="map_growth"):
        _show_growth(history)


def history_words(history: MapHistory) -> str:
    """The answer of the page: how alike the two most like maps are now."""
    if not history.snapshots:
        return "Nobody has drawn a concept map yet."
    now = history.snapshots[-1]
    measured = {pair: one for pair, one in now.agreements.items() if one}
    if not measured:
        return "How alike maps are is undefined until two people say something on theirs."
    names = _names(history)
    pair, best = max(measured.items(), key=lambda item: (item[1].f1.value, item[0]))
    most = "" if len(measured) == 1 else " are most alike"
    return (
        f"{_pair(pair, names)}{most}: {best.n_shared:,} of "
        f"{counted(best.f1.n, 'statement')} shared, map agreement {best.f1}."
    )


def _note(history: MapHistory) -> str:
    if not history.snapshots or not any(history.snapshots[-1].agreements.values()):
        return ""
    return "n counts what either of the two maps says, taken over from the other or not."


def _show_agreement(history: MapHistory) -> None:
    part_title("How alike, two by two")
    now, names = history.snapshots[-1], _names(history)
    if not now.agreements:
        quiet_line("There is one map so far. Agreement needs two.")
        return
    plain_table(
        (
            ("maps of", ""),
            ("map agreement", meaning_of("Map agreement")),
            (
                "pairs linked alone",
                "The same for the mere pairs of nodes, whatever is said of them",
            ),
            ("shared", "Statements of both, and of either"),
        ),
        [
            (
                _pair(pair, names),
                [
                    _figure(found),
                    _figure(now.untyped[pair]),
                    (f"{found.n_shared:,} of {found.f1.n:,}" if found else "none", ""),
                ],
            )
            for pair, found in now.agreements.items()
        ],
        title="Agreement of maps",
    )
    points = [
        (_end(one), _pair(pair, names), found.f1)
        for one in history.snapshots
        for pair, found in one.agreements.items()
        if found
    ]
    if len(history.snapshots) > 1 and points:
        map_agreement_chart(points, key="map_agreement_chart")


def _show_growth(history: MapHistory) -> None:
    owners = {TEAM: "Team"} | {one.person_id: one.name for one in history.people}
    with st.container(horizontal=True, vertical_alignment="center", key="map_growth_bar"):
        part_title("How it grew")
        owner = choose_in_list("of", owners, key="map_of", title="Whose map", default=TEAM)
    sizes = [(_end(one), one.sizes[owner]) for one in history.snapshots if owner in one.sizes]
    if len(sizes) > 1:
        size_chart(sizes, key="map_size_chart")
    elif sizes:
        st.text(_size_words(sizes[0][1]))
    if sizes:
        quiet_line("Cross-links are links beyond those that hold the map together.")
    cycles = [one.cycle for one in history.snapshots]
    if len(cycles) == 1:
        part_title("What changed")
        quiet_line("There is one state so far. The next training run ends the cycle.")
        return
    _show_diff(history, owner, cycles)


def _show_diff(history: MapHistory, owner: str, cycles: Sequence[int]) -> None:
    ends = {
        str(one.cycle): f"end of cycle {one.cycle}" if one.ended_at else "now"
        for one in history.snapshots
    }
    part_title("What changed", note="from the one to the other")
    with st.container(horizontal=True, vertical_alignment="center", key="map_diff_bar"):
        first = choose_in_list("from", ends, key="map_from", title="From", default=str(cycles[-2]))
        second = choose_in_list("to", ends, key="map_to", title="To", default=str(cycles[-1]))
    _show_changes(map_diff(history, owner, int(first), int(second)))


def _show_changes(diff: MapDiff) -> None:
    names = diff.names
    parts = (
        ("Changed", [_change(one.before, one.after, names) for one in diff.changed]),
        ("Added", [_words(one, names) for one in diff.added]),
        ("Removed", [_words(one, names) for one in diff.removed]),
    )
    for title, lines in parts:
        if lines:
            part_title(title, note=f"{len(lines):,}")
            plain_lines(lines)
    new = [names[one] for one in diff.added_nodes]
    old = [names[one] for one in diff.removed_nodes]
    if new:
        quiet_line(f"New nodes: {', '.join(new)}")
    if old:
        quiet_line(f"Nodes no longer there: {', '.join(old)}")
    if not any((diff.changed, diff.added, diff.removed, new, old)):
        quiet_line("Nothing: both states say the same.")


def _change(before: Proposition, after: Proposition, names: Mapping[str, str]) -> str:
    return f"{_words(before, names)}, now: {_words(after, names)}"


def _words(said: Proposition, names: Mapping[str, str]) -> str:
    return link_words(names[said.subject], said.kind, names[said.object])


def _figure(found: MapAgreement | None) -> tuple[str, str]:
    return (str(found.f1), "") if found else (_UNDEFINED, "Draw a link on either map")


def _size_words(size: MapSize) -> str:
    return ", ".join(
        (
            counted(size.n_nodes, "node"),
            counted(size.n_links, "link"),
            counted(size.n_cross_links, "cross-link"),
        )
    )


def _end(one: Snapshot) -> str:
    return str(one.cycle) if one.ended_at else "now"


def _names(history: MapHistory) -> dict[str, str]:
    return {one.person_id: one.name for one in history.people}


def _pair(pair: tuple[str, str], names: Mapping[str, str]) -> str:
    return " and ".join(names[one] for one in pair)
