"""
Messages that are not settled, ranked by what settling them would teach.

The rank is the product of three factors, each one plus a number from 0 on, so that a message of
which one factor knows nothing still has its place: how divided the votes are (entropy in bits),
how much the machine contradicts them (its probability for its label times the share of votes that
went elsewhere), and influence (unjudged messages that have it as their nearest judged one, as a
share of the largest such number among the open messages).
"""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Person, Role, Split
from rhml_core.measures.agreement.contested import contested_messages
from rhml_core.measures.consensus import majority_labels
from rhml_core.store import dialogue, judgements, message_facts
from rhml_core.store.database import Reader
from rhml_core.store.judged import judged_keys
from rhml_core.workflows.agreement.machine_rater import machine_labels, rating_run
from rhml_core.workflows.disputes.contested_influence import influence
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.visibility import answered_for, machine_keeps_silent
from rhml_core.workflows.workplace import Workplace

_MOST_KEPT = 8


@dataclass(frozen=True)
class OpenMessages:
    """
    The open messages of a project and the answers to them.

    Attributes:
        ranked: `message_id, split, kind` (String; people differ, `experts`, or their majority
            differs from the machine, `machine`), `labels, expert_ids` (List[String], aligned, by
            expert), `machine_label` (String, null if none), `machine_probability` (Float64),
            `entropy` (Float64, bits), `conflict` (Float64, 0 to 1), `n_alike` (Int64, null where
            unknown and on the hold-out), `worth` (Float64, at least 1), `n_entries` (Int64), most
            worth settling first.
        votes: `message_id, expert_id, label` (String), the answers to these messages.
    """

    ranked: pl.DataFrame
    votes: pl.DataFrame


_kept: KeptInMemory[OpenMessages] = KeptInMemory(most_places=_MOST_KEPT)


def open_messages(place: Workplace, person: Person, project_id: str) -> OpenMessages:
    """
    The open messages that a person may see the answers to, most worth settling first.

    What the machine says of messages on which it keeps silent to the person is not in it, and no
    message is open for that alone.
    """
    is_expert = person.role is Role.EXPERT
    silent = {split for split in Split if machine_keeps_silent(place.db, person, project_id, split)}
    found = _newest(place, project_id, silent=frozenset(silent))
    if not is_expert:
        return found
    votes = answered_for(place.db, person, project_id, found.votes)
    return OpenMessages(
        found.ranked.join(votes, on="message_id", how="semi", maintain_order="left"), votes
    )


def _newest(place: Workplace, project_id: str, *, silent: frozenset[Split]) -> OpenMessages:
    """The open messages as they stand; worked out once for all who ask, until something is said."""
    near = influence(place, project_id)
    near_as_of = int(near.hash_rows(seed=0).sum()) if near.height else 0
    run = rating_run(place.db, project_id)
    run_id = run.run_id if run else None
    judged = message_facts.newest_judging(place.db, project_id)
    said = message_facts.newest_saying(place.db, project_id, run_id)
    return _kept.get(
        (str(place.db.path), project_id, silent),
        (judged, said, run_id, near_as_of),
        lambda: _rank(place.db, project_id, near, silent=silent),
    )


def _rank(
    db: Reader, project_id: str, near: pl.DataFrame, *, silent: frozenset[Split]
) -> OpenMessages:
    """The ranking where the machine says nothing of the messages of some splits."""
    settled = judgements.adjudicated_labels(db, project_id)
    votes = judgements.current_labels(db, project_id).join(
        settled, on="message_id", how="anti", maintain_order="left"
    )
    split = judged_keys(db, project_id).select("message_id", "split")
    is_pool = pl.col("split") == Split.POOL.value
    machine = machine_labels(db, project_id, judged_only=True).rename(
        {"label": "machine_label", "probability": "machine_probability"}
    )
    if silent:
        heard = split.filter(~pl.col("split").is_in([one.value for one in silent]))
        machine = machine.join(heard, on="message_id", how="semi")
    said = dialogue.count_entries(db, project_id).select(
        "n_entries", message_id=pl.col("subject").str.strip_prefix("message:")
    )
    found = (
        votes.join(machine, on="message_id", how="left", maintain_order="left")
        .group_by("message_id")
        .agg(
            pl.col("label").alias("labels"),
            pl.col("expert_id").alias("expert_ids"),
            pl.col("machine_label", "machine_probability").first(),
            conflict=(
                pl.col("machine_probability").first()
                * (pl.col("label") != pl.col("machine_label")).mean()
            ).fill_null(0.0),
        )
        .join(
            contested_messages(votes).select("message_id", "entropy"), on="message_id", how="left"
        )
        .join(majority_labels(votes).select("message_id", majority="label"), on="message_id")
        .with_columns(
            kind=pl.when(pl.col("entropy").is_not_null())
            .then(pl.lit("experts"))
            .when(pl.col("majority") != pl.col("machine_label"))
            .then(pl.lit("machine"))
        )
        .filter(pl.col("kind").is_not_null())
        .join(split, on="message_id")
        .join(near, on="message_id", how="left")
        .join(said, on="message_id", how="left")
        .with_columns(
            pl.col("entropy", "n_entries").fill_null(0),
            n_alike=pl.when(is_pool).then("n_alike"),
        )
    )
    most = pl.max_horizontal(pl.col("n_alike").max(), 1)
    ranked = (
        found.with_columns(
            worth=(
                (1 + pl.col("entropy"))
                * (1 + pl.col("conflict"))
                * (1 + pl.col("n_alike").fill_null(0) / most)
            ).round(9)
        )
        .sort("worth", "message_id", descending=[True, False])
        .select(
            "message_id",
            "split",
            "kind",
            "labels",
            "expert_ids",
            "machine_label",
            "machine_probability",
            "entropy",
            "conflict",
            "n_alike",
            "worth",
            "n_entries",
        )
    )
    return OpenMessages(ranked, votes.join(ranked, on="message_id", how="semi"))
