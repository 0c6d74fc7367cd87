"""A supervisor's Monday, from what changed to the saved report, on one server."""

import re

import polars as pl
import pytest
from playwright.sync_api import expect

from rhml_core.domain import RunState
from rhml_core.settings import Settings
from rhml_core.store import adjudications, codebooks, people, reopenings, runs
from rhml_core.workflows.projects import list_projects
from rhml_core.workflows.training.promotion import undecided_run
from rhml_core.workflows.workplace import open_workplace
from tests.browser.monday import FALLEN, N_CONFUSED, TAKEN_FOR, prepare_monday
from tests.browser.screenshots import keep_screenshot
from tests.browser.settling import choose_by_key
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]

PATIENCE = 120_000
N_SETTLED = 10
MOST_CLICKS = 14
A_FIGURE = r"-?\d\.\d\d \[-?\d\.\d\d, \d\.\d\d\], n = \d+"
PAIR = f"{FALLEN} vs {TAKEN_FOR}"
DEFINITION = (
    "The author shares or describes a tool, also while chatting; a mere mention is chatter."
)


@pytest.fixture(scope="module")
def database(tmp_path_factory, encoder_cache):
    """The project as it is on Monday morning."""
    database = tmp_path_factory.mktemp("monday") / "monday.duckdb"
    prepare_monday(database, encoder_cache)
    return database


@pytest.fixture(scope="module")
def server(database, encoder_cache):
    """The project, served."""
    with serving(database, database.parent / "server.log", cache=encoder_cache) as server:
        yield server


class Walk:
    """Sue at her browser; what she clicks is counted."""

    def __init__(self, sue):
        """Nothing is clicked yet."""
        self.sue, self.page, self.n_clicks = sue, sue.page, 0

    def click(self, role, name):
        """Click what is called so, once it is there, and wait until the page has followed."""
        self.page.get_by_role(role, name=name, exact=isinstance(name, str)).first.click(
            timeout=PATIENCE
        )
        self.n_clicks += 1
        self.sue.settle()

    def choose(self, words):
        """Click one of some choices by its words; the round button itself lies under them."""
        self.page.get_by_text(words, exact=True).click(timeout=PATIENCE)
        self.n_clicks += 1
        self.sue.settle()

    def read(self, words):
        """Wait until the page's first line says so."""
        expect(self.page.locator("h1")).to_contain_text(words, timeout=PATIENCE)
        self.sue.settle()

    def see(self, words):
        """Wait until the page says so somewhere."""
        expect(self.page.get_by_test_id("stMain")).to_contain_text(words, timeout=PATIENCE)

    def picture(self, name):
        """Keep the page for the documentation."""
        self.page.mouse.move(0, 0)  # or what lies under the hand would tell what it does
        keep_screenshot(self.page, name)


def test_supervisor_gets_through_monday_without_a_dead_end(visit, tmp_path):
    """Each step is the accent of the page before it, but for the decision and the report."""
    walk = Walk(visit("Sue"))

    _find_why_agreement_fell(walk)
    _settle_ten(walk)
    _mend_the_definition(walk)
    _train_compare_and_leave(walk)
    report = _save_the_report(walk, tmp_path)

    assert report.stat().st_size > 0
    assert FALLEN in report.read_text(encoding="utf-8")
    assert walk.n_clicks <= MOST_CLICKS


def test_what_monday_left_behind(server, database, encoder_cache):
    """Ten decisions, one version, two messages asked about again, a run that nobody promoted."""
    server.process.terminate()
    server.process.wait(timeout=60)
    place = open_workplace(
        Settings(database=database, cache_folder=encoder_cache), in_background=False
    )
    try:
        [where] = [one.project_id for one in list_projects(place, _anyone(place))]
        decisions = adjudications.standing_decisions(place.db, where)
        version = codebooks.newest_version(place.db, where)
        reopened = reopenings.count_reopened(place.db, where)
        known = {run.number: run.state for run in runs.list_runs(place.db, where)}
        undecided = undecided_run(place, where)
    finally:
        place.close()

    made = decisions.filter(pl.col("error_kind") == "guideline gap")
    assert made["label"].to_list() == [FALLEN] * N_SETTLED
    assert (version, reopened) == (2, {2: N_CONFUSED - N_SETTLED})
    assert known == {1: RunState.CANDIDATE, 2: RunState.PROMOTED, 3: RunState.CANDIDATE}
    assert undecided is None


