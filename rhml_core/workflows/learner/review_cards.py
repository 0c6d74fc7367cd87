"""The cards that a person may review: messages they got wrong, and concepts that were adopted."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from rhml_core.domain import Concept, Message, Person, Phase
from rhml_core.store import adjudications, codebooks, concepts, judgements, messages, people
from rhml_core.store import reviews as review_store
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Database, Reader
from rhml_core.workflows.kept.project_reference import project_reference

_MESSAGE, _CONCEPT = "message", "concept"


@dataclass(frozen=True)
class ReviewCard:
    """
    What a card asks, without its answer.

    Attributes:
        subject: as in `message:ID` or `concept:ID`.
        question: one sentence.
        message: the message to label, without its metadata; None for a concept.
        replies_to: the message that it replies to, likewise; None where there is none.
        terms: the concept's words and phrases; empty for a message.
    """

    subject: str
    question: str
    message: Message | None = None
    replies_to: Message | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """
    A card with its answer; never sent to a browser as it is.

    Attributes:
        reference, source: the right label and where it is from: `adjudicated`, `consensus` or
            `adopted`.
        earlier: what the person said of the message; "" for a concept.
        since: when the mistake was made, or the concept adopted.
    """

    asked: ReviewCard
    reference: str
    source: str
    earlier: str
    since: datetime


@dataclass(frozen=True)
class Voice:
    """Who said what of a card, and why; `act` is `judged`, `decided` or `adopted`."""

    person: Person
    act: str
    label: str
    reason: str


def all_cards(db: Database, project_id: str, person: Person) -> dict[str, Card]:
    """
    Every card of a person by its subject: no hold-out message, no probe, nothing in their hands.

    A message whose reference has come to agree with what the person always said is no card any
    more; nor is what has a label that the codebook no longer has.

    Raises:
        NotFoundError: there is no such project.
    """
    names = codebooks.get_codebook(db, project_id).names
    found = [*_wrong_messages(db, project_id, person), *_adopted_concepts(db, project_id)]
    return {card.asked.subject: card for card in found if card.reference in names}


def voices(db: Reader, project_id: str, person: Person, card: Card) -> tuple[Voice, ...]:
    """Who said what of a card, and why, in the order in which it was said."""
    kind, _, name = card.asked.subject.partition(":")
    known = {one.person_id: one for one in people.list_people(db)}
    if kind == _CONCEPT:
        made = review_store.adoptions(db, project_id).filter(pl.col("concept_id") == name)
        return tuple(
            Voice(known[row["person_id"]], "adopted", card.reference, row["reason"])
            for row in made.iter_rows(named=True)
            if row["person_id"] in known
        )
    undone = adjudications.undone_judgements(db, project_id, name)
    newest = {
        (one.expert_id, one.phase is Phase.ADJUDICATED): one
        for one in judgements.message_judgements(db, project_id, name)
        if one.judgement_id not in undone
    }
    return tuple(
        Voice(known[who], "decided" if is_decision else "judged", one.label, one.reason)
        for (who, is_decision), one in newest.items()
        if who in known and (who != person.person_id or is_decision)
    )


def _wrong_messages(db: Database, project_id: str, person: Person) -> list[Card]:
    own = review_store.own_labels(db, project_id, person.person_id)
    known = project_reference(db, project_id, without=person.person_id).select(
        "message_id", "source", reference="label"
    )
    held = turn_store.held_messages(db, project_id, person.person_id)
    wrong = own.join(known, on="message_id", maintain_order="left").filter(
        ((pl.col("first") != pl.col("reference")) | (pl.col("label") != pl.col("reference")))
        & ~pl.col("message_id").is_in(held)
    )
    found = messages.get_messages(db, project_id, wrong["message_id"].to_list())
    parents = [one.reply_to for one in found if one.reply_to]
    texts = {
        one.message_id: dataclasses.replace(one, metadata={})
        for one in [*found, *messages.get_messages(db, project_id, parents)]
    }
    return [
        Card(
            asked=ReviewCard(
                f"{_MESSAGE}:{row['message_id']}",
                "What is this message?",
                message=texts[row["message_id"]],
                replies_to=texts.get(texts[row["message_id"]].reply_to or ""),
            ),
            reference=row["reference"],
            source=row["source"],
            earlier=row["label"] if row["label"] != row["reference"] else row["first"],
            since=row["made_at"],
        )
        for row in wrong.iter_rows(named=True)
    ]


def _adopted_concepts(db: Reader, project_id: str) -> list[Card]:
    adopted_at = dict(review_store.adoptions(db, project_id).select("concept_id", "made_at").rows())
    return [
        Card(
            asked=ReviewCard(
                f"{_CONCEPT}:{one.concept_id}", _question_of(one), terms=tuple(one.terms)
            ),
            reference=one.label,
            source="adopted",
            earlier="",
            since=adopted_at[one.concept_id],
        )
        for one in concepts.list_concepts(db, project_id)
        if one.concept_id in adopted_at
    ]


def _question_of(concept: Concept) -> str:
    return f"What does “{concept.terms[0]}” speak for?"
