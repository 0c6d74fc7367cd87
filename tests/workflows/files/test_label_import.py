"""Labels in a team's own words: asked about, counted, and taken in all or not at all."""

import pytest

from rhml_core.domain import Role
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError
from rhml_core.exchange.label_words import LabelWords
from rhml_core.store import codebooks, events, judgements
from rhml_core.workflows import people
from rhml_core.workflows.files import label_import
from tests.store.rows_on_record import count_judgements

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
        count_judgements(place.db, project.project_id),
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
    assert count_judgements(place.db, project.project_id) == 2
    for kind in ("labels_imported", "codebook_changed"):
        n = events.count_events(
            place.db, project.project_id, kind, after_seq=-1, except_person="nobody"
        )
        assert n == 1


def test_expert_whom_a_file_names_is_on_record_with_who_took_it_in(place, team, take_in):
    take_in(WORDS)

    [row] = place.db.rows(
        "SELECT person_id FROM audit WHERE kind = 'person_added' AND subject = 'person:zoe'"
    )
    assert row["person_id"] == team["sue"].person_id


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


def simulated(place):
    return {one.name: one.is_simulated for one in people.list_people(place)}


def test_labels_say_which_new_experts_are_simulated(place, take_in):
    source = b"message_id,expert,label,is_simulated\nm1,Robo,spam,true\nm2,Zoe,ham,\n"

    outcome = take_in(LabelWords(), source=source)

    assert (outcome.n_experts, outcome.n_simulated) == (2, 1)
    assert (simulated(place)["Robo"], simulated(place)["Zoe"]) == (True, False)


def test_file_that_says_nothing_leaves_everybody_what_they_are(place, team, take_in):
    """As every file of an older export, or of another program."""
    people.add_person(place, team["sue"], "Robo", Role.EXPERT, is_simulated=True)
    before = simulated(place)

    outcome = take_in(LabelWords(), source=b"message_id,expert,label\nm1,Robo,spam\n")

    assert (outcome.n_simulated, outcome.new_experts) == (0, ["Robo"])
    assert simulated(place) == before


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("Ana", "true", "'Ana' is a simulated expert in the file and a real one here"),
        ("robo", "false", "'robo' is a real expert in the file and a simulated one here"),
    ],
)
def test_nobody_passes_for_what_they_are_not(place, team, project, take_in, name, said, words):
    people.add_person(place, team["sue"], "Robo", Role.EXPERT, is_simulated=True)
    source = f"message_id,expert,label,is_simulated\nm1,{name},spam,{said}\n".encode()
    before = state(place, project)

    with pytest.raises(ConflictError, match=words):
        label_import.check_labels(place, team["sue"], project.project_id, source, "l.csv")
    with pytest.raises(ConflictError, match=words):
        take_in(LabelWords(), source=source)

    assert state(place, project) == before
