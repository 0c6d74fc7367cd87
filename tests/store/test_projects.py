"""Settings of projects: the newest row counts, rows of older programs keep their meaning."""

from datetime import UTC, datetime

import pytest

from rhml_core.domain import Project, QueueShares
from rhml_core.store import database, projects
from rhml_core.store.database import Database

AT = datetime(2025, 3, 3, tzinfo=UTC)
SHARES = QueueShares(
    uncertain=0.3, contested=0.2, conflict=0.15, rare=0.1, holdout=0.05, probe=0.12
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.duckdb"


def test_each_share_is_kept_in_its_own_place(path):
    db = Database.open(path)
    with db.atomic() as transaction:
        projects.add_project(
            transaction, Project("mail", "Mail", shares=SHARES), person_id="sue", at=AT
        )

    kept = projects.get_project(db, "mail").shares
    listed = projects.list_projects(db)[0].shares
    db.close()

    assert kept == listed == SHARES


def test_baseline_and_first_round_are_kept(path):
    db = Database.open(path)
    made = Project(
        "mail", "Mail", baseline_probes=7, first_round_messages=12, first_round_pass=0.75
    )
    with db.atomic() as transaction:
        projects.add_project(transaction, made, person_id="sue", at=AT)

    kept = projects.get_project(db, "mail")
    db.close()

    assert (kept.baseline_probes, kept.first_round_messages, kept.first_round_pass) == (7, 12, 0.75)


def test_newest_word_on_ranking_counts(path):
    db = Database.open(path)
    with db.atomic() as transaction:
        projects.add_project(transaction, Project("mail", "Mail"), person_id="sue", at=AT)
    before = projects.get_project(db, "mail").shows_ranking
    with db.atomic() as transaction:
        projects.add_settings(
            transaction, Project("mail", "Mail", shows_ranking=True), person_id="sue", at=AT
        )

    after = projects.get_project(db, "mail").shows_ranking
    listed = projects.list_projects(db)[0].shows_ranking
    db.close()

    assert (before, after, listed) == (False, True, True)


def test_settings_made_before_the_new_shares_draw_none_of_them(path, monkeypatch):
    """A supervisor's old choice still means what it meant: the rest was random."""
    all_of_them = database._migrations()
    monkeypatch.setattr(database, "_migrations", lambda: all_of_them[:1])
    old = Database.open(path)
    with old.atomic() as transaction:
        transaction.write(
            "INSERT INTO projects VALUES ('mail', 'Mail', '', 'sue', $at)",
            at=AT,
        )
        transaction.write(
            """
            INSERT INTO project_settings
                (project_id, mode, overlap, uncertain_share, holdout_share, made_by, made_at)
            VALUES ('mail', 'blind', 2, 0.6, 0.1, 'sue', $at)
            """,
            at=AT,
        )
    old.close()
    monkeypatch.setattr(database, "_migrations", lambda: all_of_them)

    db = Database.open(path)
    kept = projects.get_project(db, "mail")
    db.close()

    assert kept.shares == QueueShares(
        uncertain=0.6, contested=0.0, conflict=0.0, rare=0.0, holdout=0.1, probe=0.0
    )
    assert kept.shares.random == pytest.approx(0.3)
    assert (kept.baseline_probes, kept.first_round_messages) == (0, 0)
    assert kept.shows_ranking is False
