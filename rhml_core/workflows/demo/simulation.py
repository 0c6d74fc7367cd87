"""
Simulated experts, for the demo and for tests; they are marked as simulated wherever they appear.

They go through the same turns as people do, by what they know and how they learn.
"""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rhml_core.domain import Confidence, Person, Span, TurnState
from rhml_core.workflows.demo.simulated_mind import Mind
from rhml_core.workflows.turn.turns import (
    TurnOutcome,
    answer_explanation,
    commit,
    finish,
    next_turn,
)
from rhml_core.workflows.turn.view import TurnView
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class SimulatedExpert:
    """A simulated expert: who it is, what it knows, and where its chances come from."""

    person: Person
    mind: Mind
    random: random.Random


@dataclass(frozen=True)
class SimulatedTurn:
    """
    What a simulated expert did in a turn, and by which chances.

    Attributes:
        right: the right label.
        chance: of an own answer being right, when the turn began, 0 to 1.
        first, final: the answers at the commit and at the end.
        machine: its answer, where the expert was told; else None.
        follow_chance: of taking the machine's answer over: at the reveal, or as it was shown at
            once; None where there was nothing to take over.
        merely_followed: whether it did so without an answer of its own.
    """

    message_id: str
    expert_id: str
    right: str
    chance: float
    first: str
    final: str
    machine: str | None = None
    follow_chance: float | None = None
    merely_followed: bool = False


def judge_messages(
    place: Workplace,
    expert: SimulatedExpert,
    project_id: str,
    answers: Mapping[str, str],
    labels: Sequence[str],
    *,
    n_turns: int,
    difficulties: Mapping[str, float] | None = None,
) -> list[SimulatedTurn]:
    """
    Have a simulated expert take turns; its knowledge changes with them.

    Args:
        place: the workplace.
        expert: who.
        project_id: where.
        answers: the right label of each message.
        labels: the labels of the codebook.
        n_turns: turns at most.
        difficulties: of the messages, in log-odds; 0 for those not in it.

    Returns:
        The turns taken; fewer where the queue ran dry.
    """
    taken: list[SimulatedTurn] = []
    while len(taken) < n_turns:
        view = next_turn(place, expert.person, project_id)
        if view is None:
            break
        message_id = view.message.message_id
        difficulty = (difficulties or {}).get(message_id, 0.0)
        taken.append(_take_turn(place, expert, view, answers[message_id], labels, difficulty))
    return taken


def _take_turn(
    place: Workplace,
    expert: SimulatedExpert,
    view: TurnView,
    right: str,
    labels: Sequence[str],
    difficulty: float,
) -> SimulatedTurn:
    chance = expert.mind.chance(right, difficulty)
    if view.opinion:
        return _see_answer(place, expert, view, right, labels, chance)
    label = _own_label(expert, right, labels, chance)
    begun = SimulatedTurn(
        view.message.message_id, expert.person.person_id, right, chance, first=label, final=label
    )
    outcome = _commit(place, expert, view, label, expert.mind.confidence(chance, expert.random))
    if outcome.turn.state is TurnState.EXPLAINED:
        return _hear_machine(place, expert, view, begun)
    if outcome.agreement is None:
        return begun
    if label == right:
        expert.mind.learn(right)
    else:
        expert.mind.mislearn(right)
    return replace(begun, machine=label)


def _see_answer(
    place: Workplace,
    expert: SimulatedExpert,
    view: TurnView,
    right: str,
    labels: Sequence[str],
    chance: float,
) -> SimulatedTurn:
    """Take over what is shown at once, or judge all the same; nothing is learnt either way."""
    shown = view.opinion.label if view.opinion else ""
    follow_chance = expert.mind.traits.over_reliance
    merely_follows = expert.random.random() < follow_chance
    label = shown if merely_follows else _own_label(expert, right, labels, chance)
    if merely_follows:
        expert.mind.fade(right)
    _commit(place, expert, view, label, expert.mind.confidence(chance, expert.random))
    return SimulatedTurn(
        view.message.message_id,
        expert.person.person_id,
        right,
        chance,
        first=label,
        final=label,
        machine=shown,
        follow_chance=follow_chance,
        merely_followed=merely_follows,
    )


def _hear_machine(
    place: Workplace, expert: SimulatedExpert, view: TurnView, begun: SimulatedTurn
) -> SimulatedTurn:
    """
    Hold at the explanation, then take the machine's answer over or not, and learn from it.

    A right machine teaches whether it is followed or not, for the explanation came before it. A
    wrong one misleads only those who take it over.
    """
    mind, first = expert.mind, begun.first
    told = answer_explanation(place, expert.person, view.turn_id, label=first, key=_key(expert))
    if told.turn.opinion is None:
        return begun
    machine = told.turn.opinion.label
    is_right = machine == begun.right
    follow_chance = mind.traits.openness if is_right else mind.traits.credulity
    follows = expert.random.random() < follow_chance
    final = machine if follows else first
    reason = "" if follows else "simulated: holds its first answer"
    finish(place, expert.person, view.turn_id, label=final, reason=reason, key=_key(expert))
    if is_right:
        mind.learn(begun.right)
    elif follows:
        mind.mislearn(begun.right)
    return replace(begun, final=final, machine=machine, follow_chance=follow_chance)


def _own_label(expert: SimulatedExpert, right: str, labels: Sequence[str], chance: float) -> str:
    if expert.random.random() < chance:
        return right
    return expert.random.choice([each for each in labels if each != right])


def _commit(
    place: Workplace, expert: SimulatedExpert, view: TurnView, label: str, confidence: Confidence
) -> TurnOutcome:
    return commit(
        place,
        expert.person,
        view.turn_id,
        label=label,
        confidence=confidence,
        rationale=_longest_word(view.message.text),
        seconds=expert.random.uniform(2, 20),
        key=_key(expert),
    )


def _key(expert: SimulatedExpert) -> str:
    return uuid.UUID(int=expert.random.getrandbits(128)).hex


def _longest_word(text: str) -> tuple[Span, ...]:
    words = text.split()
    if not words:
        return ()
    start = text.index(max(words, key=len))
    return (Span(start, start + len(max(words, key=len))),)
