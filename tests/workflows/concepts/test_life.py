from dataclasses import replace

import pytest

from rhml_core.domain import ConceptKind, Label
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange
from rhml_core.workflows.concepts.histories import read_histories
from rhml_core.workflows.concepts.life import LifeKind, life_of, teaching_runs
from rhml_core.workflows.concepts.rejected_terms import REJECTED_CONCEPTS, rejected_terms
from rhml_core.workflows.concepts.uses import concepts_in, reason_uses
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.journal import journal
from rhml_core.workflows.learner import reviews
from rhml_core.workflows.lexicon import lexicon
from tests.workflows.journal.journal_desk import JournalDesk, make_concept

MONEY = "concept-money-spam"
TEXTS = {"m1": "free money", "m2": "noon is money", "m3": "money back", "m4": "lunch"}


@pytest.fixture
def desk(place, project, add_messages):
    """Four messages, the last of them held out."""
    add_messages(TEXTS | {"h1": "money to test"}, holdout=["h1"])
    return JournalDesk(place, project)


@pytest.fixture
def money():
    return make_concept("money", messages_for=["m1"], messages_against=["m2"])


def life(place, person, project):
    found = read_histories(place.db, person, project.project_id)
    (concept,) = (one for one in found.concepts if one.concept_id == MONEY)
    return life_of(found, concept, person)


def kinds(entries):
    return [entry.kind for entry in entries]


def test_each_run_that_surfaced_it_is_an_entry_of_the_machine(place, team, project, desk, money):
    """Strength and term F1 stand with interval and n, run by run."""
    desk.surface(1, [money])
    desk.surface(2, [make_concept("money", strength=0.3)])

    entries = life(place, team["vic"], project)

    assert kinds(entries) == [LifeKind.SURFACED, LifeKind.SURFACED]
    assert all(entry.is_machine for entry in entries)
    assert entries[0].sentence.startswith("run 1 surfaced it: strength +0.20, term F1 0.71 [0.60")
    assert "n = 48" in entries[0].sentence
    assert "strength +0.30" in entries[1].sentence


def test_marked_words_and_written_reasons_count_once_for_a_message(
    place, team, project, desk, money
):
    """Ana marks the word on m1 and later names it in a reason: one message, the newest answer."""
    desk.surface(1, [money])
    desk.judge(team["ana"], "m1", "spam", marked=[(5, 10)])
    desk.judge(team["ana"], "m1", "spam", reason="because of the money")
    desk.judge(team["ana"], "m3", "spam", marked=[(0, 5)])

    [used] = [one for one in life(place, team["sue"], project) if one.kind is LifeKind.USED]

    assert used.person_id == team["ana"].person_id
    assert used.sentence == "gave it as a reason for spam on 2 messages"
    assert set(used.message_ids) == {"m1", "m3"}


def test_only_the_words_given_as_a_reason_count(place, team, project, desk, money):
    """That the message contains the word is no reason; nor is the word for another label."""
    desk.surface(1, [money])
    desk.judge(team["ana"], "m1", "spam", marked=[(0, 4)])
    desk.judge(team["ana"], "m2", "ham", marked=[(8, 13)])

    uses = reason_uses(place.db, project.project_id, [money])

    assert uses.select("message_id", "is_for").rows() == [("m2", False)]
    assert LifeKind.USED not in kinds(life(place, team["sue"], project))


def test_reasons_on_the_hold_out_never_count(place, team, project, desk, money):
    desk.surface(1, [money])
    desk.judge(team["ana"], "h1", "spam", marked=[(0, 5)])

    assert reason_uses(place.db, project.project_id, [money]).is_empty()


def test_nothing_is_said_of_a_reason_on_a_message_still_to_judge(place, team, project, desk, money):
    """Ben still has to judge m1: that there is a reason for spam would tell him the answer."""
    desk.surface(1, [money])
    desk.judge(team["ana"], "m1", "spam", marked=[(5, 10)])

    entries = life(place, team["ben"], project)

    assert kinds(entries) == [LifeKind.SURFACED]
    assert entries[0].sentence == "run 1 surfaced it: strength +0.20"


def test_run_without_the_term_in_its_lexicon_was_not_taught_by_its_adoption(
    place, team, project, desk, money
):
    """Adopted, and taken out of the lexicon before the training: the run never saw the term."""
    desk.surface(1, [money])
    act = (place, team["ana"], project.project_id)
    journal.adopt_concept(*act, MONEY, key="a")
    [term] = lexicon.get_lexicon(*act).terms
    lexicon.remove_terms(*act, [term.term_id], key="r")
    desk.now = place.now()
    desk.surface(2, [money])

    assert LifeKind.TAUGHT not in kinds(life(place, team["ana"], project))


def test_what_a_run_keeps_of_its_training_tells_what_it_was_taught(
    place, team, project, desk, money
):
    """Rejected before the run ended, but not among what the run was told: it was not taught so."""
    desk.surface(1, [money])
    journal.reject_concept(place, team["ana"], project.project_id, MONEY, key="a")
    concept = journal.list_concepts(place, team["sue"], project.project_id)[0]
    desk.now = place.now()
    desk.surface(2, [money])
    desk.surface(3, [money])
    found = read_histories(place.db, team["sue"], project.project_id)

    def told(number, concept_ids):
        run = found.runs[number]
        return replace(run, parameters={**run.parameters, REJECTED_CONCEPTS: concept_ids})

    known = replace(found, runs={2: told(2, []), 3: told(3, [MONEY])})

    assert [(run.number, how) for run, how in teaching_runs(known, concept)] == [(3, "rejected")]


