"""Repairing a codebook: what comes back, what is read under a new name; nothing is lost."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rhml_core.domain import DrawnBecause, Label, Mode, QueueShares
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.store import judgements, reopenings
from rhml_core.store import turns as turn_store
from rhml_core.store.label_changes import moved_names
from rhml_core.store.learning import finished_turns
from rhml_core.workflows import codebooks, people, projects, queue, threads, turns
from rhml_core.workflows.adjudication import undo_adjudication
from rhml_core.workflows.codebook_kinds import ChangeKind, LabelChange, Reach, VersionKind
from rhml_core.workflows.codebook_pairs import pair_messages
from rhml_core.workflows.training_data import training_set

HAM, SPAM = Label("ham", "wanted"), Label("spam", "unwanted")
RENAMED = LabelChange(ChangeKind.RENAMED, "spam", ("junk",))
ALL_SPAM = LabelChange(ChangeKind.MEANING, "spam", reach=Reach.EVERY)
AT = datetime(2025, 3, 3, tzinfo=UTC)


@pytest.fixture
def change(place, team, project):
    """Change the newest codebook: `change([Label("ham"), ...], LabelChange(...))`."""

    def save(labels, *changes, **options):
        version = codebooks.get_codebook(place, project.project_id).version
        return codebooks.change_codebook(
            place,
            team["sue"],
            project.project_id,
            labels,
            based_on=version,
            changes=changes,
            key=f"change-{version}",
            **options,
        )

    return save


@pytest.fixture
def judged(add_messages, add_labels):
    """Ana and Ben meet on m1, agree on m2 and m3; m4 is settled as ham, m5, held out, as spam."""
    add_messages({f"m{n}": f"text {n}" for n in range(1, 7)}, holdout=["m5"])
    add_labels([("m1", "Ana", "spam"), ("m1", "Ben", "ham")])
    add_labels([("m2", "Ana", "spam"), ("m2", "Ben", "spam")])
    add_labels([("m3", "Ana", "ham"), ("m3", "Ben", "ham")])
    add_labels([("m4", "Ana", "spam")])
    add_labels([("m4", "Sue", "ham"), ("m5", "Sue", "spam")], adjudicated=True)


def current(place, project):
    rows = judgements.current_labels(place.db, project.project_id).iter_rows()
    return sorted((message, label) for message, _, label in rows)


def decided(place, project):
    return dict(judgements.adjudicated_labels(place.db, project.project_id).iter_rows())


def test_wording_reopens_nothing(place, project, judged, change):
    before = current(place, project)

    saved = change([HAM, replace(SPAM, definition="not wanted")], kind=VersionKind.WORDING)

    assert reopenings.reopened_by(place.db, project.project_id, saved.version) == []
    assert current(place, project) == before


def test_meaning_reopens_exactly_what_the_preview_names(place, team, project, judged, change):
    """A message that is settled as another label stays settled, whoever said what."""
    labels = [HAM, replace(SPAM, definition="new meaning")]

    told = codebooks.preview_change(
        place, team["sue"], project.project_id, labels, based_on=1, changes=[ALL_SPAM]
    )
    saved = change(labels, ALL_SPAM, previewed=told.reopening.message_ids)

    found = told.reopening
    assert told.kind is VersionKind.MEANING
    assert found.message_ids == ("m1", "m2", "m5")
    assert (found.n_judgements, found.n_people) == (4, 2)
    assert (found.n_adjudicated, found.n_holdout) == (1, 1)
    assert found.by_label.rows() == [("spam", 3, 3, 1)]
    assert [one.message_id for one in told.examples] == ["m1", "m2", "m5"]
    assert reopenings.reopened_by(place.db, project.project_id, saved.version) == [
        "m1",
        "m2",
        "m5",
    ]


def test_reopened_answers_stay_on_record_but_no_longer_stand(place, project, judged, change):
    n = judgements.count_judgements(place.db, project.project_id)

    change([HAM, SPAM], ALL_SPAM)

    assert judgements.count_judgements(place.db, project.project_id) == n
    assert current(place, project) == [("m3", "ham"), ("m3", "ham"), ("m4", "spam")]
    assert decided(place, project) == {"m4": "ham"}
    assert len(judgements.message_judgements(place.db, project.project_id, "m2")) == 2


def test_new_answer_after_the_reopening_stands(place, project, judged, change, add_labels):
    change([HAM, SPAM], ALL_SPAM)

    add_labels([("m2", "Ana", "ham")])

    assert ("m2", "ham") in current(place, project)
    assert ("m2", "spam") not in current(place, project)


def test_pair_reopens_only_where_both_labels_meet(place, project, judged, change):
    pair = [
        LabelChange(ChangeKind.MEANING, "spam", reach=Reach.MEETING, meets="ham"),
        LabelChange(ChangeKind.MEANING, "ham", reach=Reach.MEETING, meets="spam"),
    ]

    saved = change([HAM, SPAM], *pair)

    # m4: the decision is an answer, and settles on one of the two.
    assert reopenings.reopened_by(place.db, project.project_id, saved.version) == ["m1", "m4"]


def test_renamed_label_is_read_under_its_new_name(place, project, judged, change):
    saved = change([HAM, replace(SPAM, name="junk")], RENAMED)

    assert reopenings.reopened_by(place.db, project.project_id, saved.version) == []
    assert current(place, project).count(("m2", "junk")) == 2
    assert decided(place, project) == {"m4": "ham", "m5": "junk"}
    kept = judgements.message_judgements(place.db, project.project_id, "m2")
    assert {one.label for one in kept} == {"spam"}


def test_name_that_is_used_again_means_the_new_label(place, project, judged, change, add_labels):
    change([HAM, replace(SPAM, name="junk")], RENAMED)
    change([HAM, Label("junk"), Label("spam", "something else")])
    add_labels([("m6", "Ana", "spam")])

    assert ("m6", "spam") in current(place, project)
    assert current(place, project).count(("m2", "junk")) == 2


def test_merged_labels_teach_as_one(place, project, judged, change):
    merges = [LabelChange(ChangeKind.MERGED, name, ("mail",)) for name in ("ham", "spam")]

    change([Label("mail"), Label("other")], *merges)

    assert {label for _, label in current(place, project)} == {"mail"}
    teaching = training_set(place.db, project.project_id).training
    assert teaching["message_id"].to_list() == ["m1", "m2", "m3", "m4"]
    assert set(teaching["label"]) == {"mail"}


def test_merge_that_asks_again_brings_the_messages_back(place, project, judged, change):
    merge = LabelChange(ChangeKind.MERGED, "spam", ("ham",), Reach.EVERY)

    saved = change([HAM, Label("other")], merge)

    assert reopenings.reopened_by(place.db, project.project_id, saved.version) == [
        "m1",
        "m2",
        "m5",
    ]


def test_split_and_retired_labels_no_longer_teach(place, project, judged, change):
    """Nobody knows yet which part an old answer means; the messages are asked about again."""
    parts = ("spam 1", "spam 2")

    change([HAM, *map(Label, parts)], LabelChange(ChangeKind.SPLIT, "spam", parts))

    assert reopenings.reopened_by(place.db, project.project_id, 2) == ["m1", "m2", "m5"]
    teaching = training_set(place.db, project.project_id).training
    assert dict(teaching.select("message_id", "label").iter_rows()) == {"m3": "ham", "m4": "ham"}
    # Ana said spam of m4, which is settled: it is not asked about, and her label is none any more.
    assert [message for message, _ in current(place, project)] == ["m3", "m3"]


def test_part_may_keep_the_name_without_inheriting_the_answers(place, project, judged, change):
    parts = ("spam", "scam")

    change([HAM, *map(Label, parts)], LabelChange(ChangeKind.SPLIT, "spam", parts))

    assert "spam" not in {label for _, label in current(place, project)}


def test_two_labels_that_swap_names_swap_their_answers(place, project, judged, change):
    change(
        [replace(HAM, name="spam"), replace(SPAM, name="ham")],
        LabelChange(ChangeKind.RENAMED, "ham", ("spam",)),
        LabelChange(ChangeKind.RENAMED, "spam", ("ham",)),
    )

    assert decided(place, project) == {"m4": "spam", "m5": "ham"}


def test_save_that_would_reopen_other_messages_than_told_is_stopped(
    place, team, project, judged, change, add_labels
):
    labels = [HAM, SPAM]
    told = codebooks.preview_change(
        place, team["sue"], project.project_id, labels, based_on=1, changes=[ALL_SPAM]
    )
    add_labels([("m6", "Ana", "spam")])

    with pytest.raises(ConflictError, match="4 messages would come back now, not 3"):
        change(labels, ALL_SPAM, previewed=told.reopening.message_ids)

    assert codebooks.get_codebook(place, project.project_id).version == 1
    assert len(current(place, project)) == 8


def test_wrong_kind_is_refused_and_nothing_is_written(place, project, judged, change):
    with pytest.raises(InvalidInputError, match="Choose structure"):
        change([HAM, replace(SPAM, name="junk")], RENAMED, kind=VersionKind.WORDING)

    assert codebooks.get_codebook(place, project.project_id).version == 1


def test_repeated_save_changes_nothing(place, team, project, judged, change):
    change([HAM, SPAM], ALL_SPAM)

    again = codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [HAM, SPAM],
        based_on=1,
        changes=[ALL_SPAM],
        key="change-1",
    )

    assert again.version == 2
    assert reopenings.count_reopened(place.db, project.project_id) == {2: 3}


def test_only_supervisors_preview(place, team, project):
    with pytest.raises(NotAllowedError):
        codebooks.preview_change(place, team["ana"], project.project_id, [HAM, SPAM], based_on=1)


def test_history_tells_kind_and_count_of_each_version(place, project, judged, change):
    change([HAM, SPAM], ALL_SPAM)
    change([HAM, replace(SPAM, name="junk")], RENAMED)

    found = codebooks.codebook_history(place, project.project_id)

    assert [one.version for one in found.versions] == [3, 2, 1]
    assert found.changes == {2: (ALL_SPAM,), 3: (RENAMED,)}
    assert found.n_reopened == {2: 3}
    assert found.n_meaning == {"ham": 0, "junk": 1}


def test_pair_shows_who_said_what_where_both_labels_meet(place, team, project, judged):
    found = pair_messages(place, team["sue"], project.project_id, ("spam", "ham"))

    said = {
        one.message.message_id: [
            (label, [who.name for who in people]) for label, people in one.said
        ]
        for one in found.messages
    }
    assert found.n == 2
    assert said == {"m1": [("spam", ["Ana"]), ("ham", ["Ben"])], "m4": [("spam", ["Ana"])]}
    assert [one.adjudicated for one in found.messages] == [None, "ham"]


def test_pair_hides_messages_that_an_expert_has_yet_to_judge(place, team, project, judged):
    """Ben has not judged m4, which one colleague and the supervisor have."""
    found = pair_messages(place, team["ben"], project.project_id, ("spam", "ham"))

    assert [one.message.message_id for one in found.messages] == ["m1"]


def test_pair_needs_two_labels_of_the_codebook(place, team, project):
    for pair in [("ham", "ham"), ("ham", "eggs")]:
        with pytest.raises(NotFoundError):
            pair_messages(place, team["sue"], project.project_id, pair)


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


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["judge", "settle", "rename", "merge", "split", "retire", "meaning"]),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=10,
)


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
        assert reopenings.reopened_by(place.db, where, version + 1) == reopened

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


def judge_all(place, person, project, label="ham"):
    """Judge what the queue gives; what it gave, in order."""
    given = []
    while view := turns.next_turn(place, person, project.project_id):
        given.append(view.message.message_id)
        turns.commit(place, person, view.turn_id, label=label, key=view.turn_id)
    return given


@pytest.fixture
def blind(place, team, project):
    """Two experts for each message, and no machine between them."""
    return projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.BLIND,
        overlap=2,
        shares=QueueShares(0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        baseline_probes=0,
        key="blind",
    )


def test_reopened_messages_come_back_first_to_those_who_judged_them(
    place, team, project, blind, judged, change
):
    change([HAM, SPAM], ALL_SPAM)

    view = turns.next_turn(place, team["ana"], project.project_id)
    newcomer = people.add_person(place, team["sue"], "Cleo", "expert")
    other = turns.next_turn(place, newcomer, project.project_id)

    drawn = turn_store.get_turn(place.db, view.turn_id).turn
    assert (drawn.message_id, drawn.because) == ("m1", DrawnBecause.REOPENED)
    assert other.message.message_id not in {"m1", "m2"}


def test_reopened_messages_are_judged_again_as_often_as_the_overlap_wants(
    place, team, project, blind, judged, change
):
    change([HAM, SPAM], ALL_SPAM)

    ana, ben = (judge_all(place, team[name], project) for name in ("ana", "ben"))

    assert ana[:2] == ben[:2] == ["m1", "m2"]
    counted = pl.Series([message for message, _ in current(place, project)]).value_counts()
    assert dict(counted.iter_rows()) == {"m1": 2, "m2": 2, "m3": 2, "m4": 1, "m5": 2, "m6": 2}
    assert queue.queue_progress(place, team["ana"], project.project_id).n_open == 0


def test_message_whose_judge_never_comes_back_goes_to_others(
    place, team, project, blind, judged, change
):
    """Nothing stays reserved for an absent colleague; it only comes last."""
    change([HAM, SPAM], ALL_SPAM)
    judge_all(place, team["ana"], project)
    newcomer = people.add_person(place, team["sue"], "Cleo", "expert")

    given = judge_all(place, newcomer, project)

    assert given[-2:] == ["m1", "m2"]
    assert judge_all(place, team["ben"], project) == []


def test_reopened_decision_makes_a_message_free_again(place, team, project, blind, judged, change):
    change([HAM, SPAM], ALL_SPAM)

    given = judge_all(place, team["ana"], project)

    assert "m5" in given


def test_untouched_decision_stays_settled(place, team, project, blind, judged, change):
    change([HAM, SPAM], ALL_SPAM)

    given = judge_all(place, team["ben"], project)

    assert "m4" not in given


def test_reopened_message_counts_as_open_but_stays_done(
    place, team, project, blind, judged, change
):
    before = queue.queue_progress(place, team["ana"], project.project_id)

    change([HAM, SPAM], ALL_SPAM)

    after = queue.queue_progress(place, team["ana"], project.project_id)
    assert (before.n_done, after.n_done) == (4, 4)
    assert (before.n_open, after.n_open) == (1, 4)


def test_expert_is_blind_to_old_answers_on_a_reopened_message(
    place, team, project, blind, judged, change
):
    """What a colleague said before the change would sway the new answer."""
    change([HAM, SPAM], ALL_SPAM)

    with pytest.raises(NotAllowedError):
        threads.message_thread(place, team["ana"], project.project_id, "m2")


@pytest.mark.parametrize(
    "split",
    [
        LabelChange(ChangeKind.SPLIT, "spam", ("spam 1", "spam 2")),
        LabelChange(ChangeKind.RETIRED, "spam"),
    ],
    ids=["split", "retired"],
)
def test_decision_taken_back_brings_answers_back_that_it_had_spared(
    place, team, blind, judged, change, add_labels, split
):
    """Else nobody's answer would stand on m4, and nobody would be given it."""
    project = blind
    add_labels([("m4", "Ben", "spam")])
    change([HAM, *map(Label, split.becomes or ("other",))], split)

    undo_adjudication(place, team["sue"], project.project_id, "m4", key="undo")

    before = queue.queue_progress(place, team["ana"], project.project_id)
    given = {name: judge_all(place, team[name], project) for name in ("ana", "ben")}
    assert before.n_fully_judged == 1  # m3
    assert "m4" in given["ana"]
    assert "m4" in given["ben"]
    assert current(place, project).count(("m4", "ham")) == 2


