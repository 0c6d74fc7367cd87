import pytest

from rhml_core.domain import ConceptStatus, Label
from rhml_core.errors import ConflictError
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon import lexicon
from tests.app.store_fixtures import add_run, make_concept

MONEY = "concept-money-spam"


@pytest.fixture
def where(place, project):
    add_run(place, project, 1, {}, [make_concept("money"), make_concept("money", "ham")])
    return project.project_id


def test_decision_from_a_page_of_before_changes_nothing_and_says_who_decided(place, team, where):
    """Ben's page still shows the concept as new when Ana has adopted it."""
    journal.adopt_concept(place, team["ana"], where, MONEY, reason="sure", key="a")

    with pytest.raises(ConflictError, match="Ana looked at “money” meanwhile and adopted it"):
        journal.reject_concept(
            place, team["ben"], where, MONEY, seen=ConceptStatus.NEW, reason="no", key="b"
        )

    found = journal.get_concept(place, team["ben"], where, MONEY).concept
    assert found.status is ConceptStatus.ADOPTED
    assert [term.expression for term in lexicon.get_lexicon(place, team["ana"], where).terms] == [
        "money"
    ]


def test_decision_repeated_after_a_lost_answer_is_no_conflict(place, team, where):
    """The second click carries the same key and the old sight of the card."""
    for _ in range(2):
        journal.adopt_concept(place, team["ana"], where, MONEY, seen=ConceptStatus.NEW, key="a")

    assert len(lexicon.get_lexicon(place, team["ana"], where).terms) == 1


def test_rejecting_what_was_adopted_elsewhere_unteaches_it_there(place, team, where):
    """Surfaced for spam and adopted under ham: it is called a wrong reason for ham."""
    journal.adopt_concept(place, team["ana"], where, MONEY, label="ham", key="a")

    rejected = journal.reject_concept(place, team["ben"], where, MONEY, key="b")
    pairs = rejected_terms(place.db, where)
    reopened = journal.reopen_concept(place, team["ben"], where, MONEY, key="c")

    assert rejected.label == "ham"
    assert pairs == (("money", "ham"),)
    assert reopened.label == "spam"


def test_term_that_stands_rejected_for_a_label_is_not_adopted_for_it(place, team, where):
    """Ham is merged into spam, and two cards say money for spam: one cannot deny the other."""
    journal.reject_concept(place, team["ana"], where, "concept-money-ham", key="a")
    codebooks.change_codebook(
        place,
        team["sue"],
        where,
        [Label("spam", "unwanted"), Label("news", "letters")],
        based_on=1,
        changes=[
            LabelChange(ChangeKind.MERGED, "ham", ("spam",)),
            LabelChange(ChangeKind.MERGED, "spam", ("spam",)),
            LabelChange(ChangeKind.ADDED, "news"),
        ],
        key="c",
    )

    with pytest.raises(ConflictError, match="stands rejected as a reason for spam"):
        journal.adopt_concept(place, team["ben"], where, MONEY, key="b")

    assert lexicon.get_lexicon(place, team["ana"], where).terms == ()


def test_label_that_is_retired_is_told_as_gone(place, team, where):
    codebooks.change_codebook(
        place,
        team["sue"],
        where,
        [Label("ham", "wanted"), Label("news", "letters")],
        based_on=1,
        changes=[LabelChange(ChangeKind.RETIRED, "spam"), LabelChange(ChangeKind.ADDED, "news")],
        key="c",
    )

    found = journal.get_concept(place, team["ana"], where, MONEY).concept

    assert (found.label, found.is_label_gone) == ("spam", True)
