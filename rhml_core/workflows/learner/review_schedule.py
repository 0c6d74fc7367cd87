"""When a card is due again: FSRS, with steps that suit a working day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fsrs import Card, Rating, Scheduler

_SCHEDULER = Scheduler(
    desired_retention=0.9,
    learning_steps=(timedelta(minutes=10),),
    relearning_steps=(timedelta(minutes=10),),
    maximum_interval=180,
    enable_fuzzing=False,  # the same answers give the same dates
)
"""Fitted on many people's cards by FSRS's authors; one team has too few reviews to refit it."""


class Effort(StrEnum):
    """How hard a card was; `again` where the answer was wrong."""

    AGAIN = "again"
    HARD = "hard"
    GOOD = "good"
    EASY = "easy"


_RATINGS = {
    Effort.AGAIN: Rating.Again,
    Effort.HARD: Rating.Hard,
    Effort.GOOD: Rating.Good,
    Effort.EASY: Rating.Easy,
}


@dataclass(frozen=True)
class Scheduled:
    """A card's memory as JSON, and when it is due."""

    state: str
    due_at: datetime


def schedule(state: str | None, effort: Effort, *, at: datetime) -> Scheduled:
    """
    The card after a review.

    Args:
        state: the card's memory as JSON; None where it was never reviewed.
        effort: how hard it was.
        at: when it was reviewed, in UTC.

    Source:
        Ye, Su and Cao, A stochastic shortest path algorithm for optimizing spaced repetition
        scheduling, 2022; FSRS-6 with its default weights.
    """
    before = Card.from_json(state) if state else Card(card_id=0, due=at)
    after, _ = _SCHEDULER.review_card(before, _RATINGS[effort], review_datetime=at)
    return Scheduled(after.to_json(), after.due)
