"""
Simulated experts, for the demo and for tests; they are marked as simulated wherever they appear.

They go through the same turns as people do, knowing the right label with a given skill.
"""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rhml_core.domain import Confidence, Person, Span, TurnState
from rhml_core.workflows.turn_view import TurnView
from rhml_core.workflows.turns import answer_explanation, commit, finish, next_turn
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class SimulatedExpert:
    """
    How one simulated expert judges.

    Attributes:
        skill: probability of the right label at the commit, 0 to 1.
        openness: probability of taking over the machine's label after the reveal, 0 to 1.
        random: where the chances come from.
    """

    person: Person
    skill: float
    openness: float
    random: random.Random


def judge_messages(
    place: Workplace,
    expert: SimulatedExpert,
    project_id: str,
    answers: Mapping[str, str],
    labels: Sequence[str],
    *,
    n_turns: int,
) -> int:
    """
    Have a simulated expert take turns.

    Args:
        place: the workplace.
        expert: who.
        project_id: where.
        answers: the right label of each message.
        labels: the labels of the codebook.
        n_turns: turns at most.

    Returns:
        Turns taken; fewer where the queue ran dry.
    """
    for taken in range(n_turns):
        view = next_turn(place, expert.person, project_id)
        if view is None:
            return taken
        _take_turn(place, expert, view, answers, labels)
    return n_turns


def _take_turn(
    place: Workplace,
    expert: SimulatedExpert,
    view: TurnView,
    answers: Mapping[str, str],
    labels: Sequence[str],
) -> None:
    right = answers[view.message.message_id]
    is_right = expert.random.random() < expert.skill
    label = right if is_right else expert.random.choice([each for each in labels if each != right])
    confidence = expert.random.choices(
        list(Confidence), weights=[1, 3, 4] if is_right else [4, 3, 1]
    )[0]
    seconds = expert.random.uniform(2, 20)

    def key() -> str:
        return uuid.UUID(int=expert.random.getrandbits(128)).hex

    outcome = commit(
        place,
        expert.person,
        view.turn_id,
        label=label,
        confidence=confidence,
        rationale=_longest_word(view.message.text),
        seconds=seconds,
        key=key(),
    )
    if outcome.turn.state is TurnState.EXPLAINED:
        outcome = answer_explanation(place, expert.person, view.turn_id, label=label, key=key())
    if outcome.turn.state is TurnState.REVEALED and outcome.turn.opinion:
        suggested = outcome.turn.opinion.label
        chance = expert.openness if suggested == right else expert.openness / 3
        final = suggested if expert.random.random() < chance else label
        reason = "" if final != label else "simulated: holds its first answer"
        finish(place, expert.person, view.turn_id, label=final, reason=reason, key=key())


def _longest_word(text: str) -> tuple[Span, ...]:
    words = text.split()
    if not words:
        return ()
    start = text.index(max(words, key=len))
    return (Span(start, start + len(max(words, key=len))),)
