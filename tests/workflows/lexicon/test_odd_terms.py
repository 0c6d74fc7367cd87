"""Terms that are odd through no edit of a lexicon keep nobody from editing it."""

import json

import pytest

from rhml_core.domain import Label
from rhml_core.errors import InvalidInputError
from rhml_core.lexicon import Term, TermKind
from rhml_core.store.label_changes import ChangeKind, LabelChange
from rhml_core.store.lexicon_writing import add_version
from rhml_core.store.lexicons import TermState
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.reading import lexicon_terms
from rhml_core.workflows.lexicon.tree import lexicon_tree
from rhml_core.workflows.lexicon.warnings import WarningKind, list_warnings
from tests.app.store_fixtures import add_run, make_concept


@pytest.fixture
def unreadable(place, team, project):
    """A term that no notation of today reads, as from another program."""
    term = Term("term-odd", "(x", TermKind.WORD, "spam", author_id=team["ana"].person_id)
    with place.db.atomic() as transaction:
        add_version(
            transaction, project.project_id, [TermState(term)], person_id=term.author_id,
            at=place.now(), note="", act="odd",
        )  # fmt: skip
    return term


def test_unreadable_term_blocks_no_edit_and_is_warned_of(
    place, team, project, unreadable, add_messages
):
    add_messages({"m1": "pills here"})
    where, ana = project.project_id, team["ana"]
    concept = make_concept("free entry")
    add_run(place, project, 1, {}, [concept])

    lexicon.add_term(place, ana, where, "pills", label="spam", key="a")
    journal.adopt_concept(place, ana, where, concept.concept_id, key="j")
    (warning,) = [
        one for one in list_warnings(place, ana, where) if one.kind is WarningKind.UNREADABLE
    ]
    tree = lexicon_tree(place, ana, where)
    lexicon.edit_term(place, ana, where, unreadable.term_id, text="x", key="e")

    assert warning.term_ids == (unreadable.term_id,)
    assert (tree.counts["(x"], tree.counts["pills"]) == (0, 1)
    assert lexicon_terms(place.db, where) == ("free entry", "pills", "x")


def test_term_that_a_merge_has_doubled_can_still_be_edited(place, team, project):
    """Only what changes its words or its label is held against the others."""
    where, ana = project.project_id, team["ana"]
    labels = [Label("ham"), Label("spam"), Label("scam")]
    codebooks.change_codebook(
        place, team["sue"], where, labels, based_on=1, key="c1",
        changes=[LabelChange(ChangeKind.ADDED, "scam")],
    )  # fmt: skip
    lexicon.add_term(place, ana, where, "wire", label="spam", key="1")
    (doubled,) = lexicon.add_term(place, ana, where, "wire", label="scam", key="2").terms
    (other,) = lexicon.add_term(place, ana, where, "pay", label="scam", key="3").terms
    codebooks.change_codebook(
        place, team["sue"], where, labels[:2], based_on=2, key="c2",
        changes=[
            LabelChange(ChangeKind.MERGED, "scam", ("spam",)),
            LabelChange(ChangeKind.MERGED, "spam", ("spam",)),
        ],
    )  # fmt: skip

    saved = lexicon.edit_term(place, ana, where, doubled.term_id, reason="seen", key="4")

    assert (saved.terms[0].reason, saved.terms[0].label) == ("seen", "spam")
    with pytest.raises(InvalidInputError, match="stands under spam already"):
        lexicon.edit_term(place, ana, where, other.term_id, text="wire", key="5")


def test_removal_of_many_terms_is_one_event_that_names_them_all(place, team, project):
    where, ana = project.project_id, team["ana"]
    names = [
        lexicon.add_term(place, ana, where, f"w{n}", label="spam", key=f"{n}").terms[0].term_id
        for n in range(7)
    ]

    lexicon.remove_terms(place, ana, where, names, reason="too common", key="r")

    kept = place.db.rows("SELECT detail FROM audit WHERE kind = 'term_removed' ORDER BY seq")
    (detail,) = [json.loads(row["detail"]) for row in kept]
    assert (detail["term_ids"], detail["n"], detail["reason"]) == (names, 7, "too common")
    assert detail["name"].endswith("“w4” for spam and 2 more")


@pytest.mark.parametrize("text", ["a " * 5_000, "http://" + "a." * 1_000])
def test_endless_term_is_refused_before_it_is_read(place, team, project, text, monkeypatch):
    monkeypatch.setattr("rhml_core.workflows.lexicon.checks.normal_term", None)

    with pytest.raises(InvalidInputError, match="at most 2,000"):
        lexicon.add_term(place, team["ana"], project.project_id, text, label="spam", key="a")
