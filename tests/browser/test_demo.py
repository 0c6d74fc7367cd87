"""The demo, from an empty folder, as someone sees it who has just started it."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.serving import start_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTES = 60_000
MOST_SECONDS = 240


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """`rhml demo` without a browser window of its own."""
    folder = tmp_path_factory.mktemp("demo")
    server = start_server(
        folder / "demo.duckdb",
        folder / "demo.log",
        cache=encoder_cache,
        command=("demo", "--no-browser"),
    )
    yield server
    server.process.terminate()
    server.process.wait(timeout=30)


def test_demo_lives_and_learns(visit):
    """Simulated experts judge, a fast run appears, and a SetFit run moves and can be stopped."""
    expert, supervisor = visit(), visit()

    expert.sign_in("Expert A")
    expect(expert.page.get_by_role("note")).to_contain_text("Demo: anyone at this computer")
    _watch_judgements_arrive(expert)
    supervisor.sign_in("Supervisor", wanted="training")
    _wait_for_fast_run(supervisor)
    _watch_and_cancel_setfit(supervisor)

    _see_who_is_simulated(expert, visit())


def _watch_judgements_arrive(expert):
    line = expert.page.get_by_text(re.compile(r"Colleagues made [\d,]+ judgements?\."))

    def n_judged():
        found = re.search(r"[\d,]+", line.inner_text()) if line.count() else None
        return int(found[0].replace(",", "")) if found else 0

    _reload_until(expert, n_judged)
    first = n_judged()
    _reload_until(expert, lambda: n_judged() > first)


def _wait_for_fast_run(supervisor):
    heading = supervisor.page.get_by_role("heading", level=1)
    # The demo's history is over then: no run of its own comes between for minutes.
    figure = re.compile(r"Run 2 \(promoted\): macro-F1 0\.\d\d \[0\.\d\d, 0\.\d\d\], n = \d+ ")
    _reload_until(supervisor, lambda: figure.search(heading.inner_text()))


def _reload_until(visitor, is_shown):
    """Look again until something is shown that a page does not bring by itself."""
    deadline = time.monotonic() + MOST_SECONDS
    while not is_shown():
        assert time.monotonic() < deadline, "it did not come"
        visitor.page.reload()
        visitor.settle()


def _watch_and_cancel_setfit(supervisor):
    page = supervisor.page
    bar = page.get_by_test_id("stProgress")
    if not bar.is_visible():
        page.get_by_role("radio", name="SetFit", exact=True).click()
        expect(page.get_by_text("Also changes how the machine reads")).to_be_visible()
        page.get_by_role("button", name="Train").click()
    expect(bar).to_contain_text(
        re.compile(r"Training \(SetFit\) · step \d+ of \d+"), timeout=2 * MINUTES
    )
    seen = bar.inner_text()
    expect(bar).not_to_have_text(seen, timeout=2 * MINUTES)
    page.get_by_role("button", name="Cancel").click()
    ended = page.locator(".st-key-training_job_ended")
    expect(ended).to_contain_text("Training (SetFit) was cancelled.", timeout=MINUTES)
    expect(ended.get_by_role("button", name="Try again")).to_be_visible()


def _see_who_is_simulated(expert, anyone):
    anyone.page.goto("/sign-in")
    simulated = anyone.page.locator(".simulated")
    expect(simulated).to_contain_text("Simulated 1")
    expect(anyone.page.get_by_role("button", name="Simulated")).to_have_count(0)
    page = expert.open("disagreements")
    marks = page.get_by_role("img", name="(simulated)")
    expect(marks.first).to_be_visible()
