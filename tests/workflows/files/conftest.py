"""A second workplace, to which files go."""

import pytest

from rhml_core.settings import Settings
from rhml_core.workflows.workplace import open_workplace
from tests.machine.fakes import HashingEncoder


@pytest.fixture
def elsewhere(tmp_path):
    """Another, empty workplace with its admin."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    other = open_workplace(
        Settings(database=folder / "b.duckdb"),
        in_background=False,
        load_encoder=lambda _: HashingEncoder(),
    )
    yield other
    other.close()
