"""One real encoder, exported once for all tests that need it."""

import pytest

from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.settings import Settings


@pytest.fixture(scope="session")
def cache_settings(tmp_path_factory):
    return Settings(cache_folder=tmp_path_factory.mktemp("encoder-cache"))


@pytest.fixture(scope="session")
def base_encoder(cache_settings):
    return load_base_encoder(cache_settings)
