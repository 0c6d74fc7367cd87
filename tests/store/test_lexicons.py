"""The lexicon as events: versions stay what they were, labels follow the codebook."""

import json
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from rhml_core.domain import Codebook, Label
from rhml_core.errors import NotFoundError
from rhml_core.lexicon import Lexicon, Term, TermKind, TermSource
from rhml_core.store import lexicons
from rhml_core.store.codebooks import add_codebook
from rhml_core.store.database import Database, _migrations
from rhml_core.store.label_changes import ChangeKind, LabelChange, add_label_changes
from rhml_core.store.lexicon_writing import add_version, restore_version
from rhml_core.store.lexicons import TermState

AT = datetime(2025, 3, 3, tzinfo=UTC)


@pytest.fixture
def db(tmp_path):
    db = Database.open(tmp_path / "a.duckdb")
    with db.atomic() as transaction:
        add_codebook(transaction, "p", codebook(1, "ham", "spam"), at=AT)
    yield db
    db.close()


def codebook(version, *names):
    return Codebook(version, tuple(Label(name) for name in names), changed_by="sue")


def term(name, label="spam", **facts):
    return Term(f"term-{name}", name, TermKind.WORD, label, author_id="ana", **facts)


def save(db, *states, act="act", at=AT):
    with db.atomic() as transaction:
        return add_version(transaction, "p", states, person_id="ana", at=at, note="why", act=act)


def rename(db, version, names, *changes):
    with db.atomic() as transaction:
        add_codebook(transaction, "p", codebook(version, *names), at=AT)
        add_label_changes(transaction, "p", version, changes)


def test_project_begins_with_an_empty_version(db):
    assert lexicons.get_lexicon(db, "p") == Lexicon(version=0)
    assert lexicons.list_versions(db, "p").columns == [
        "version", "changed_by", "changed_at", "note",
        "n_added", "n_removed", "n_moved", "n_terms",
    ]  # fmt: skip
    with pytest.raises(NotFoundError, match="version 3"):
        lexicons.get_lexicon(db, "p", 3)


def test_newest_version_counts_and_older_ones_stay(db):
    save(db, TermState(term("pills")), TermState(term("lunch", "ham")))
    save(db, TermState(term("pills", "ham", category="shop")))
    save(db, TermState(term("lunch", "ham"), is_present=False))

    shown = [
        [(one.expression, one.label, one.category, one.version) for one in found.terms]
        for found in (lexicons.get_lexicon(db, "p", version) for version in (1, 2, 3))
    ]

    assert shown == [
        [("lunch", "ham", "", 1), ("pills", "spam", "", 1)],
        [("lunch", "ham", "", 1), ("pills", "ham", "shop", 2)],
        [("pills", "ham", "shop", 2)],
    ]
    counted = lexicons.list_versions(db, "p").select("n_added", "n_removed", "n_moved", "n_terms")
    assert counted.rows() == [(0, 1, 0, 1), (0, 0, 1, 2), (2, 0, 0, 2)]
    assert lexicons.get_lexicon(db, "p").note == "why"


def test_a_failed_act_leaves_nothing_behind(db):
    """A version without its terms would be a lexicon that nobody ever made."""
    unwritable = TermState(term("pills"), further={"Notes": object()})

    with pytest.raises(TypeError):
        save(db, unwritable)

    assert lexicons.newest_version(db, "p") == 0


def test_terms_follow_renamed_and_merged_labels(db):
    save(db, TermState(term("pills")))
    rename(db, 2, ["ham", "junk"], LabelChange(ChangeKind.RENAMED, "spam", ("junk",)))
    save(db, TermState(term("offer", "junk")))
    rename(db, 3, ["ham", "ads"], LabelChange(ChangeKind.MERGED, "junk", ("ads",)))

    found = lexicons.get_lexicon(db, "p")

    assert found.by_label() == {"ads": ("offer", "pills")}
    assert lexicons.get_lexicon(db, "p", 1).by_label() == {"ads": ("pills",)}


def test_a_term_whose_label_is_retired_stands_without_one(db):
    """Nothing is lost by it, and a label of the same name made later is another one."""
    save(db, TermState(term("pills")))
    rename(db, 2, ["ham", "other"], LabelChange(ChangeKind.RETIRED, "spam"))
    rename(db, 3, ["ham", "other", "spam"], LabelChange(ChangeKind.ADDED, "spam"))

    found = lexicons.get_lexicon(db, "p")

    assert [(one.expression, one.label) for one in found.terms] == [("pills", "")]
    assert found.by_label() == {}


def test_an_edit_of_a_term_without_label_keeps_what_was_written(db):
    save(db, TermState(term("pills")))
    rename(db, 2, ["ham", "a", "b"], LabelChange(ChangeKind.SPLIT, "spam", ("a", "b")))

    save(db, TermState(term("pills", "", category="shop")))

    stored = lexicons.stored_states(db, "p", 2)["term-pills"]
    assert (stored["label"], stored["written_label"], stored["codebook_version"]) == ("", "spam", 1)
    assert stored["category"] == "shop"


def test_restored_version_is_equal_and_what_came_later_stays_readable(db):
    save(db, TermState(term("pills")), TermState(term("lunch", "ham")))
    save(db, TermState(term("pills"), is_present=False), TermState(term("offer")))

    with db.atomic() as transaction:
        made = restore_version(transaction, "p", 1, person_id="ben", at=AT, note="", act="b")

    def pairs(version):
        return lexicons.get_lexicon(db, "p", version).by_label()

    assert made == 3
    assert pairs(3) == pairs(1) == {"ham": ("lunch",), "spam": ("pills",)}
    assert pairs(2) == {"ham": ("lunch",), "spam": ("offer",)}