def _anyone(place):
    return next(one for one in people.list_people(place.db) if one.name == "Sue")


def _find_why_agreement_fell(walk):
    """Home names the label; two clicks lead to the messages on which people differ."""
    walk.sue.open("")
    walk.read(re.compile(f"Agreement on {FALLEN} fell: alpha {A_FIGURE}, down from {A_FIGURE}"))
    walk.see("Max imported")
    walk.picture("walk-supervisor-1-home")
    walk.click("button", re.compile("See where it fell"))
    walk.read(f"falling on {FALLEN} since cycle 3")
    walk.see(f"Alpha by cycle: {FALLEN}")
    walk.click("button", re.compile(f"Read the {N_CONFUSED} messages on {PAIR} of cycle 3"))
    walk.read(f"{N_CONFUSED} contested messages: {PAIR}, between experts, cycle 3")


def _settle_ten(walk):
    """By keyboard alone; the way to the codebook and back keeps the filter and the place."""
    walk.click("button", re.compile(f"Settle these {N_CONFUSED} one by one"))
    for place in range(1, N_SETTLED + 1):
        walk.read("is it")
        choose_by_key(walk.sue, "3", f"label_{FALLEN}")
        choose_by_key(walk.sue, "g", "kind_guideline-gap")
        if place == 1:
            walk.read(f"1 of {N_CONFUSED}")
            walk.picture("walk-supervisor-4-adjudicate")
        walk.page.keyboard.press("Enter")
        walk.see(f"Of {place} settled: {place} guideline gap")
    walk.click("button", re.compile(f"Mend {PAIR}: {N_SETTLED} gaps"))
    walk.read(f"{FALLEN} and {TAKEN_FOR} meet on")
    walk.page.go_back()
    walk.read("is it")
    for kept in (f"pair={FALLEN}~{TAKEN_FOR}", "kind=experts", "cycle=3"):
        expect(walk.page).to_have_url(re.compile(kept))
    walk.click("button", re.compile(f"Mend {PAIR}: {N_SETTLED} gaps"))
    walk.n_clicks -= 1  # nobody has to go back and come again


def _mend_the_definition(walk):
    """What was settled stands; the two messages left come back."""
    walk.read(f"{FALLEN} and {TAKEN_FOR} meet on")
    field = walk.page.get_by_role("textbox", name=f"Definition of {FALLEN}")
    field.fill(DEFINITION)
    field.press("Control+Enter")
    walk.sue.settle()
    walk.click("radio", "Meaning")
    walk.choose("Only about those of them that are not settled")
    walk.see(f"Saving brings {N_CONFUSED - N_SETTLED} messages back")
    walk.picture("walk-supervisor-5-codebook")
    walk.click("button", "Save new version")
    walk.see("Version 2 is saved; 2 messages went back")
    walk.click("button", re.compile("Train a run"))


def _train_compare_and_leave(walk):
    """The reason stands beside the buttons, in numbers."""
    walk.read("Run 2 (promoted)")
    walk.click("radio", "Fast")
    walk.click("button", re.compile("Train$"))
    walk.see("Run 3 (Fast) is new: macro-F1")
    walk.see(re.compile("Against run 2 \\(promoted\\).* on 120 messages"))
    walk.click("button", re.compile("Compare$"))
    walk.see(re.compile(r"\d+ of \d+ messages changed their label"))
    expect(walk.page).to_have_url(re.compile("part=compare"))
    walk.picture("walk-supervisor-6-compare")
    walk.click("button", "Leave run 3")
    expect(walk.page.get_by_role("button", name="Leave run 3")).to_have_count(0, timeout=PATIENCE)
    walk.read("Run 2 (promoted)")


def _save_the_report(walk, folder):
    walk.click("link", "Agreement")
    walk.read("alpha")
    expect(walk.page.get_by_test_id("stToast")).to_have_count(0, timeout=PATIENCE)
    walk.picture("agreement")
    with walk.page.expect_download(timeout=PATIENCE) as download:
        walk.click("button", re.compile("Report$"))
    report = folder / "agreement.html"
    download.value.save_as(report)
    return report
