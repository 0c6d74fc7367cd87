"""A newcomer's way to the first judgement: the codebook, the first round, the queue."""

from dataclasses import dataclass

from rhml_core.domain import Person, Role
from rhml_core.store import codebooks, first_rounds, judgements
from rhml_core.workflows.overview.readings import codebook_version, has_read
from rhml_core.workflows.turn.first_round import FirstRound, first_round
from rhml_core.workflows.turn.queue import queue_progress
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class FirstSteps:
    """
    How far a newcomer is.

    Attributes:
        n_labels: labels of the codebook.
        has_read_codebook: whether its present version was opened.
        round: where the newcomer stands in the first round; None where it is passed, or the
            project asks for none.
        has_passed_round: whether it is passed.
        n_waiting: messages that wait for the newcomer's judgement.
    """

    n_labels: int
    has_read_codebook: bool
    round: FirstRound | None
    has_passed_round: bool
    n_waiting: int


def first_steps(place: Workplace, person: Person, project_id: str) -> FirstSteps | None:
    """
    What an expert who has judged nothing here does before the first judgement.

    Returns:
        None for whoever has judged, is no expert, or has no message to judge.
    """
    if person.role is not Role.EXPERT:
        return None
    if person.person_id in judgements.experts_of(place.db, project_id):
        return None
    n_waiting = queue_progress(place, person, project_id).n_open
    if not n_waiting:
        return None
    codebook = codebooks.get_codebook(place.db, project_id)
    standing = first_round(place, person, project_id)
    begun = first_rounds.newest_round(place.db, project_id, person.person_id)
    return FirstSteps(
        n_labels=len(codebook.labels),
        has_read_codebook=has_read(place, person, project_id, codebook_version(codebook.version)),
        round=standing,
        has_passed_round=standing is None and begun is not None,
        n_waiting=n_waiting,
    )
