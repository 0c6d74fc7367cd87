"""Labels in a team's own words: asked about, counted, and taken in all or not at all."""

import pytest

from rhml_core.domain import Role
from rhml_core.errors import InvalidInputError, NotAllowedError
from rhml_core.exchange.label_words import LabelWords
from rhml_core.store import codebooks, events, judgements
from rhml_core.workflows import people
from rhml_core.workflows.files import label_import

KNOWN = "spam"
OWN = b"message_id,expert,label\nm1,Zoe,SPAM!\nm2,Zoe,politics\nm3,Zoe,???\n"
WORDS = LabelWords({"SPAM!": KNOWN, "politics": "politics", "???": None}, ("politics",))


@pytest.fixture
def three_messages(add_messages):
    add_messages({"m1": "first", "m2": "second", "m3": "third"})


@pytest.fixture
def take_in(place, team, project, three_messages):
    def take_in(words, *, source=OWN, key="k", **options):
        return label_import.import_labels(
            place, team["sue"], project.project_id, source, "l.csv", words=words, key=key, **options
        )

    return take_in


def state(place, project):
    """Everything that an import of labels may write."""
    return (
        judgements.count_judgements(place.db, project.project_id),
        codebooks.newest_version(place.db, project.project_id),
        len(people.list_people(place)),
    )


def test_check_writes_nothing_and_counts_what_would_come(place, team, project, three_messages):
    before = state(place, project)

    found = label_import.check_labels(
        place, team["sue"], project.project_id, OWN, "l.csv", words=WORDS
    )

    assert state(place, project) == before
    assert found.unknown["word"].to_list() == ["???", "SPAM!", "politics"]
    assert found.prepared.labels["label"].to_list() == [KNOWN, "politics"]
    assert (found.new_labels, found.n_experts) == (("politics",), 1)
    assert found.prepared.n_word_left_out == 1


def test_new_label_and_labels_come_in_one_act(place, project, take_in):
    outcome = take_in(WORDS)
    again = take_in(WORDS)

    codebook = codebooks.get_codebook(place.db, project.project_id)
    said = judgements.current_labels(place.db, project.project_id)
    assert (outcome.n_labels, outcome.new_labels) == (2, ("politics",))
    assert codebook.version == 2
    assert codebook.names == ["ham", "spam", "politics"]
    assert sorted(said["label"]) == sorted([KNOWN, "politics"])
    assert again.new_experts == []
    assert judgements.count_judgements(place.db, project.project_id) == 2
    for kind in ("labels_imported", "codebook_changed"):
        n = events.count_events(
            place.db, project.project_id, kind, after_seq=-1, except_person="nobody"
        )
        assert n == 1


def test_unanswered_word_leaves_no_trace(place, project, take_in):
    """Not even the new label of another word, nor the new expert."""
    before = state(place, project)

    with pytest.raises(InvalidInputError, match="politics"):
        take_in(LabelWords({"???": None}))

    assert state(place, project) == before


def test_failure_after_the_codebook_rolls_it_back(place, project, take_in, monkeypatch):
    before = state(place, project)

    def fail(*_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(label_import, "record_import", fail)
    with pytest.raises(RuntimeError):
        take_in(WORDS)

    assert state(place, project) == before


def test_label_that_nobody_uses_is_not_added(place, project, take_in):
    take_in(LabelWords({"SPAM!": KNOWN, "politics": None, "???": None}, ("unused",)))

    assert codebooks.newest_version(place.db, project.project_id) == 1


def test_word_cannot_stand_for_a_label_that_is_nowhere(take_in):
    with pytest.raises(InvalidInputError, match='"politics" is to stand for "sports"'):
        take_in(LabelWords({"politics": "sports"}))


def test_faulty_rows_can_be_left_out(take_in):
    source = b"message_id,expert,label\nm1,Zoe,spam\nnowhere,Zoe,spam\n"

    outcome = take_in(LabelWords(), source=source, skips_faulty=True)

    assert (outcome.n_labels, outcome.n_left_out) == (1, 1)


def test_file_without_a_label_is_refused(take_in):
    with pytest.raises(InvalidInputError, match=r"No row of l\.csv has a label"):
        take_in(LabelWords(skips_unlabelled=True), source=b"message_id,expert,label\nm1,Zoe,\n")


def test_only_supervisors_look_into_labels(place, team, project):
    expert = next(one for one in team.values() if one.role is Role.EXPERT)

    with pytest.raises(NotAllowedError):
        label_import.preview_labels(place, expert, OWN, "l.csv")
    with pytest.raises(NotAllowedError):
        label_import.check_labels(place, expert, project.project_id, OWN, "l.csv")
