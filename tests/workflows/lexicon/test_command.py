"""The lexicon through the command line: shown, taken in, written out."""

import json

import pytest

from rhml_core.workflows.lexicon import lexicon
from tests.serving import run_rhml

FILE = 'Labeling,Category,Words,Patterns\nSpam,Shop,"pills, offer",sell; (a | b)\nham,,noon,\n'


@pytest.fixture
def rhml(place, team, project, settings):
    """Run `rhml lexicon ...` on the project; its JSON document, or what went wrong."""
    place.close()  # one process owns the file

    def run(*words, fails=False):
        done = run_rhml(
            "lexicon", *words, "--project", "Mail", "--db", settings.database, "--json",
            check=False,
        )  # fmt: skip
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else json.loads(done.stdout)

    return run


def test_lexicon_comes_in_is_shown_and_goes_out(place, team, project, tmp_path, request):
    lexicon.add_term(place, team["ana"], project.project_id, "noon", label="spam", key="a")
    rhml = request.getfixturevalue("rhml")
    file, written = tmp_path / "codes.csv", tmp_path / "out.xlsx"
    file.write_text(FILE, encoding="utf-8")

    refused = rhml("import", file, fails=True)
    taken = rhml("import", file, "--label", "Spam=spam")
    shown = rhml("show")
    first = rhml("show", "--version", "1")
    rhml("export", written)
    again = rhml("import", written)

    assert (
        "row 2: error: “pills” and 2 more: The codebook has no label 'Spam'. Did you mean 'spam'?"
        in refused
    )
    assert "nothing was imported" in refused.splitlines()[-1]
    assert taken == {"version": 2, "n_added": 4, "n_there": 0, "n_other_label": 1, "n_faulty": 0}
    assert [(term["term"], term["label"], term["source"]) for term in shown["terms"]] == [
        ("noon", "ham", "import"),
        ("noon", "spam", "expert"),
        ("offer", "spam", "import"),
        ("pills", "spam", "import"),
        ("sell; (a | b)", "spam", "import"),
    ]
    assert [warning["kind"] for warning in shown["warnings"]] == ["two labels"]
    assert [term["term"] for term in first["terms"]] == ["noon"]
    assert (again["n_added"], again["n_there"], again["version"]) == (0, 5, 2)


def test_wrong_use_is_told_in_one_line(rhml, tmp_path):
    file = tmp_path / "codes.csv"
    file.write_text(FILE, encoding="utf-8")

    said = rhml("import", file, "--label", "Spam", fails=True)
    ending = rhml("export", tmp_path / "out.pdf", fails=True)

    assert "Write --label FILE=CODEBOOK" in said
    assert ".xlsx or .csv" in ending
