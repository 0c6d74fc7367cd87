"""The two worlds of a decision differ in what the decision itself brings, and in nothing else."""

import pytest

from rhml_core.domain import ConceptStatus
from rhml_core.machine.evidence.ablation import Knowledge
from rhml_core.store import concepts
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.concepts.study import ConceptStudy
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.reading import lexicon_terms
from tests.app.store_fixtures import add_run, make_concept

NEW, ADOPTED, REJECTED = ConceptStatus.NEW, ConceptStatus.ADOPTED, ConceptStatus.REJECTED


@pytest.fixture
def surfaced(place, project):
    """Two concepts of one run, the same word for spam and for ham."""
    found = [make_concept("escrow"), make_concept("Escrow"), make_concept("offer")]
    add_run(place, project, 1, {}, found)
    return [one.concept_id for one in found]


@pytest.fixture
def look(place, project):
    """The worlds of a decision on a concept as things are now, and why they are the same."""

    def act(concept_id, before, after):
        where = project.project_id
        study = ConceptStudy(
            db=place.db,
            project_id=where,
            judged=None,
            held_out=None,
            labels=["ham", "spam"],
            knowledge=Knowledge(lexicon_terms(place.db, where), rejected_terms(place.db, where)),
            pool=None,
            taught_ids=[],
            encoder_id="",
        )
        concept = concepts.get_concept(place.db, where, concept_id)
        facts = (concept, before, after)
        return *study.worlds(*facts), study.why_nothing_changes(*facts)

    return act


@pytest.fixture
def decide(place, team, project):
    def act(what, concept_id):
        key = f"{what.__name__}-{concept_id}"
        what(place, team["ana"], project.project_id, concept_id, key=key)

    return act


def test_adopted_term_is_what_the_worlds_differ_in(surfaced, look, decide):
    decide(journal.adopt_concept, surfaced[2])

    before, after, why = look(surfaced[2], NEW, ADOPTED)

    assert (before, after, why) == (Knowledge(), Knowledge(("offer",)), "")


def test_term_that_stood_in_the_lexicon_already_is_no_merit_of_adopting_it(
    place, team, project, surfaced, look, decide
):
    """A colleague had written it down before: without the decision it would stand there too."""
    lexicon.add_term(place, team["ana"], project.project_id, "escrow", label="spam", key="x")
    decide(journal.adopt_concept, surfaced[0])

    before, after, why = look(surfaced[0], NEW, ADOPTED)

    assert before == after == Knowledge(("escrow",))
    assert why == "the term stood in the lexicon already"


def test_term_that_another_adopted_concept_speaks_for_stays_in_both_worlds(surfaced, look, decide):
    decide(journal.adopt_concept, surfaced[0])
    decide(journal.adopt_concept, surfaced[1])

    before, after, _ = look(surfaced[0], NEW, ADOPTED)

    assert before == after == Knowledge(("escrow",))


def test_pair_that_another_rejected_concept_has_is_taught_in_both_worlds(surfaced, look, decide):
    decide(journal.reject_concept, surfaced[0])
    alone = look(surfaced[0], NEW, REJECTED)
    decide(journal.reject_concept, surfaced[1])

    before, after, why = look(surfaced[0], NEW, REJECTED)

    assert alone == (Knowledge(), Knowledge(rejected=(("escrow", "spam"),)), "")
    assert before == after == alone[1]
    assert why == "the term was rejected for the label already, with another concept"


def test_what_adopting_would_bring_is_told_before(surfaced, look):
    before, after, why = look(surfaced[2], NEW, ADOPTED)

    assert (before, after, why) == (Knowledge(), Knowledge(("offer",)), "")
