"""No sequence of changes loses a judgement."""

import uuid
from datetime import UTC, datetime

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rhml_core.domain import Label
from rhml_core.store import judgements
from rhml_core.workflows import projects
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach
from tests.store.rows_on_record import reopened_by

AT = datetime(2025, 3, 3, tzinfo=UTC)

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["judge", "settle", "rename", "merge", "split", "retire", "meaning"]),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=10,
)


class Record:
    """What should stand, kept by hand: the oracle of the store's reading."""

    def __init__(self):
        """Begin with three labels and nothing said."""
        self.said, self.settled, self.names = {}, {}, ["l0", "l1", "l2"]
        self.given = []

    def move(self, becomes):
        """Read what was said under other names; None is no label any more."""
        for book in (self.said, self.settled):
            for key, label in book.items():
                book[key] = becomes.get(label, label)

    def reopen(self, label):
        """The messages with a label that stands, unless they are settled as another."""
        ids = {key[0] for key, one in self.said.items() if one == label}
        ids |= {key for key, one in self.settled.items() if one == label}
        ids -= {key for key, one in self.settled.items() if one not in (label, None)}
        self.said = {key: one for key, one in self.said.items() if key[0] not in ids}
        self.settled = {key: one for key, one in self.settled.items() if key not in ids}
        return sorted(ids)


def planned(act, label, other, fresh, record):
    """The names after an act, the change to declare, and what the old label becomes."""
    rest = [name for name in record.names if name != label]
    if act == "rename":
        return [*rest, fresh], LabelChange(ChangeKind.RENAMED, label, (fresh,)), {label: fresh}
    if act == "merge" and other != label and len(rest) > 1:
        return rest, LabelChange(ChangeKind.MERGED, label, (other,)), {label: other}
    if act == "split":
        parts = (label, fresh)
        return [*rest, *parts], LabelChange(ChangeKind.SPLIT, label, parts), {label: None}
    if act == "retire" and len(rest) > 1:
        return rest, LabelChange(ChangeKind.RETIRED, label), {label: None}
    if act == "meaning":
        change = LabelChange(ChangeKind.MEANING, label, reach=Reach.EVERY)
        return record.names, change, {}
    return None


def say(place, project, message, expert, label, *, is_settled):
    version = codebooks.get_codebook(place, project.project_id).version
    row = {
        "judgement_id": uuid.uuid4().hex,
        "message_id": message,
        "expert_id": expert,
        "phase": "adjudicated" if is_settled else "final",
        "label": label,
        "confidence": None,
        "reason": "",
        "made_at": AT,
    }
    with place.db.atomic() as transaction:
        judgements.add_imported(
            transaction, project.project_id, pl.DataFrame([row]), codebook_version=version
        )
    return row["judgement_id"], label


@given(acts=ACTS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_changes_loses_a_judgement(place, team, acts):
    """Whatever becomes of the labels, every answer stays as given and is read as it now means."""
    record = Record()
    project = projects.create_project(
        place, team["sue"], uuid.uuid4().hex, [Label(name) for name in record.names]
    )
    where = project.project_id

    for number, (act, i, j) in enumerate(acts):
        label, other = record.names[i % len(record.names)], record.names[j % len(record.names)]
        message, expert = f"m{j % 3}", f"e{i % 2}"
        if act in {"judge", "settle"}:
            is_settled = act == "settle"
            given_label = say(place, project, message, expert, label, is_settled=is_settled)
            record.given.append((message, *given_label))
            if is_settled:
                record.settled[message] = label
            else:
                record.said[message, expert] = label
            continue
        plan = planned(act, label, other, f"n{number}", record)
        if plan is None:
            continue
        names, change, becomes = plan
        version = codebooks.get_codebook(place, where).version
        asked = {"based_on": version, "changes": [change]}
        labels = [Label(name) for name in names]
        told = codebooks.preview_change(place, team["sue"], where, labels, **asked)
        codebooks.change_codebook(place, team["sue"], where, labels, **asked, key=str(number))
        reopened = record.reopen(label) if act in {"split", "retire", "meaning"} else []
        record.move(becomes)
        record.names = names
        assert list(told.reopening.message_ids) == reopened
        assert reopened_by(place.db, where, version + 1) == reopened

    kept = [
        (message, one.judgement_id, one.label)
        for message in ("m0", "m1", "m2")
        for one in judgements.message_judgements(place.db, where, message)
    ]
    assert sorted(kept) == sorted(record.given)
    stands = {key: label for key, label in record.said.items() if label}
    read = judgements.current_labels(place.db, where).iter_rows()
    assert {(message, expert): label for message, expert, label in read} == stands
    settled = {key: label for key, label in record.settled.items() if label}
    assert dict(judgements.adjudicated_labels(place.db, where).iter_rows()) == settled
