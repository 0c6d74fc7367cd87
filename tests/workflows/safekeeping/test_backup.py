"""A backup holds everything, is for admins alone, and leaves nothing behind where it fails."""

import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rhml_core.errors import (
    InvalidInputError,
    NotAllowedError,
    StorageError,
)
from rhml_core.workflows.safekeeping.backup import back_up, backup_download
from rhml_core.workflows.safekeeping.restore import restore

AT = datetime(2025, 3, 3, 14, 2, 1, tzinfo=UTC)


def test_backup_is_for_admins_and_on_record(filled, team, tmp_path):
    with pytest.raises(NotAllowedError, match="may not back up"):
        back_up(filled, team["ana"], tmp_path / "hers.zip")

    made = back_up(filled, team["sue"], tmp_path / "a.zip")

    assert not (tmp_path / "hers.zip").exists()
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert made.n_bytes == made.file.stat().st_size
    known = filled.db.read("SELECT person_id FROM audit WHERE kind = 'backed_up' ORDER BY seq")
    assert known["person_id"].to_list() == ["sue"]


def test_backup_names_runs_whose_files_are_gone(filled, team, tmp_path):
    """Labels are saved all the same."""
    shutil.rmtree(filled.settings.runs_folder)

    made = back_up(filled, team["sue"], tmp_path / "a.zip")

    assert (made.n_runs, made.missing_runs) == (0, ("run-1",))


def test_backup_overwrites_only_where_it_is_said(filled, team, archive):
    before = archive.read_bytes()

    with pytest.raises(InvalidInputError, match="exists already"):
        back_up(filled, team["sue"], archive)

    assert archive.read_bytes() == before
    assert back_up(filled, team["sue"], archive, overwrite=True).n_runs == 1
    with pytest.raises(InvalidInputError, match="cannot be written"):
        back_up(filled, team["sue"], filled.settings.database, overwrite=True)


def test_backup_without_room_leaves_nothing(filled, team, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "chmod", full)

    with pytest.raises(StorageError, match="No space left"):
        back_up(filled, team["sue"], tmp_path / "a.zip")

    assert not [file for file in tmp_path.iterdir() if "zip" in file.name or file.name[0] == "."]


def test_archive_for_a_browser_is_the_same(filled, team, tmp_path, target):
    (tmp_path / "down.zip").write_bytes(backup_download(filled, team["sue"]))

    assert restore(target, tmp_path / "down.zip", at=AT).n_runs == 1
    with pytest.raises(NotAllowedError):
        backup_download(filled, team["ana"])
