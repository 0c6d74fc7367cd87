"""One real encoder, exported anew in each run of the tests, for all that need it."""

import pytest

from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.settings import Settings


@pytest.fixture(scope="session")
def cache_settings(common_folder):
    return Settings(cache_folder=common_folder / "cache-of-one-encoder")


@pytest.fixture(scope="session")
def base_encoder(cache_settings):
    return load_base_encoder(cache_settings)
