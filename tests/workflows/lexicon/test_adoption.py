"""An adopted concept's terms are terms like others, and leave when the adoption is taken back."""

from dataclasses import replace

import pytest

from rhml_core.domain import ConceptKind, Label
from rhml_core.errors import InvalidInputError
from rhml_core.lexicon import TermSource
from rhml_core.store.label_changes import ChangeKind, LabelChange
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.adoption import MOST_OF_CLUSTER, usable_terms
from tests.app.store_fixtures import add_run, make_concept


@pytest.fixture
def concepts(place, project):
    """Two concepts for spam that share a term."""
    first = replace(make_concept("free entry"), terms=("free entry", "entry"))
    second = replace(make_concept("free prize"), terms=("free prize", "Free   ENTRY", "--"))
    add_run(place, project, 1, {}, [first, second])
    return first.concept_id, second.concept_id


@pytest.fixture
def decide(place, team, project):
    """Adopt, reject or reopen a concept as Ana."""

    def act(what, concept_id, **facts):
        facts.setdefault("key", f"{what.__name__}-{concept_id}")
        return what(place, team["ana"], project.project_id, concept_id, **facts)

    return act


@pytest.fixture
def read(place, team, project):
    def terms():
        return lexicon.get_lexicon(place, team["vic"], project.project_id).terms

    return terms


def test_adopted_concept_brings_its_terms_in_one_version(decide, read, concepts, team):
    decide(journal.adopt_concept, concepts[0], reason="they all say so")

    assert [
        (one.expression, one.label, one.source, one.source_id, one.author_id, one.version)
        for one in read()
    ] == [
        (text, "spam", TermSource.CONCEPT, concepts[0], team["ana"].person_id, 1)
        for text in ("entry", "free entry")
    ]
    assert read()[0].reason == "they all say so"


def test_repeated_click_adopts_once(place, team, project, decide, read, concepts):
    decide(journal.adopt_concept, concepts[0])
    decide(journal.adopt_concept, concepts[0])

    assert len(lexicon.list_lexicon_versions(place, team["vic"], project.project_id)) == 1
    assert len(read()) == 2


@pytest.mark.parametrize("undo", [journal.reopen_concept, journal.reject_concept])
def test_taken_back_adoption_takes_its_terms_back_and_nothing_else(
    place, team, project, decide, read, concepts, undo
):
    """What a person brought in stays, also where the concept has it too."""
    where, ben = project.project_id, team["ben"]
    lexicon.add_term(place, ben, where, "entry", label="spam", key="own")
    decide(journal.adopt_concept, concepts[0])
    adopted = [one.expression for one in read()]

    decide(undo, concepts[0])

    assert adopted == ["entry", "free entry"]
    assert [(one.expression, one.author_id) for one in read()] == [("entry", ben.person_id)]


def test_term_of_two_adopted_concepts_stays_for_the_other(decide, read, concepts):
    for concept_id in concepts:
        decide(journal.adopt_concept, concept_id)
    decide(journal.reopen_concept, concepts[0])
    shared = {one.expression: one.source_id for one in read()}

    decide(journal.reject_concept, concepts[1])

    assert shared == {"free entry": concepts[1], "free prize": concepts[1]}
    assert read() == ()


def test_adopted_terms_stand_under_the_label_of_today(place, team, project, decide, read, concepts):
    codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [Label("ham"), Label("junk")],
        based_on=1,
        changes=[LabelChange(ChangeKind.RENAMED, "spam", ("junk",))],
        key="rename",
    )

    decide(journal.adopt_concept, concepts[0])

    assert {one.label for one in read()} == {"junk"}


def test_concept_whose_label_is_gone_is_not_adopted(place, team, project, decide, read, concepts):
    codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [Label("ham"), Label("other")],
        based_on=1,
        changes=[LabelChange(ChangeKind.RETIRED, "spam")],
        key="retire",
    )

    with pytest.raises(InvalidInputError, match="no label 'spam' any more"):
        decide(journal.adopt_concept, concepts[0])

    assert read() == ()
    kept = journal.get_concept(place, team["ana"], project.project_id, concepts[0])
    assert kept.concept.status.value == "new"  # the decision was rolled back with it


def test_adopted_under_another_label_and_category(decide, read, concepts):
    decide(journal.adopt_concept, concepts[0], label="ham", category="Fun")

    assert {(one.label, one.category) for one in read()} == {("ham", "Fun")}


def test_concept_adopted_again_under_another_label_moves_its_terms(
    place, team, project, decide, read, concepts
):
    where, ben = project.project_id, team["ben"]
    lexicon.add_term(place, ben, where, "entry", label="ham", key="own")
    decide(journal.adopt_concept, concepts[0])

    decide(journal.adopt_concept, concepts[0], label="ham", key="again")

    assert [(one.expression, one.label, one.author_id) for one in read()] == [
        ("entry", "ham", ben.person_id),
        ("free entry", "ham", team["ana"].person_id),
    ]


def test_terms_that_cannot_be_looked_for_are_left_out():
    broken = replace(
        make_concept("a"), terms=("Free  Entry", "free entry", "…", "sell (", "sell; (a | b)")
    )
    cluster = replace(make_concept("a"), terms=tuple("abcdefgh"), kind=ConceptKind.CLUSTER)

    assert usable_terms(broken) == ("free entry", "sell; (a | b)")
    assert usable_terms(cluster) == tuple("abcdefgh")[:MOST_OF_CLUSTER]
