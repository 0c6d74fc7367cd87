"""The server goes away while somebody works: the reader is told in plain words."""

import pytest
from playwright.sync_api import expect

from rhml_core.domain import Role
from tests.browser.preparing import preparing
from tests.browser.visitor import Visitor
from tests.browser.worked_project import LABELS
from tests.serving import serving

pytestmark = pytest.mark.browser

PATIENCE = 60_000


def test_reader_is_told_that_the_workplace_does_not_answer(browser, tmp_path, encoder_cache):
    """Streamlit's own notice, but in our words: nobody here has a script to run."""
    database = tmp_path / "work.duckdb"
    with preparing(database, encoder_cache, {"Ana": Role.ADMIN}, LABELS):
        pass
    with serving(database, tmp_path / "server.log", cache=encoder_cache) as server:
        # Not by `visit`, which holds that no request fails.
        ana = Visitor(browser, server, name="Ana")
        page = ana.open("codebook")

        server.kill()

        notice = page.get_by_test_id("stDialog")
        expect(notice).to_be_visible(timeout=PATIENCE)
        words = notice.locator("div:has(> [data-testid=stErrorCodeBlock])")
        said = words.evaluate("at => getComputedStyle(at, '::before').content")
        assert said.startswith('"The workplace does not answer')
        expect(page.get_by_text("streamlit run")).to_be_hidden()
        expect(page.get_by_test_id("stSidebarNavLink").first).to_be_visible()
        ana.close()
