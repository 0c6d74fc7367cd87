"""What messages there are, and how far the machine has read them."""

from typing import Literal

import polars as pl

from rhml_core.domain import Person, Role, Split
from rhml_core.store import embeddings, judgements, messages
from rhml_core.store.database import Database
from rhml_core.workflows.kept.project_reference import project_reference
from rhml_core.workflows.permission import require
from rhml_core.workflows.visibility import answered_for
from rhml_core.workflows.workplace import Workplace

Basis = Literal["decided", "votes", "tied"]
"""Where a judged message's label comes from: a decision, or votes, unless these are tied."""
_SOURCES: dict[Basis | None, str] = {"decided": "adjudicated", "votes": "consensus"}


def list_messages(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    search: str = "",
    split: Split | None = None,
    label: str | None = None,
    author: str | None = None,
    basis: Basis | None = None,
    judged_by: str | None = None,
    limit: int = 200,
    offset: int = 0,
) -> tuple[pl.DataFrame, int]:
    """
    One page of the project's messages, and how many fit the filters.

    Args:
        place: the workplace.
        person: who asks.
        project_id: where.
        search: a part of the text, in any case; empty for all.
        split: one of the two; None for both.
        label: the reference; None for any, and for none.
        author: exactly this author; None for all.
        basis: where the reference comes from; None for all, unjudged messages too.
        judged_by: an expert with a standing judgement on them; None for all.
        limit: rows on the page.
        offset: rows before the page.

    Returns:
        `message_id, text, author, sent_at, thread, split, n_judgements` (Int64), `reference`
        (String, null where none is known), in import order; and the count.

    Raises:
        NotAllowedError: only supervisors see labels of messages that they have not judged.
    """
    require(person, Role.SUPERVISOR, "see the list of messages")
    reference = project_reference(place.db, project_id)
    only = _picked(place.db, project_id, reference, label=label, basis=basis, judged_by=judged_by)
    page, n_total = messages.search_messages(
        place.db,
        project_id,
        search=search,
        split=split.value if split else None,
        author=author,
        message_ids=only,
        limit=limit,
        offset=offset,
    )
    counts = judgements.count_by_message(place.db, project_id, page["message_id"].to_list())
    return (
        page.join(counts, on="message_id", how="left", maintain_order="left")
        .join(
            reference.select("message_id", reference="label"),
            on="message_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("n_judgements").fill_null(0)),
        n_total,
    )


def _picked(
    db: Database,
    project_id: str,
    reference: pl.DataFrame,
    *,
    label: str | None,
    basis: Basis | None,
    judged_by: str | None,
) -> list[str] | None:
    """The messages that these filters let through; None where none of them is set."""
    sets = []
    if label:
        sets.append(reference.filter(pl.col("label") == label)["message_id"])
    if basis in _SOURCES:
        sets.append(reference.filter(pl.col("source") == _SOURCES[basis])["message_id"])
    if basis == "tied" or judged_by:
        votes = judgements.current_labels(db, project_id)
        if basis == "tied":
            sets.append(votes.join(reference, on="message_id", how="anti")["message_id"])
        if judged_by:
            sets.append(votes.filter(pl.col("expert_id") == judged_by)["message_id"])
    return sorted(set.intersection(*map(set, sets))) if sets else None


def open_messages(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    search: str = "",
    limit: int = 200,
    offset: int = 0,
) -> tuple[pl.DataFrame, int]:
    """
    One page of the messages whose threads a person may read, and how many fit the search.

    Those that somebody judged; of them an expert may read what `answered_for` opens to them.
    Neither labels nor what is held out are told.

    Returns:
        `message_id, text, author, sent_at, n_judgements` (Int64), in import order; and the
        count.
    """
    require(person, Role.VIEWER, "see messages")
    made = judgements.current_labels(place.db, project_id)
    may_read = answered_for(place.db, person, project_id, made)["message_id"].unique()
    page, n_total = messages.search_messages(
        place.db,
        project_id,
        search=search,
        split=None,
        author=None,
        message_ids=may_read.to_list(),
        limit=limit,
        offset=offset,
    )
    counts = judgements.count_by_message(place.db, project_id, page["message_id"].to_list())
    return (
        page.join(counts, on="message_id", how="left", maintain_order="left")
        .with_columns(pl.col("n_judgements").fill_null(0))
        .select("message_id", "text", "author", "sent_at", "n_judgements"),
        n_total,
    )


def reading_progress(place: Workplace, project_id: str) -> tuple[int, int]:
    """How many messages the machine has read, and how many there are."""
    encoder_id = place.machines.base_encoder().encoder_id
    return embeddings.count_embedded(place.db, project_id, encoder_id)
