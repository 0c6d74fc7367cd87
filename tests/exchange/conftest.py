"""What the tests of files share: the real data sets, where they lie."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def datasets():
    """Folder of real data sets; a test that needs it is skipped where it is absent."""
    beside = Path(__file__).parents[3] / "shared" / "datasets"
    folder = Path(os.environ.get("RHML_DATASETS", beside))
    if not folder.is_dir():
        pytest.skip(f"no real data sets at {folder}; set RHML_DATASETS to their folder")
    return folder
