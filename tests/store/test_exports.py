"""Which judgements leave the workplace: those from which what counts follows, and no others."""

import uuid
from datetime import UTC, datetime, timedelta

import polars as pl

from rhml_core.domain import Label
from rhml_core.store import exports, judgements
from rhml_core.store.label_changes import ChangeKind, LabelChange
from rhml_core.workflows.codebook import codebooks

AT = datetime(2025, 3, 3, tzinfo=UTC)


def say(place, project, *rows):
    """Append judgements: `(message, expert, phase, label)`, each an hour before the last one."""
    frame = pl.DataFrame(
        [
            (uuid.uuid4().hex, *row, None, "", AT - timedelta(hours=number))
            for number, row in enumerate(rows)
        ],
        schema=[
            *("judgement_id", "message_id", "expert_id", "phase", "label"),
            *("confidence", "reason", "made_at"),
        ],
        schema_overrides={"confidence": pl.String},
        orient="row",
    )
    version = codebooks.get_codebook(place, project.project_id).version
    with place.db.atomic() as transaction:
        judgements.add_imported(transaction, project.project_id, frame, codebook_version=version)


def standing(place, project):
    found = exports.standing_judgements(place.db, project.project_id)
    return found.select("message_id", "expert_id", "phase", "label").rows()


def test_newest_of_each_phase_leaves_in_the_order_of_saying(place, project, add_messages):
    """What was said last counts, whatever its time: an import may bring older times."""
    add_messages({"m1": "one"})
    say(
        place,
        project,
        ("m1", "ana", "final", "ham"),
        ("m1", "ana", "commit", "ham"),
        ("m1", "ana", "final", "spam"),
    )

    found = standing(place, project)

    assert found == [("m1", "ana", "commit", "ham"), ("m1", "ana", "final", "spam")]


def test_nothing_leaves_of_whoever_said_last_what_is_a_label_no_more(
    place, team, project, add_messages
):
    """Else the first answer, which no longer counts here, would count where it is taken in."""
    add_messages({"m1": "one"})
    say(
        place,
        project,
        ("m1", "ana", "commit", "ham"),
        ("m1", "ana", "final", "spam"),
        ("m1", "ben", "final", "ham"),
        ("m1", "sue", "adjudicated", "ham"),
    )
    codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [Label("ham"), Label("other")],
        based_on=1,
        changes=[LabelChange(ChangeKind.RETIRED, "spam"), LabelChange(ChangeKind.ADDED, "other")],
        key="retire",
    )

    found = standing(place, project)

    assert judgements.current_labels(place.db, project.project_id)["expert_id"].to_list() == ["ben"]
    assert found == [("m1", "ben", "final", "ham"), ("m1", "sue", "adjudicated", "ham")]


def test_labels_leave_as_they_are_called_now(place, team, project, add_messages):
    add_messages({"m1": "one"})
    say(place, project, ("m1", "ana", "final", "spam"))
    codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [Label("ham"), Label("junk")],
        based_on=1,
        changes=[LabelChange(ChangeKind.RENAMED, "spam", ("junk",))],
        key="rename",
    )

    assert standing(place, project) == [("m1", "ana", "final", "junk")]


def test_empty_project_keeps_its_columns(place, project):
    messages = exports.message_block(place.db, project.project_id, first=0, limit=10)
    judged = exports.standing_judgements(place.db, project.project_id)

    assert (messages.height, judged.height) == (0, 0)
    assert messages.columns[:4] == ["message_id", "text", "author", "sent_at"]
    assert isinstance(judged.schema["made_at"], pl.Datetime)


def test_blocks_follow_the_order_of_import(place, project, add_messages):
    add_messages({"b": "one", "a": "two", "c": "three"})

    found = exports.message_block(place.db, project.project_id, first=1, limit=1)

    assert found["message_id"].to_list() == ["a"]
