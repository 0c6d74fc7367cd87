"""Lexicon and journal say the same of a concept, whichever of them is edited."""

from dataclasses import replace

import pytest

from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.preview import preview_term
from rhml_core.workflows.lexicon.warnings import WarningKind, list_warnings
from rhml_core.workflows.overview.timeline import read_timeline
from tests.app.store_fixtures import add_run, make_concept


@pytest.fixture
def concept(place, project):
    """A concept of two terms for spam."""
    found = replace(make_concept("free entry"), terms=("free entry", "entry"))
    add_run(place, project, 1, {}, [found])
    return found.concept_id


@pytest.fixture
def decide(place, team, project, concept):
    """Adopt or reject the concept as Ana."""

    def act(what, key):
        what(place, team["ana"], project.project_id, concept, key=key)

    return act


@pytest.fixture
def status(place, team, project, concept):
    def read():
        card = journal.get_concept(place, team["vic"], project.project_id, concept)
        return card.concept.status.value

    return read


@pytest.fixture
def terms(place, team, project):
    """The lexicon as it stands: expression -> identifier."""

    def read():
        found = lexicon.get_lexicon(place, team["vic"], project.project_id)
        return {term.expression: term.term_id for term in found.terms}

    return read


def test_concept_is_reopened_when_the_last_of_its_terms_is_removed(
    place, team, project, decide, status, terms
):
    where, ben = project.project_id, team["ben"]
    decide(journal.adopt_concept, "a")

    lexicon.remove_terms(place, ben, where, [terms()["entry"]], key="one")
    after_one = status()
    lexicon.remove_terms(place, ben, where, [terms()["free entry"]], key="two")

    assert (after_one, status()) == ("adopted", "new")
    (told,) = read_timeline(place.db, where, kinds=("concept_reopened",))
    assert (told.who, told.sentence) == (
        "Ben", "reopened “free entry” for spam, because its term was taken out of the lexicon",
    )  # fmt: skip


def test_concept_stays_adopted_while_a_colleagues_own_term_says_it(
    place, team, project, decide, status, terms
):
    where, ben = project.project_id, team["ben"]
    lexicon.add_term(place, ben, where, "entry", label="spam", key="own")
    decide(journal.adopt_concept, "a")

    lexicon.remove_terms(place, ben, where, [terms()["free entry"]], key="one")
    with_own = status()
    lexicon.remove_terms(place, ben, where, [terms()["entry"]], key="two")

    assert (with_own, status()) == ("adopted", "new")


def test_roll_back_reopens_what_it_empties(place, team, project, decide, status, terms):
    decide(journal.adopt_concept, "a")

    lexicon.roll_back_lexicon(place, team["ben"], project.project_id, 0, key="b")

    assert (terms(), status()) == ({}, "new")


def test_roll_back_leaves_out_what_stands_rejected_and_says_so(
    place, team, project, decide, status, terms
):
    where, ana = project.project_id, team["ana"]
    lexicon.add_term(place, ana, where, "pills", label="spam", key="p")
    decide(journal.adopt_concept, "a")
    decide(journal.reject_concept, "r")
    lexicon.remove_terms(place, ana, where, [terms()["pills"]], key="rm")

    saved = lexicon.roll_back_lexicon(place, ana, where, 2, key="b")

    assert (list(terms()), status()) == (["pills"], "rejected")
    assert [(one.kind, one.expression) for one in saved.warnings] == [
        (WarningKind.REJECTED, "entry"),
        (WarningKind.REJECTED, "free entry"),
    ]
    assert lexicon.list_lexicon_versions(place, ana, where)[0].note == (
        "Back to version 2. Left out, as rejected in the journal: “entry” for spam, “free entry” "
        "for spam."
    )
    with pytest.raises(InvalidInputError, match="All that version 2 has more is rejected"):
        lexicon.roll_back_lexicon(place, ana, where, 2, key="c")


def test_term_that_stands_rejected_is_saved_with_a_warning(place, team, project, decide):
    where, ana = project.project_id, team["ana"]
    decide(journal.reject_concept, "r")

    seen = preview_term(place, ana, where, "Free  entry", "spam").warnings
    saved = lexicon.add_term(place, ana, where, "free entry", label="spam", key="a")
    other = lexicon.add_term(place, ana, where, "entry", label="ham", key="o")

    kinds = [[one.kind for one in found] for found in (seen, saved.warnings, other.warnings)]
    assert [WarningKind.REJECTED in found for found in kinds] == [True, True, False]
    assert WarningKind.REJECTED in {one.kind for one in list_warnings(place, ana, where)}


def test_roll_back_does_not_undo_what_a_person_has_not_seen(place, team, project, terms):
    where, ana, ben = project.project_id, team["ana"], team["ben"]
    lexicon.add_term(place, ana, where, "one", label="spam", key="1")
    lexicon.add_term(place, ana, where, "two", label="spam", key="2")
    lexicon.add_term(place, ben, where, "three", label="spam", key="3")

    with pytest.raises(ConflictError, match=r"Ben changed the lexicon on .* at version 3"):
        lexicon.roll_back_lexicon(place, ana, where, 1, seen=2, key="4")
    untouched = set(terms())
    lexicon.roll_back_lexicon(place, ana, where, 1, seen=3, key="5")

    assert (untouched, set(terms())) == ({"one", "two", "three"}, {"one"})
