"""The messages on which two labels meet: someone says the one, someone the other."""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Message, Person, Role
from rhml_core.errors import NotFoundError
from rhml_core.store import codebooks, judgements, messages, people
from rhml_core.store.judged import judged_keys
from rhml_core.workflows.permission import require
from rhml_core.workflows.visibility import answered_for
from rhml_core.workflows.workplace import Workplace

_N_LISTED = 20


@dataclass(frozen=True)
class PairMessage:
    """A message on which the pair meets: who said what, by label, and what was decided."""

    message: Message
    said: tuple[tuple[str, tuple[Person, ...]], ...]
    adjudicated: str | None


@dataclass(frozen=True)
class PairMessages:
    """How many messages there are that the reader may know of, and the first of them."""

    n: int
    messages: tuple[PairMessage, ...]


def pair_messages(
    place: Workplace, person: Person, project_id: str, pair: tuple[str, str]
) -> PairMessages:
    """
    The messages on which both labels stand, undecided ones first, then in import order.

    A decision counts as an answer: a message that everyone gave one label and a supervisor the
    other is among them. An expert sees those that they may know the answers to.

    Raises:
        NotFoundError: the codebook has no such pair of labels.
    """
    require(person, Role.VIEWER, "see where labels meet")
    names = codebooks.get_codebook(place.db, project_id).names
    if pair[0] == pair[1] or not set(pair) <= set(names):
        raise NotFoundError("The codebook has no such pair of labels. Choose two on this page.")
    labels = answered_for(
        place.db, person, project_id, judgements.current_labels(place.db, project_id)
    )
    decided = judgements.adjudicated_labels(place.db, project_id).filter(
        pl.col("message_id").is_in(labels["message_id"].to_list())
    )
    settled = dict(decided.iter_rows())
    both = (
        pl.concat([labels.select("message_id", "label"), decided])
        .filter(pl.col("label").is_in(list(pair)))
        .group_by("message_id")
        .agg(n=pl.col("label").n_unique())
        .filter(pl.col("n") == len(pair))["message_id"]
        .to_list()
    )
    keys = judged_keys(place.db, project_id)["message_id"]
    order_of_import = {name: position for position, name in enumerate(keys)}
    both.sort(key=lambda name: (name in settled, order_of_import[name]))
    listed_ids = both[:_N_LISTED]
    texts = {
        message.message_id: message
        for message in messages.get_messages(place.db, project_id, listed_ids)
    }
    known = {one.person_id: one for one in people.list_people(place.db)}
    order = {name: position for position, name in enumerate(dict.fromkeys([*pair, *names]))}
    said: dict[str, dict[str, list[Person]]] = {}
    for row in labels.filter(pl.col("message_id").is_in(listed_ids)).iter_rows(named=True):
        who = known.get(row["expert_id"], Person(row["expert_id"], row["expert_id"], Role.VIEWER))
        said.setdefault(row["message_id"], {}).setdefault(row["label"], []).append(who)
    listed = tuple(
        PairMessage(
            texts[name],
            tuple(
                (label, tuple(who))
                for label, who in sorted(
                    said[name].items(),
                    key=lambda item: order.get(item[0], len(order)),
                )
            ),
            settled.get(name),
        )
        for name in listed_ids
    )
    return PairMessages(len(both), listed)
