"""
Spaced reviews: what I got wrong, and what the team adopted, asked again before I forget it.

Everything here is a person's own; nobody else is shown it.
"""

import dataclasses
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from rhml_core.domain import Person, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.measures.retention import Retention, retention
from rhml_core.store import codebooks
from rhml_core.store import reviews as review_store
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.events import add_event
from rhml_core.store.reviews import StoredReview
from rhml_core.workflows.learner.review_cards import Card, ReviewCard, Voice, all_cards, voices
from rhml_core.workflows.learner.review_schedule import Effort, schedule
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

NEW_A_DAY = 10
"""Cards never reviewed that come due within a day: more would not be done, or done badly."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Feedback:
    """
    What is shown once a card is answered.

    Attributes:
        card: what was asked.
        label: what the person answered now.
        earlier: what the person said of the message when they judged it; "" for a concept.
        reference: the right label, and `source`, where it is from: `adjudicated`, `consensus`
            or `adopted`.
        definition, examples: of the right label, from the codebook.
        said: who said what, and why.
        effort: how hard the card counts as; to be changed by `rate_review` where it was right.
        due_by_effort: when the card would be due again; of `again` alone where it was wrong.
    """

    review_id: str
    card: ReviewCard
    label: str
    earlier: str
    reference: str
    source: str
    definition: str
    examples: tuple[str, ...]
    said: tuple[Voice, ...]
    effort: Effort
    due_by_effort: dict[Effort, datetime]

    @property
    def is_right(self) -> bool:
        """Whether the answer was the reference."""
        return self.label == self.reference


@dataclass(frozen=True)
class ReviewStanding:
    """
    How far a person's reviews are.

    Attributes:
        n_due: cards due now.
        n_cards: all cards that the person has.
        n_done_today: cards reviewed since midnight UTC.
        next_due_at: when the next card comes due; None where one is due, or there is none.
        retention: how much is remembered of cards that were reviewed before; a first review
            comes before the right answer was told.
    """

    n_due: int
    n_cards: int
    n_done_today: int
    next_due_at: datetime | None
    retention: Retention


def due_reviews(place: Workplace, person: Person, project_id: str) -> list[ReviewCard]:
    """
    The cards that are due, longest overdue first, then those never reviewed, oldest first.

    Raises:
        NotFoundError: there is no such project.
        NotAllowedError: viewers judge nothing, so they have nothing to review.
    """
    require(person, Role.EXPERT, "review what they judged")
    now = place.now()
    cards = all_cards(place.db, project_id, person)
    newest = review_store.newest_reviews(place.db, project_id, person.person_id)
    return [card.asked for card in _due(place.db, project_id, person, cards, newest, now)]


def review_standing(place: Workplace, person: Person, project_id: str) -> ReviewStanding:
    """
    How far the person's reviews are, and how much they remember.

    Raises:
        NotFoundError, NotAllowedError: see `due_reviews`.
    """
    require(person, Role.EXPERT, "review what they judged")
    now = place.now()
    cards = all_cards(place.db, project_id, person)
    newest = review_store.newest_reviews(place.db, project_id, person.person_id)
    made = review_store.list_reviews(place.db, project_id, person.person_id)
    done = made.select("subject", "made_at").rows()
    due = _due(place.db, project_id, person, cards, newest, now)
    coming = [newest[name].due_at for name in cards if name in newest]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if not due and any(name not in newest for name in cards):
        coming.append(midnight + _DAY)  # new ones wait for the next day's share
    return ReviewStanding(
        n_due=len(due),
        n_cards=len(cards),
        n_done_today=len({name for name, at in done if at >= midnight}),
        next_due_at=None if due or not coming else min(coming),
        retention=retention(made.filter(~made["is_first"])),
    )


def answer_review(
    place: Workplace, person: Person, project_id: str, subject: str, *, label: str, key: str
) -> Feedback:
    """
    Answer a card that is due; it counts as good where it is right, until `rate_review` says else.

    Raises:
        NotAllowedError: viewers have nothing to review.
        InvalidInputError: the label is not in the codebook.
        ConflictError: the card is not due, or not any more.
    """
    require(person, Role.EXPERT, "review what they judged")
    now = place.now()
    if label not in codebooks.get_codebook(place.db, project_id).names:
        raise InvalidInputError(f"'{label}' is not in the codebook. Reload the page to see it.")
    cards = all_cards(place.db, project_id, person)  # before the lock: it weighs everyone's votes
    with place.db.atomic() as transaction:
        newest = review_store.newest_reviews(transaction, project_id, person.person_id)
        if transaction.claim(act_key(person, "review", subject, key), at=now):
            due = _due(transaction, project_id, person, cards, newest, now)
            card = next((one for one in due if one.asked.subject == subject), None)
            if card is None:
                raise ConflictError(
                    "This card is not due any more, perhaps reviewed in a second tab. "
                    "Go on with the next one."
                )
            review = _first_count(project_id, person, card, newest.get(subject), label, now)
            review_store.add_review(transaction, review)
            _audit(transaction, "reviewed", review, now)
        else:
            review = newest[subject]
            card = cards.get(subject)
            if card is None:
                raise ConflictError("What was right has changed meanwhile. Go on with the next.")
    return _feedback(place.db, project_id, person, card, review)


def rate_review(
    place: Workplace, person: Person, project_id: str, subject: str, *, effort: Effort, key: str
) -> datetime:
    """
    Say how hard the card was that the person answered last; when it is due again.

    Raises:
        NotAllowedError: viewers have nothing to review.
        ConflictError: the card was not answered, or answered wrongly, so it comes again anyway.
    """
    require(person, Role.EXPERT, "review what they judged")
    now = place.now()
    with place.db.atomic() as transaction:
        newest = review_store.newest_reviews(transaction, project_id, person.person_id)
        review = newest.get(subject)
        if review is None or effort is Effort.AGAIN or review.effort == Effort.AGAIN:
            raise ConflictError(
                "Only a card that was answered rightly can be called hard, good or easy. "
                "A wrong one comes again soon."
            )
        if transaction.claim(act_key(person, "rate_review", review.review_id, key), at=now):
            found = schedule(review.state_before, effort, at=review.made_at)
            review = dataclasses.replace(
                review, effort=effort.value, state=found.state, due_at=found.due_at
            )
            review_store.add_review(transaction, review)
            _audit(transaction, "review_rated", review, now)
    return review.due_at


def _due(
    db: Reader,
    project_id: str,
    person: Person,
    cards: dict[str, Card],
    newest: dict[str, StoredReview],
    now: datetime,
) -> list[Card]:
    known = [(newest[name].due_at, name) for name in cards if name in newest]
    overdue = [cards[name] for due_at, name in sorted(known) if due_at <= now]
    unseen = sorted(
        (card for name, card in cards.items() if name not in newest),
        key=lambda card: (card.since, card.asked.subject),
    )
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begun = review_store.count_begun(db, project_id, person.person_id, since=midnight)
    return [*overdue, *unseen[: max(NEW_A_DAY - begun, 0)]]


def _first_count(
    project_id: str,
    person: Person,
    card: Card,
    before: StoredReview | None,
    label: str,
    now: datetime,
) -> StoredReview:
    effort = Effort.GOOD if label == card.reference else Effort.AGAIN
    found = schedule(before.state if before else None, effort, at=now)
    since = before.made_at if before else card.since
    return StoredReview(
        review_id=uuid.uuid4().hex,
        project_id=project_id,
        person_id=person.person_id,
        subject=card.asked.subject,
        label=label,
        reference=card.reference,
        effort=effort.value,
        days_since=max((now - since) / _DAY, 0.0),
        state_before=before.state if before else None,
        state=found.state,
        due_at=found.due_at,
        made_at=now,
    )


def _feedback(
    db: Reader, project_id: str, person: Person, card: Card, review: StoredReview
) -> Feedback:
    codebook = codebooks.get_codebook(db, project_id)
    right = next(label for label in codebook.labels if label.name == card.reference)
    efforts = [Effort.AGAIN] if review.effort == Effort.AGAIN else [*Effort][1:]
    return Feedback(
        review_id=review.review_id,
        card=card.asked,
        label=review.label,
        earlier=card.earlier,
        reference=card.reference,
        source=card.source,
        definition=right.definition,
        examples=right.examples,
        said=voices(db, project_id, person, card),
        effort=Effort(review.effort),
        due_by_effort={
            effort: schedule(review.state_before, effort, at=review.made_at).due_at
            for effort in efforts
        },
    )


def _audit(transaction: Transaction, kind: str, review: StoredReview, at: datetime) -> None:
    # Whether the answer was right is the person's own affair; the audit is read by others.
    add_event(
        transaction,
        kind=kind,
        subject=f"review:{review.review_id}",
        person_id=review.person_id,
        project_id=review.project_id,
        at=at,
    )
