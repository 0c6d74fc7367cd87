"""A study with two labels."""

import pytest

from tests.app.training_fixtures import begin_study


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    yield study
    study.place.close()
