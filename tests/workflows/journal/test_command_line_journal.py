import json
import subprocess

import pytest

from tests.serving import run_rhml


@pytest.fixture
def database(tmp_path):
    """A project without any run."""
    database = tmp_path / "rhml.duckdb"
    codebook = tmp_path / "codebook.csv"
    codebook.write_text("label,definition\nham,wanted\nspam,unwanted\n")
    run_rhml("project", "create", "mail", "--codebook", codebook, "--db", database)
    return database


def test_journal_is_written_as_markdown_and_html(tmp_path, database):
    """One command for each kind of file; the page and the text say the same."""
    for suffix in ("md", "html"):
        file = tmp_path / f"journal.{suffix}"

        said = run_rhml(
            "journal", "--project", "mail", "--export", file, "--json", "--db", database
        ).stdout

        assert json.loads(said)["export"] == str(file)
        assert "Learning journal of mail" in file.read_text(encoding="utf-8")


def test_file_of_another_kind_is_refused_in_one_line(tmp_path, database):
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run_rhml(
            "journal", "--project", "mail", "--export", tmp_path / "journal.pdf", "--db", database
        )

    assert failed.value.returncode == 1
    assert ".md or .html" in failed.value.stderr
    assert not (tmp_path / "journal.pdf").exists()
