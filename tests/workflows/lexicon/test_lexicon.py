"""Editing the lexicon: every edit a version, nobody's work overwritten, nothing lost."""

import json
from functools import partial

import pytest

from rhml_core.domain import Label
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.lexicon import TermKind, TermSource
from rhml_core.store.label_changes import ChangeKind, LabelChange
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.reading import current_lexicon, lexicon_terms
from rhml_core.workflows.lexicon.warnings import WarningKind, list_warnings
from rhml_core.workflows.overview.timeline import read_timeline


@pytest.fixture
def add(place, team, project):
    """Add a term as Ana; a key for each text and label."""

    def add_term(text, label="spam", person="ana", **facts):
        facts.setdefault("key", f"add-{text}-{label}")
        return lexicon.add_term(place, team[person], project.project_id, text, label=label, **facts)

    return add_term


@pytest.fixture
def read(place, team, project):
    """The lexicon as pairs of term and label."""

    def pairs(version=None):
        found = lexicon.get_lexicon(place, team["vic"], project.project_id, version)
        return [(term.expression, term.label) for term in found.terms]

    return pairs


def test_added_term_stands_with_its_author_reason_and_place(place, team, project, add):
    saved = add(
        "Sell;(zero-day,exploit)AND price", category=" Trade  offers", sub_category="Tools",
        reason=" what they write ",
    )  # fmt: skip

    found = lexicon.get_lexicon(place, team["vic"], project.project_id)

    (term,) = found.terms
    assert saved.terms == found.terms
    assert (term.expression, term.kind, term.label) == (
        "sell; (zero day | exploit) AND price", TermKind.PATTERN, "spam",
    )  # fmt: skip
    assert (term.category, term.sub_category) == ("Trade offers", "Tools")
    assert (term.author_id, term.reason) == (team["ana"].person_id, "what they write")
    assert (term.source, term.source_id, term.version) == (TermSource.EXPERT, "", 1)
    assert (found.version, found.changed_by) == (1, team["ana"].person_id)


def test_terms_are_read_by_label_and_as_features(place, project, add):
    add("pills")
    add("lunch", "ham")
    add("pills", "ham")

    by_label = current_lexicon(place.db, project.project_id).by_label()

    assert by_label == {"ham": ("lunch", "pills"), "spam": ("pills",)}
    assert lexicon_terms(place.db, project.project_id) == ("lunch", "pills")


