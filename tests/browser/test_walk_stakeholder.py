"""A stakeholder is shown the demo: one command, one click, five steps, and out at any time."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.page_faults import barriers, faults_of_state, misfits
from tests.browser.screenshots import keep_screenshot
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 30_000
HISTORY = 420_000
"""Until the simulated experts have made their history; on an idle computer under a minute."""

MOST_TABS = 40
STEPS = (
    ("overview", "What the team does", r"people and a machine sort 629 messages"),
    ("disagreements", "A disagreement", r"messages? (is|are) contested"),
    ("training", "The machine learns, live", r"Run \d+ \(promoted\): macro-F1 0\.\d\d \["),
    ("journal", "The journal", r"surfaced \d+ concepts"),
    ("learners", "Both learners", r"[Tt]he machine (gained|lost|shows no sure change)"),
)
"""Page, title in the bar, and what the page's first line says once the history is there."""


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """`rhml demo`, from an empty folder."""
    folder = tmp_path_factory.mktemp("stakeholder")
    with serving(
        folder / "demo.duckdb",
        folder / "demo.log",
        cache=encoder_cache,
        command=("demo", "--no-browser"),
    ) as server:
        yield server


def test_tour_leads_through_five_steps_that_explain_themselves(visit):
    """Each has its page, its words and its next step; back, reload and keys all work."""
    visitor = visit()
    page = visitor.page
    page.goto("/sign-in")
    page.get_by_role("button", name="Take the tour").click()
    visitor.settle()
    # Begun at once, so that the page has to bring by itself what was not there at first.
    expect(page.get_by_role("heading", name="How good the machine is")).to_contain_text(
        re.compile(r"0\.\d\d \[0\.\d\d, 0\.\d\d\], n\s=\s120"), timeout=HISTORY
    )

    for number in range(1, len(STEPS) + 1):
        _see_step(visitor, number)
        if number == 1:
            assert _n_tabs_to_next(page) <= MOST_TABS
        if number == 2:
            _see_a_real_disagreement(page)
            _go_back_and_on_again(visitor)
        if number == 3:
            _watch_figures_change(page)
            page.reload()
            _see_step(visitor, number)
        if number < len(STEPS):
            page.get_by_role("link", name="Next").press("Enter")

    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    page.get_by_role("button", name="Leave the tour").press("Enter")
    _see_no_tour(page, "learners")


def test_tour_is_left_at_its_third_step(visit):
    """From a link that someone shared, in the dark: the page stays, the bar goes."""
    visitor = visit(color_scheme="dark")
    page = visitor.page
    page.goto("/training?tour=3")
    page.get_by_role("button", name="Viewer").click()
    visitor.settle()
    _see_step(visitor, 3)

    page.get_by_role("button", name="Leave the tour").click()

    _see_no_tour(page, "training")
    page.reload()
    visitor.settle()
    _see_no_tour(page, "training")
    expect(page.get_by_role("note").get_by_role("link", name="Take the tour")).to_be_visible()


def _see_step(visitor, number):
    """The bar of a step on its own page, without a fault."""
    page = visitor.page
    view, title, first_line = STEPS[number - 1]
    bar = page.get_by_label(f"Guided tour, step {number} of {len(STEPS)}")
    expect(bar).to_contain_text(title, timeout=PATIENCE)
    expect(page).to_have_url(re.compile(rf"/{view}\?.*tour={number}"))
    expect(page.locator("h1").first).to_contain_text(re.compile(first_line), timeout=PATIENCE)
    visitor.settle()
    assert page.get_by_role("link", name="Back").count() == (number > 1)
    assert [*barriers(page), *misfits(page), *faults_of_state(page)] == []
    if visitor.name == "":
        keep_screenshot(page, f"walk-stakeholder-{number}")


def _n_tabs_to_next(page):
    """How often Tab is pressed from the top of the page until the way on has the focus."""
    page.locator("body").focus()
    for n in range(1, MOST_TABS + 2):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.st-key-tour_next') !== null"):
            return n
    return MOST_TABS + 1


def _see_a_real_disagreement(page):
    """A thread is open, and two people in it gave different labels, or one and the machine."""
    assert re.search(r"message=d\d{4}", page.url)
    labels = page.locator(".st-key-thread_side").get_by_role("row")
    expect(labels.nth(2)).to_be_visible()


def _go_back_and_on_again(visitor):
    visitor.page.go_back()
    expect(visitor.page.get_by_label("Guided tour, step 1 of 5")).to_be_visible(timeout=PATIENCE)
    visitor.page.go_forward()
    _see_step(visitor, 2)


def _watch_figures_change(page):
    """Simulated experts, called so, answer while one looks."""
    line = page.locator(".rhml-tour .now")
    expect(line).to_contain_text(re.compile(r"[\d,]+ answers of 3 simulated experts"))
    seen = line.inner_text()
    expect(line).not_to_have_text(seen, timeout=2 * PATIENCE)


def _see_no_tour(page, view):
    expect(page.locator(".st-key-tour")).to_have_count(0, timeout=PATIENCE)
    expect(page).to_have_url(re.compile(rf"/{view}(?!.*tour=)"))
