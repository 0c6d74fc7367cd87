"""What an expert is told of a concept is counted on the judged messages that are open to them."""

import pytest

from rhml_core.workflows.concepts.evidence import concept_evidence
from rhml_core.workflows.kept.pool_texts import pool_texts
from tests.workflows.journal.journal_desk import make_concept

TEXTS = {
    "m1": "Free money, now",
    "m2": "noon is money",
    "m3": "lunch at noon",
    "m4": "money for nothing",
    "m5": "free lunch",
}
LABELS = {"m1": "spam", "m2": "ham", "m3": "ham", "m4": "spam"}


@pytest.fixture
def judged(project, add_messages, add_labels):
    """Ana judged all but m5; the hold-out has the very text of m4."""
    add_messages({**TEXTS, "h1": TEXTS["m4"]}, holdout=["h1"])
    add_labels([(name, "Ana", label) for name, label in LABELS.items()])
    return project.project_id


def test_messages_with_a_text_of_the_hold_out_and_unjudged_ones_do_not_count(place, team, judged):
    """Of money's three messages m4 is out: one is spam, one is not, and spam without it is none."""
    money = make_concept("money")

    found = concept_evidence(place.db, team["ana"], judged, [money])[money.concept_id]

    assert (found.n_for, found.n_against, found.term_f1.n) == (1, 1, 3)
    assert found.term_f1.value == pytest.approx(2 / 3)
    assert found.is_partial


@pytest.mark.parametrize("term", ["money", "free money", "noon", "nowhere", "lunch at noon"])
def test_concepts_are_found_as_in_the_index_of_the_whole_pool(place, team, judged, term):
    pool = pool_texts(place.db, judged)
    rows = {pool.message_ids[row] for row in pool.words.find(term).tolist()}
    concept = make_concept(term)

    found = concept_evidence(place.db, team["ana"], judged, [make_concept("noon"), concept])

    known = rows & {"m1", "m2", "m3"}
    spam = {name for name in known if LABELS[name] == "spam"}
    told = found[concept.concept_id]
    assert (told.n_for, told.n_against) == (len(spam), len(known - spam))


def test_no_concept_and_no_answer_are_both_allowed(place, team, project, add_messages):
    add_messages(TEXTS)

    assert concept_evidence(place.db, team["ana"], project.project_id, []) == {}
    [unknown] = concept_evidence(
        place.db, team["ana"], project.project_id, [make_concept("money")]
    ).values()
    assert (unknown.n_for, unknown.n_against, unknown.term_f1) == (0, 0, None)