def test_restoring_what_stands_already_writes_nothing(db):
    save(db, TermState(term("pills")))

    with db.atomic() as transaction:
        made = restore_version(transaction, "p", 1, person_id="ben", at=AT, note="", act="b")

    assert made is None
    assert lexicons.newest_version(db, "p") == 1


def test_further_columns_stay_with_a_term_through_edits(db):
    save(db, TermState(term("pills"), further={"Notes": "seen often"}))
    save(db, TermState(term("pills", "ham")))
    save(db, TermState(term("pills", "ham"), is_present=False))
    with db.atomic() as transaction:
        restore_version(transaction, "p", 1, person_id="ben", at=AT, note="", act="b")

    assert "further" not in lexicons.stored_states(db, "p", 2)["term-pills"]
    assert lexicons.further_columns(db, "p", 4) == {"term-pills": {"Notes": "seen often"}}
    assert lexicons.further_columns(db, "p", 2) == {"term-pills": {"Notes": "seen often"}}


def test_version_of_an_act_and_of_a_moment_are_found(db):
    save(db, TermState(term("pills")), act="first")
    save(db, TermState(term("offer")), act="second", at=AT + timedelta(hours=1))

    assert lexicons.version_of_act(db, "p", "second") == 2
    assert lexicons.version_of_act(db, "p", "third") is None
    assert lexicons.version_at(db, "p", AT - timedelta(seconds=1)) == 0
    assert lexicons.version_at(db, "p", AT + timedelta(minutes=1)) == 1


def adopt_in_older_program(path, decisions):
    """A database as it was before lexicons had versions, with two concepts that share a term."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE schema_migrations (number INTEGER PRIMARY KEY, "
            "name VARCHAR, effect VARCHAR, sha256 VARCHAR, "
            "applied_at TIMESTAMPTZ DEFAULT current_timestamp)")  # fmt: skip
        for number, name, sql in _migrations():
            if number < 13:
                connection.execute(sql)
                connection.execute(
                    "INSERT INTO schema_migrations VALUES (?, ?, '', '', now())", [number, name]
                )
        connection.execute("INSERT INTO codebook_versions VALUES ('p', 1, 'sue', now(), '')")
        for place, label in enumerate(["ham", "spam"]):
            connection.execute(
                "INSERT INTO codebook_labels VALUES ('p', 1, ?, ?, '', [], '', '')", [place, label]
            )
        for concept, terms in {
            "c1": ["pills", "free pills"],
            "c2": ["free pills", "offer"],
            "c3": ["free pills", "(x", "a; b", "--", "and"],
        }.items():
            connection.execute(
                "INSERT INTO concepts VALUES (?, 'p', 'spam', 'term', ?, now())", [concept, terms]
            )
        for hour, (concept, status) in enumerate(decisions):
            connection.execute(
                "INSERT INTO concept_decisions "
                "(concept_id, project_id, status, reason, person_id, made_at) "
                "VALUES (?, 'p', ?, 'seen', 'ana', ?)",
                [concept, status, AT + timedelta(hours=hour)],
            )


def test_adopted_concepts_are_carried_over_with_their_past(tmp_path):
    """A shared term goes only when neither concept is adopted any more."""
    adopt_in_older_program(
        tmp_path / "old.duckdb",
        [
            ("c1", "adopted"),
            ("c1", "adopted"),
            ("c2", "adopted"),
            ("c1", "new"),
            ("c2", "rejected"),
        ],
    )

    db = Database.open(tmp_path / "old.duckdb")
    shown = {version: lexicons.get_lexicon(db, "p", version).by_label() for version in (1, 2, 3, 4)}
    first = lexicons.get_lexicon(db, "p", 1)
    second = lexicons.version_at(db, "p", AT + timedelta(hours=2))
    db.close()

    assert shown == {
        1: {"spam": ("free pills", "pills")},
        2: {"spam": ("free pills", "offer", "pills")},
        3: {"spam": ("free pills", "offer")},
        4: {},
    }
    assert [(one.kind, one.source, one.source_id, one.author_id) for one in first.terms] == [
        (TermKind.PHRASE, TermSource.CONCEPT, "c1", "ana"),
        (TermKind.WORD, TermSource.CONCEPT, "c1", "ana"),
    ]
    assert (second, first.note) == (2, "seen")


def test_shared_term_of_an_older_program_is_handed_to_the_concept_that_still_has_it(tmp_path):
    """Else it would outlive every concept that brought it."""
    adopt_in_older_program(
        tmp_path / "old.duckdb", [("c1", "adopted"), ("c2", "adopted"), ("c1", "new")]
    )

    db = Database.open(tmp_path / "old.duckdb")
    before, after = (
        {one.expression: one.source_id for one in lexicons.get_lexicon(db, "p", version).terms}
        for version in (2, 3)
    )
    db.close()

    assert before == {"free pills": "c1", "pills": "c1", "offer": "c2"}
    assert after == {"free pills": "c2", "offer": "c2"}


def test_what_cannot_be_looked_for_is_not_carried_over(tmp_path):
    adopt_in_older_program(tmp_path / "old.duckdb", [("c3", "adopted")])

    db = Database.open(tmp_path / "old.duckdb")
    found = lexicons.get_lexicon(db, "p")
    db.close()

    assert [one.expression for one in found.terms] == ["and", "free pills"]


def test_rows_hold_valid_json(db):
    save(db, TermState(term("pills"), further={"Notes": 'a "quoted" one'}))

    kept = db.rows("SELECT further::VARCHAR AS further FROM lexicon_changes ORDER BY seq")

    assert json.loads(kept[0]["further"]) == {"Notes": 'a "quoted" one'}