def test_decision_taken_back_reopens_nothing_whose_answers_still_stand(
    place, team, project, judged, change
):
    change([HAM, replace(SPAM, name="junk")], RENAMED)

    undo_adjudication(place, team["sue"], project.project_id, "m4", key="undo")

    assert reopenings.count_reopened(place.db, project.project_id) == {}
    assert ("m4", "junk") in current(place, project)


def test_earlier_decision_that_counts_again_keeps_its_message_closed(
    place, team, project, judged, change, add_labels
):
    """What is settled needs nobody's answer."""
    add_labels([("m4", "Sue", "ham")], adjudicated=True)
    change([HAM, Label("other")], LabelChange(ChangeKind.RETIRED, "spam"))

    undo_adjudication(place, team["sue"], project.project_id, "m4", key="undo")

    assert decided(place, project)["m4"] == "ham"
    assert "m4" not in reopenings.reopened_by(place.db, project.project_id, 2)


def test_names_of_older_versions_are_found_for_what_a_run_said(place, project, change):
    """A run that was trained under old names still speaks of today's labels."""
    change([HAM, replace(SPAM, name="junk")], RENAMED)
    change([HAM, Label("other")], LabelChange(ChangeKind.RETIRED, "junk"))

    assert moved_names(place.db, project.project_id, 1)["spam"] is None
    assert moved_names(place.db, project.project_id, 2) == {"junk": None}
    assert moved_names(place.db, project.project_id, 3) == {}


def test_what_people_learn_is_read_under_todays_names(place, team, project, blind, judged, change):
    """A rename makes nobody's earlier answers wrong; a changed meaning leaves them out."""
    judge_all(place, team["ana"], project, label="spam")

    change([HAM, replace(SPAM, name="junk")], RENAMED)
    renamed = finished_turns(place.db, project.project_id)
    change([HAM, Label("junk", "else")], LabelChange(ChangeKind.MEANING, "junk"))
    reopened = finished_turns(place.db, project.project_id)

    assert renamed.select("message_id", "first", "final").rows() == [("m6", "junk", "junk")]
    assert reopened.is_empty()
