"""What was decided on a message, and taken back, in its dialogue."""

from collections.abc import Sequence
from dataclasses import replace

from rhml_core.store.adjudications import Adjudication
from rhml_core.store.dialogue import Entry, EntryKind


def with_decisions(entries: Sequence[Entry], made: Sequence[Adjudication]) -> list[Entry]:
    """
    The entries, with what belongs to each decision, and an entry for each one taken back.

    A decision's detail gets `error_kind`, `dissent` and `dissent_by`; that of one taken back gets
    `is_undone`. Both get their place in the order of all events, so that they can be new.
    """
    decided = {one.judgement_id: one for one in made if one.kind == "decided"}
    undone = [one for one in made if one.kind == "undone"]
    told = [
        _with_detail(entry, decided[entry.entry_id]) if entry.entry_id in decided else entry
        for entry in entries
    ]
    labels = {entry.entry_id: entry.detail["label"] for entry in told if _is_decision(entry)}
    subject = f"message:{made[0].message_id}" if made else ""
    taken_back = [
        Entry(
            f"undone-{one.judgement_id}",
            subject,
            EntryKind.SETTLED,
            one.person_id,
            "",
            one.made_at,
            {"label": labels.get(one.judgement_id, ""), "is_undone": True},
            seq=one.seq,
        )
        for one in undone
    ]
    return sorted([*told, *taken_back], key=lambda entry: (entry.made_at, entry.seq))


def people_dissenting(made: Sequence[Adjudication]) -> set[str]:
    """Identifiers of the people who dissent from a decision."""
    return {one.dissent_by for one in made if one.dissent_by}


def _with_detail(entry: Entry, made: Adjudication) -> Entry:
    detail = {
        "error_kind": made.error_kind.value if made.error_kind else "",
        "dissent": made.dissent,
        "dissent_by": made.dissent_by,
    }
    return replace(entry, detail=entry.detail | detail, seq=made.seq)


def _is_decision(entry: Entry) -> bool:
    return entry.kind is EntryKind.SETTLED
