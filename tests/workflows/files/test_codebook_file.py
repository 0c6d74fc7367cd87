"""The codebook on its own, as a file."""

from rhml_core.domain import Label
from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from rhml_core.workflows import projects
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.files.exporting import codebook_file, export_project


def test_codebook_is_read_back_as_it_is(place, team, project):
    text = codebook_file(place, team["vic"], project.project_id)

    assert read_codebook(read_table(text.encode(), "c.csv")) == (
        get_codebook(place, project.project_id).labels
    )


def test_codebook_of_a_workbook_is_read_back_as_it_is(place, team, tmp_path):
    """Colours and keys too, and an example that holds the sign between two examples."""
    labels = [
        Label("a|b", "=either", ("one | two", "three"), "#123456", "q"),
        Label("other", "none of them", (), "#E69F00", "1"),
    ]
    project = projects.create_project(place, team["sue"], "Bars", labels)

    (file,) = export_project(place, team["sue"], project.project_id, tmp_path / "all.xlsx").files

    assert read_codebook(read_table(file, file.name, sheet="codebook")) == tuple(labels)
