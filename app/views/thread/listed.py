"""Messages to talk about as rows of a list: who says what, and what is new in each thread."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from app.components.counted import counted
from app.components.marks import NO_COLOUR, label_colours
from app.components.message_list import (
    ListedMessage,
    Mark,
    Side,
    mark_of_machine,
    mark_of_person,
)
from rhml_core.domain import Codebook, Person, Split
from rhml_core.workflows.dialogue.dialogue import UnreadThread


def with_news(
    listed: Sequence[ListedMessage], unread: Sequence[UnreadThread], *, news_only: bool
) -> list[ListedMessage]:
    """
    The rows with a note of what is new in each thread.

    With `news_only`, one row for each thread with something new, open message or not, in the
    order of `unread`.
    """
    news = {one.message_id: one for one in unread}
    if not news_only:
        return [
            replace(one, note=news_note(news[one.message_id])) if one.message_id in news else one
            for one in listed
        ]
    known = {one.message_id: one for one in listed}
    return [
        replace(
            known.get(one.message_id, ListedMessage(one.message_id, one.excerpt, ())),
            note=news_note(one),
        )
        for one in unread
    ]


def news_note(thread: UnreadThread) -> str:
    """What is new in a thread, in a few words, as in `2 new, names you`."""
    if thread.must_judge_first:
        return "you are asked in: judge it first"
    return f"{thread.n_unread:,} new" + (", names you" if thread.is_mentioned else "")


def worth_note(row: Mapping[str, Any]) -> str:
    """
    Why a message ranks where it does, in words, as in `experts 2:2, machine differs`.

    `row` as from `open_disagreements`.
    """
    votes = Counter(row["labels"]).most_common()
    shares = ":".join(str(n) for _, n in votes)
    parts = [f"experts {shares}" if len(votes) > 1 else "experts agree"]
    if row["machine_label"] is not None:
        most = [label for label, n in votes if n == votes[0][1]]
        with_whom = "machine with them" if len(most) == 1 else "machine with one side"
        parts.append(with_whom if row["machine_label"] in most else "machine differs")
    if row["split"] == Split.HOLDOUT.value:
        parts.append("hold-out: it measures")
    elif row["n_alike"]:
        parts.append(f"{counted(row['n_alike'], 'message')} like it")
    if row["n_entries"]:
        parts.append(counted(row["n_entries"], "entry", "entries"))
    return ", ".join(parts)


def listed_messages(
    found: pl.DataFrame, experts: Sequence[Person], codebook: Codebook
) -> list[ListedMessage]:
    """
    The rows of `open_disagreements` for the list: each label with the marks of who holds it.

    Labels stand in codebook order; the machine joins the side that it takes.
    """
    colours = label_colours(codebook)
    by_name = {one.name: one for one in experts}
    listed = []
    for row in found.iter_rows(named=True):
        holders: dict[str, list[Mark]] = {label: [] for label in [*codebook.names, *row["labels"]]}
        for label, name in zip(row["labels"], row["experts"], strict=True):
            holders[label].append(mark_of_person(by_name[name]))
        if row["machine_label"] is not None:
            note = f"{row['machine_probability']:.2f}"
            holders.setdefault(row["machine_label"], []).append(mark_of_machine(note))
        listed.append(
            ListedMessage(
                row["message_id"],
                row["text"],
                tuple(
                    Side(label, colours.get(label, NO_COLOUR), tuple(marks))
                    for label, marks in holders.items()
                    if marks
                ),
                note=worth_note(row),
            )
        )
    return listed
