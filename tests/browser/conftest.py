"""Browsers on a real server: people who sign in, and what their browsers must never do."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.visitor import Visitor

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_BROWSER = (
    "There is no chromium for the browser tests. Install it (on Debian: apt-get install chromium), "
    "or set RHML_CHROMIUM to its path."
)
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember that a test failed, so that its browsers are pictured before they close."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


# Not for the whole session: while Playwright's loop runs, no other test could use asyncio.
@pytest.fixture(scope="module")
def browser():
    """The system's chromium; skipped where there is none, but never in continuous integration."""
    executable = os.environ.get("RHML_CHROMIUM") or shutil.which("chromium")
    if executable is None and os.environ.get("CI"):
        pytest.fail(NO_BROWSER)
    if executable is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visit(request, browser, server, tmp_path):
    """
    Someone's own browser on the module's server: `visit("Ana")` is signed in, `visit()` is not.

    At the end every browser is held to what holds for all pages: it asked no other host, no
    script failed in it, and no page showed an exception.
    """
    visitors = []

    def open_browser(name="", **options):
        visitor = Visitor(browser, server, name=name, **options)
        visitors.append(visitor)
        return visitor

    yield open_browser
    if request.node.stash.get(_FAILED, False):
        for place, visitor in enumerate(visitors, start=1):
            visitor.picture(tmp_path / f"{place}-{visitor.name or 'nobody'}.png")
    wrongs = [wrong for visitor in visitors for wrong in visitor.wrongs()]
    for visitor in visitors:
        visitor.close()
    assert wrongs == []
    assert failures_in(server.log) == [], server.log.read_text()


def failures_in(log):
    """The lines of a server's log that tell of a failed page or an unexpected fault."""
    signs = ("a page failed", "Traceback", "failed: ")
    return [line for line in log.read_text().splitlines() if any(sign in line for sign in signs)]
