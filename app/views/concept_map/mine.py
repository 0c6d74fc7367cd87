"""The person's own map: each act is stored before the page says so."""

import logging
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.counted import counted
from app.components.first_line import first_line
from app.components.map_canvas import MapAct, map_canvas, read_map_act, sent_map_acts
from app.components.map_data import own_map_data
from app.components.marks import label_colours
from app.components.turn_card import key_of
from app.session import check_session
from rhml_core.domain import Person, Project
from rhml_core.errors import RhmlError
from rhml_core.workflows.background.fault_log import log_fault
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.concept_map import acts
from rhml_core.workflows.concept_map.concept_map import OwnMap, own_map
from rhml_core.workflows.concept_map.proposals import accept_proposals, arrange
from rhml_core.workflows.concept_map.team import take_over
from rhml_core.workflows.workplace import Workplace

_log = logging.getLogger(__name__)
_MOST_ANSWERS = 200
_FAULT = "Something went wrong here, and it is not your fault. What was stored is kept."


@dataclass(frozen=True)
class MapAnswer:
    """
    What the map is told of the acts that it sent.

    Attributes:
        keys: of the newest acts that were carried out or refused.
        problem: why one of those sent last was refused; "" where none was.
    """

    keys: tuple[str, ...] = ()
    problem: str = ""


def show_own_map(place: Workplace, person: Person, project: Project, line: DeltaGenerator) -> None:
    """Draw the own map, to be changed; its first line goes into `line`."""
    where = project.project_id
    key = f"own_map_{where}"
    answer = answered(key)
    own = own_map(place, person, where)
    with line:
        first_line(own_map_words(own), note=_next_words(own))
    data = own_map_data(own, label_colours(get_codebook(place, where)))
    data |= {"answers": answer.keys, "problem": answer.problem, "notice": "Stored"}
    with st.container(key="map_paper"):
        map_canvas(data, key=key, on_acts=lambda: take_acts(place, person, project, key))


def own_map_words(own: OwnMap) -> str:
    """The answer of the page."""
    if not own.map.nodes:
        return "Your map is empty: what speaks for what, as you see it?"
    n_links = len(own.map.propositions)
    nodes = counted(len(own.map.nodes), "node")
    if not n_links:
        return f"Your map has {nodes} and says nothing yet: link two of them."
    return f"Your map makes {counted(n_links, 'statement')} about {nodes}."


def _next_words(own: OwnMap) -> str:
    if own.n_links_missing and own.map.nodes:
        links = f"{own.n_links_missing} more {'link' if own.n_links_missing == 1 else 'links'}"
        return f"{links}, and the maps of your colleagues open."
    return ""


def answered(key: str) -> MapAnswer:
    """What to tell the map with this key in this run of the page."""
    answer = st.session_state.get(f"{key}_answer")
    return answer if isinstance(answer, MapAnswer) else MapAnswer()


def take_acts(place: Workplace, person: Person, project: Project, key: str) -> None:
    """Run when the map sent acts: do them, and keep the answer for the drawing that follows."""
    sent = sent_map_acts(key)
    problems = [_take_act(place, person, project, one) for one in sent]
    problem = next((one for one in problems if one), "")
    if sent:
        # A run may be cut short before the browser hears of it: the next one tells it again.
        keys = (*answered(key).keys, *(key_of(one) for one in sent))
        st.session_state[f"{key}_answer"] = MapAnswer(keys[-_MOST_ANSWERS:], problem)


def _take_act(place: Workplace, person: Person, project: Project, sent: object) -> str:
    """Do one act; why it failed, "" where it did not."""
    try:
        act = read_map_act(sent)
        check_session(person)
        do_act(place, person, project, act)
    except RhmlError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 -- unanswered, the map would send the act again
        log_fault(_log, "an act on a concept map failed", error)
        return _FAULT
    return ""


def do_act(place: Workplace, person: Person, project: Project, act: MapAct) -> None:
    """
    Carry out one act of the browser.

    Raises:
        RhmlError: it cannot be done; nothing is stored.
    """
    asked, key, ids = (place, person, project.project_id), act.key, act.ids
    doing = {
        "add": lambda: acts.add_node(*asked, act.name, kind=act.node_kind, at=act.place, key=key),
        "rename": lambda: acts.rename_node(*asked, act.element_id, act.name, key=key),
        "kind": lambda: acts.change_node_kind(*asked, act.element_id, act.node_kind, key=key),
        "move": lambda: acts.move_nodes(*asked, act.places, key=key),
        "link": lambda: acts.link_nodes(*asked, act.source, act.target, act.link_kind, key=key),
        "state": lambda: acts.state_proposition(
            *asked, act.name, act.link_kind, act.other, key=key
        ),
        "remove": lambda: acts.remove_elements(*asked, ids or (), key=key),
        "tie": lambda: acts.tie_terms(*asked, act.element_id, ids or (), key=key),
        "undo": lambda: acts.undo(*asked, key=key),
        "redo": lambda: acts.redo(*asked, key=key),
        "arrange": lambda: arrange(*asked, key=key),
        "accept": lambda: accept_proposals(*asked, ids, key=key),
        "take_over": lambda: take_over(*asked, ids or (), key=key),
    }
    doing[act.kind]()