@pytest.mark.parametrize(
    ("text", "facts", "said"),
    [
        ("--", {}, "no word"),
        ("sell (", {}, "never closed"),
        ("pills", {"label": "junk"}, "no label 'junk'"),
        ("pills", {"category": "x" * 101}, "at most 100"),
        ("pills", {"category": "a\u202eb"}, "visible"),
        ("pills", {"reason": "x" * 2_001}, "2,000"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_remedy(add, read, text, facts, said):
    with pytest.raises(InvalidInputError, match=said):
        add(text, **facts)

    assert read() == []


def test_exact_duplicate_is_refused_however_it_is_written(add, read):
    add("(b | a) AND c", category="Trade")

    with pytest.raises(InvalidInputError, match="stands under spam already, in Trade"):
        add("c AND (A, B)")

    assert len(read()) == 1


def test_second_label_for_a_term_is_saved_with_a_warning(add, read):
    add("pills")

    saved = add("pills", "ham")

    (warning,) = saved.warnings
    assert warning.kind is WarningKind.TWO_LABELS
    assert "under ham and spam" in warning.text
    assert read() == [("pills", "ham"), ("pills", "spam")]


def test_repeated_click_is_one_act(add, read):
    first = add("pills", key="k")
    again = add("pills", key="k")

    assert (again.version, again.terms) == (first.version, first.terms)
    assert read() == [("pills", "spam")]


def test_viewers_read_and_do_not_edit(place, team, project, add, read):
    (term,) = add("pills").terms
    where, vic = project.project_id, team["vic"]
    acts = [
        partial(lexicon.add_term, place, vic, where, "x", label="spam"),
        partial(lexicon.edit_term, place, vic, where, term.term_id, label="ham"),
        partial(lexicon.remove_terms, place, vic, where, [term.term_id]),
        partial(lexicon.roll_back_lexicon, place, vic, where, 0),
    ]

    for act in acts:
        with pytest.raises(NotAllowedError, match="viewer"):
            act(key="k")

    assert read() == [("pills", "spam")]


def test_moved_term_keeps_its_identity_and_author(place, team, project, add, read):
    (term,) = add("pills", reason="seen").terms

    saved = lexicon.edit_term(
        place, team["ben"], project.project_id, term.term_id, label="ham", category="Shop", key="m"
    )

    (moved,) = saved.terms
    assert (moved.term_id, moved.author_id) == (term.term_id, team["ana"].person_id)
    assert (moved.label, moved.category, moved.reason, moved.version) == ("ham", "Shop", "seen", 2)
    assert read(1) == [("pills", "spam")]


def test_reworded_term_is_another_one(place, team, project, add, read):
    (term,) = add("pils", category="Shop").terms

    saved = lexicon.edit_term(
        place, team["ben"], project.project_id, term.term_id, text="Pills", key="w"
    )

    (new,) = saved.terms
    assert (new.term_id != term.term_id, new.author_id) == (True, team["ben"].person_id)
    assert (new.category, saved.version) == ("Shop", 2)
    assert (read(1), read(2)) == ([("pils", "spam")], [("pills", "spam")])


def test_edit_that_changes_nothing_makes_no_version(place, team, project, add):
    (term,) = add("middle man").terms

    saved = lexicon.edit_term(
        place, team["ben"], project.project_id, term.term_id, text="Middle  MAN", key="n"
    )

    assert (saved.version, saved.terms) == (1, (term,))


def test_two_who_add_and_move_at_once_both_stand(place, team, project, add, read):
    (pills,) = add("pills").terms
    add("offer")
    where = project.project_id

    lexicon.edit_term(place, team["ana"], where, pills.term_id, label="ham", seen=2, key="a")
    lexicon.add_term(place, team["ben"], where, "lunch", label="ham", key="b")

    assert read() == [("lunch", "ham"), ("pills", "ham"), ("offer", "spam")]


@pytest.mark.parametrize("did", ["removed", "changed"])
def test_who_edits_what_a_colleague_touched_is_told_who_and_when(
    place, team, project, add, read, did
):
    (term,) = add("pills").terms
    add("offer")
    where = project.project_id
    if did == "removed":
        lexicon.remove_terms(place, team["ben"], where, [term.term_id], key="ben")
    else:
        lexicon.edit_term(place, team["ben"], where, term.term_id, category="Shop", key="ben")
    before = read()

    with pytest.raises(ConflictError, match=rf"Ben {did} “pills” on \d+ \w+ \d{{4}} at") as edited:
        lexicon.edit_term(place, team["ana"], where, term.term_id, label="ham", seen=2, key="ana")
    with pytest.raises(ConflictError, match=f"Ben {did}"):
        lexicon.remove_terms(
            place,
            team["ana"],
            where,
            [lexicon.get_lexicon(place, team["ana"], where).terms[-1].term_id, term.term_id],
            seen=2,
            key="ana-2",
        )

    assert "Nothing was overwritten" in str(edited.value)
    assert read() == before


def test_unknown_terms_and_versions_are_not_found(place, team, project, add):
    add("pills")
    where, ana = project.project_id, team["ana"]

    with pytest.raises(NotFoundError, match="no term 'term-x'"):
        lexicon.remove_terms(place, ana, where, ["term-x"], key="r")
    with pytest.raises(NotFoundError, match="no version 7"):
        lexicon.roll_back_lexicon(place, ana, where, 7, key="b")
    with pytest.raises(InvalidInputError, match="No term is chosen"):
        lexicon.remove_terms(place, ana, where, [], key="none")


def test_roll_back_is_a_new_version_equal_to_the_old_one(place, team, project, add, read):
    add("pills")
    (offer,) = add("offer").terms
    where, ana = project.project_id, team["ana"]
    lexicon.remove_terms(place, ana, where, [offer.term_id], reason="too common", key="r")
    lexicon.edit_term(
        place, ana, where, lexicon.get_lexicon(place, ana, where).terms[0].term_id,
        label="ham", key="m",
    )  # fmt: skip

    saved = lexicon.roll_back_lexicon(place, team["ben"], where, 2, key="b")

    assert saved.version == 5
    assert read(5) == read(2) == [("offer", "spam"), ("pills", "spam")]
    assert (read(3), read(4)) == ([("pills", "spam")], [("pills", "ham")])
    versions = lexicon.list_lexicon_versions(place, ana, where)
    assert [(one.version, one.note) for one in versions] == [
        (5, "Back to version 2."), (4, ""), (3, "too common"), (2, ""), (1, ""),
    ]  # fmt: skip
    assert [(one.n_added, one.n_removed, one.n_moved) for one in versions[:3]] == [
        (1, 0, 1), (0, 0, 1), (0, 1, 0),
    ]  # fmt: skip


def test_term_follows_a_renamed_label_and_is_warned_of_when_it_is_retired(
    place, team, project, add, read
):
    add("pills")
    where, sue = project.project_id, team["sue"]
    codebooks.change_codebook(
        place, sue, where, [Label("ham"), Label("junk")], based_on=1, key="c1",
        changes=[LabelChange(ChangeKind.RENAMED, "spam", ("junk",))],
    )  # fmt: skip
    renamed = read()
    codebooks.change_codebook(
        place, sue, where, [Label("ham"), Label("other")], based_on=2, key="c2",
        changes=[LabelChange(ChangeKind.RETIRED, "junk")],
    )  # fmt: skip

    found = lexicon.get_lexicon(place, team["ana"], where)
    (warning,) = list_warnings(place, team["vic"], where)

    assert (renamed, read()) == ([("pills", "junk")], [("pills", "")])
    assert warning.kind is WarningKind.LABEL_GONE
    assert lexicon_terms(place.db, where) == ()
    with pytest.raises(InvalidInputError, match="Choose a label too"):
        lexicon.edit_term(place, sue, where, found.terms[0].term_id, text="offer", key="w")


def test_what_was_done_is_in_the_audit_and_the_timeline(place, team, project, add):
    (term,) = add("pills", reason="seen").terms
    where, ben = project.project_id, team["ben"]
    lexicon.edit_term(place, ben, where, term.term_id, label="ham", key="m")
    lexicon.remove_terms(place, ben, where, [term.term_id], key="r")
    lexicon.roll_back_lexicon(place, ben, where, 1, key="b")

    kinds = ("term_added", "term_changed", "term_removed", "lexicon_rolled_back")
    told = read_timeline(place.db, where, kinds=kinds)
    kept = place.db.rows("SELECT detail FROM audit WHERE kind = 'term_changed' ORDER BY seq")

    assert [(one.who, one.sentence) for one in told] == [
        ("Ben", "took the lexicon back to version 1"),
        ("Ben", "took “pills” for ham out of the lexicon"),
        ("Ben", "changed “pills” for ham in the lexicon"),
        ("Ana", "put “pills” for spam into the lexicon"),
    ]
    assert json.loads(kept[0]["detail"]) == {
        "name": "“pills” for ham", "expression": "pills", "label": "ham", "version": 2,
        "source": "expert", "reason": "seen", "was": {"expression": "pills", "label": "spam"},
    }  # fmt: skip
