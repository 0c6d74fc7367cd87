"""The codebook on its own, as a file."""

from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.files.exporting import codebook_file


def test_codebook_is_read_back_as_it_is(place, team, project):
    text = codebook_file(place, team["vic"], project.project_id)

    assert read_codebook(read_table(text.encode(), "c.csv")) == (
        get_codebook(place, project.project_id).labels
    )