def test_rejected_concept_stays_rejected_when_its_label_is_renamed(
    place, team, project, desk, money
):
    """The next run finds it under the new name: it is the same concept, with its history."""
    desk.surface(1, [money])
    desk.judge(team["ana"], "m1", "spam", marked=[(5, 10)])
    journal.reject_concept(place, team["ana"], project.project_id, MONEY, key="r")
    codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [Label("ham", "wanted"), Label("junk", "unwanted")],
        based_on=1,
        changes=[LabelChange(ChangeKind.RENAMED, "spam", ("junk",))],
        key="c",
    )

    desk.surface(2, [make_concept("money", "junk")], codebook_version=2)

    [concept] = journal.list_concepts(place, team["sue"], project.project_id)
    assert (concept.concept_id, concept.label, concept.status.value) == (MONEY, "junk", "rejected")
    assert rejected_terms(place.db, project.project_id) == (("money", "junk"),)
    used = [one for one in life(place, team["sue"], project) if one.kind is LifeKind.USED]
    assert [one.sentence for one in used] == ["gave it as a reason for junk on 1 message"]


def test_reason_is_named_once_the_reader_has_judged(place, team, project, desk, money):
    desk.surface(1, [money])
    desk.judge(team["ana"], "m1", "spam", marked=[(5, 10)])
    desk.judge(team["ben"], "m1", "ham")

    [used] = [one for one in life(place, team["ben"], project) if one.kind is LifeKind.USED]

    assert used.person_id == team["ana"].person_id
    assert used.message_ids == ("m1",)


def test_decisions_and_talk_stand_in_the_order_in_which_they_came(
    place, team, project, desk, money
):
    """Adopted, taken back and rejected are three entries; none replaces another."""
    desk.surface(1, [money])
    act = (place, team["ana"], project.project_id, MONEY)
    journal.adopt_concept(*act, label="ham", category="Offers", reason="sure", key="a")
    threads.add_comment(*act[:3], f"concept:{MONEY}", "Really?", key="c")
    journal.reopen_concept(*act, key="b")
    journal.reject_concept(*act, reason="a guess", key="d")

    found = life(place, team["ben"], project)[1:]
    entries = [one for one in found if one.kind is not LifeKind.MEASURED]

    assert kinds(entries) == [
        LifeKind.ADOPTED,
        LifeKind.DISCUSSED,
        LifeKind.REOPENED,
        LifeKind.REJECTED,
    ]
    assert entries[0].sentence == "adopted it for ham, category Offers: “sure”"
    assert entries[1].sentence == "wrote: “Really?”"
    assert entries[3].sentence == "rejected it as a wrong reason: “a guess”"
    assert {entry.person_id for entry in entries} == {team["ana"].person_id}


def test_measured_effect_is_an_entry_of_the_machine_with_figures_or_why_there_is_none(
    place, team, project, desk, money
):
    """Nothing is judged here: each of the three figures says what is missing."""
    desk.surface(1, [money])
    journal.adopt_concept(place, team["ana"], project.project_id, MONEY, key="a")

    [measured] = [one for one in life(place, team["vic"], project) if one.kind is LifeKind.MEASURED]

    assert measured.is_machine
    assert measured.sentence.startswith(
        "measured it. What adopting it brought on the hold-out is not known: "
    )
    assert "Its strength is not known: " in measured.sentence
    assert "Whether people agree more on messages with it is not known: " in measured.sentence


def test_adopted_under_another_label_speaks_for_that_one(place, team, project, desk, money):
    desk.surface(1, [money])
    act = (place, team["ana"], project.project_id, MONEY)

    adopted = journal.adopt_concept(*act, label="ham", key="a")
    again = journal.reopen_concept(*act, key="b")

    assert (adopted.label, again.label) == ("ham", "spam")


def test_training_that_began_after_the_decision_was_taught_by_it(place, team, project, desk, money):
    """The run under way when Ana decides learns nothing of it; the next one does."""
    desk.surface(1, [money])
    journal.adopt_concept(place, team["ana"], project.project_id, MONEY, key="a")
    desk.now = place.now()
    desk.surface(2, [money])

    taught = [one for one in life(place, team["ana"], project) if one.kind is LifeKind.TAUGHT]

    assert [one.sentence for one in taught] == ["run 2 (Fast) was trained with it in the lexicon"]
    assert taught[0].is_machine


def test_own_review_is_told_and_a_colleagues_counted(place, team, project, desk, money):
    """Whether a colleague had forgotten it is their own affair."""
    desk.surface(1, [money])
    journal.adopt_concept(place, team["ana"], project.project_id, MONEY, key="a")
    reviews.answer_review(
        place, team["ana"], project.project_id, f"concept:{MONEY}", label="ham", key="r"
    )

    def reviewed(person):
        entries = life(place, person, project)
        return [(one.person_id, one.sentence) for one in entries if one.kind is LifeKind.REVIEWED]

    assert reviewed(team["ana"]) == [(team["ana"].person_id, "reviewed and had forgotten it")]
    assert reviewed(team["ben"]) == [("", "reviewed once by 1 colleague")]


def test_texts_are_searched_for_phrases_and_patterns_but_not_for_clusters():
    """A cluster's words only tell what it is about."""
    import dataclasses  # noqa: PLC0415

    phrase = dataclasses.replace(make_concept("free money"), kind=ConceptKind.PHRASE)
    pattern = dataclasses.replace(make_concept("free; back"), kind=ConceptKind.PATTERN)
    cluster = dataclasses.replace(make_concept("back"), kind=ConceptKind.CLUSTER)

    found = concepts_in(["FREE money", "free your way back"], [phrase, pattern, cluster])

    assert found.rows() == [(0, phrase.concept_id), (1, pattern.concept_id)]


def test_no_concept_or_text_is_found_nowhere():
    assert concepts_in([], [make_concept("money")]).rows() == []
    assert concepts_in(["money"], []).columns == ["row", "concept_id"]
