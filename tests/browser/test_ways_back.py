"""A link can be sent, one can go on from it, and the back button leads back to what it showed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.preparing import preparing
from tests.browser.worked_project import LABELS, ROLES, labels_of_two, messages_to_sort
from tests.serving import serving

pytestmark = pytest.mark.browser

PATIENCE = 30_000


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """A project with a contested message, two runs and concepts."""
    database = tmp_path_factory.mktemp("ways") / "work.duckdb"
    with preparing(database, encoder_cache, ROLES, LABELS, overlap=2) as prepared:
        prepared.add_messages(messages_to_sort())
        prepared.add_labels(labels_of_two(), key="labels")
        prepared.train()
        prepared.train("again")
    with serving(database, database.with_suffix(".log"), cache=encoder_cache) as server:
        yield server


def _chosen(page, words):
    """The choice with these words is the one that is made."""
    expect(
        page.get_by_role("radio", name=words, checked=True)
        .or_(page.locator("[data-selected=true]", has_text=words))
        .first
    ).to_be_visible(timeout=PATIENCE)


def _opened(page, words):
    """The tab with these words is the one that is open."""
    expect(page.get_by_role("tab", name=words, selected=True)).to_be_visible(timeout=PATIENCE)


def _shows_experts(page):
    _chosen(page, "Between experts")


def _shows_pills(page):
    expect(page.get_by_role("textbox", name="Search in the text")).to_have_value(
        "pills", timeout=PATIENCE
    )
    expect(page.get_by_test_id("stMain")).to_contain_text("1 to 14 of 14", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("link", "shows"),
    [
        ("disagreements?kind=experts", _shows_experts),
        ("messages?search=pills", _shows_pills),
        ("insights?part=modes", lambda page: _chosen(page, "Five modes of control")),
        ("codebook?part=versions", lambda page: _opened(page, "Versions")),
        ("settings?part=people", lambda page: _opened(page, "People")),
        ("learners?part=reliance", lambda page: _opened(page, "Reliance")),
        ("my_learning?part=reviews", lambda page: _opened(page, "Reviews")),
        ("training?part=per-label", lambda page: _opened(page, "Per label")),
    ],
    ids=lambda value: value.split("?")[0] if isinstance(value, str) else "",
)
def test_back_button_leads_to_the_filtered_page(visit, link, shows):
    """Else a reader who looks something up has to choose everything anew."""
    sue = visit("Sue")
    page = sue.open(link)
    shows(page)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Overview").click()
    expect(page.locator("h1").first).to_contain_text("people and a machine", timeout=PATIENCE)

    page.go_back()

    expect(page).to_have_url(re.compile(re.escape(link)), timeout=PATIENCE)
    shows(page)


def test_back_button_goes_through_the_parts_of_a_page(visit):
    """Tab after tab is chosen; the way back is the same way."""
    sue = visit("Sue")
    page = sue.open("settings")
    page.get_by_role("tab", name="New project").click()
    expect(page).to_have_url(re.compile(r"part=new-project"), timeout=PATIENCE)
    sue.settle()
    page.get_by_role("tab", name="People").click()
    expect(page).to_have_url(re.compile(r"part=people"), timeout=PATIENCE)
    sue.settle()

    page.go_back()

    _opened(page, "New project")
    expect(page).to_have_url(re.compile(r"part=new-project"), timeout=PATIENCE)


def test_thread_leads_back_to_the_list_it_was_opened_from(visit):
    """From a number on Agreement to the messages behind it and back."""
    sue = visit("Sue")
    page = sue.open("agreement")
    page.get_by_role("button", name=re.compile("Ana.*Ben|Ben.*Ana")).first.click()
    expect(page).to_have_url(re.compile("disagreements"), timeout=PATIENCE)
    sue.settle()
    listed = page.get_by_role("list", name=re.compile("messages", re.IGNORECASE)).first
    expect(listed.get_by_role("listitem")).to_have_count(1, timeout=PATIENCE)

    page.go_back()

    expect(page).to_have_url(re.compile("agreement"), timeout=PATIENCE)
    expect(page.locator("h1").first).to_contain_text("alpha", timeout=PATIENCE)


def test_a_link_to_home_by_its_name_leads_there(visit):
    """The first page has no name in its own address; who writes it is not told of a missing one."""
    sue = visit("Sue")

    page = sue.open("home")

    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/$"))


def test_experts_message_opens_its_thread(visit):
    """A row of the list that experts have, which tells no label, is the way to its thread."""
    ana = visit("Ana")
    page = ana.open("messages")
    table = page.get_by_test_id("stDataFrame").first
    expect(table).to_be_visible(timeout=PATIENCE)

    table.click(position={"x": 17, "y": 52})

    expect(page).to_have_url(re.compile(r"disagreements.*message=spam0"), timeout=PATIENCE)
    ana.settle()
    expect(page.get_by_test_id("stMain")).to_contain_text("cheap pills and hot offers 0")


def test_definitions_are_in_sight_beside_the_choice_of_labels(visit):
    """At 1280x720, together with the button that settles."""
    sue = visit("Sue")
    page = sue.open("adjudicate")
    definitions = page.get_by_role("list", name="Definitions")

    expect(definitions).to_be_in_viewport(ratio=1, timeout=PATIENCE)
    expect(definitions).to_contain_text("unwanted, of machines")
    expect(page.get_by_role("button", name=re.compile("^Settle"))).to_be_in_viewport(ratio=1)


def test_labels_figures_lead_to_its_messages(visit):
    """From the address, and from the list of labels."""
    sue = visit("Sue")
    page = sue.open("training?part=per-label&label=spam&outcome=right")

    expect(page.get_by_role("radio", name=re.compile("^Right 8"))).to_be_checked(timeout=PATIENCE)
    expect(page.get_by_test_id("stMain")).to_contain_text("Choose a row to read its thread.")


def _run_shown(page, part, number):
    """The run with this number is the one whose figures a part of Training shows."""
    choice = page.locator(f".st-key-training_{part}_run").get_by_role("combobox")
    expect(choice).to_have_value(re.compile(f"^Run {number} "), timeout=PATIENCE)


def test_runs_figures_can_be_sent_and_gone_back_to(visit):
    """The run that was chosen is in the link, in every part, and the way back leads to it."""
    sue, ana = visit("Sue"), visit("Ana")
    page = sue.open("training?part=confusion")
    _run_shown(page, "confusion", 2)
    page.locator(".st-key-training_confusion_run").get_by_role("combobox").click()
    page.get_by_role("option", name=re.compile("^Run 1 ")).click()
    expect(page).to_have_url(re.compile(r"run=\w+"), timeout=PATIENCE)
    sue.settle()
    page.get_by_role("tab", name="Calibration").click()
    expect(page).to_have_url(re.compile(r"part=calibration"), timeout=PATIENCE)
    _run_shown(page, "calibration", 1)

    linked = ana.open(page.url.split("/", 3)[3])

    _run_shown(linked, "calibration", 1)
    sue.settle()
    page.go_back()
    _run_shown(page, "confusion", 1)
    sue.settle()
    page.go_back()
    _run_shown(page, "confusion", 2)
    expect(page).not_to_have_url(re.compile("run="))


def test_row_of_all_runs_is_in_the_link(visit):
    sue = visit("Sue")
    page = sue.open("training?part=all-runs")
    shown = page.locator(".st-key-training_run_box")
    expect(shown).to_contain_text("Run 2", timeout=PATIENCE)

    page.get_by_test_id("stDataFrame").first.click(position={"x": 17, "y": 87})

    expect(shown).to_contain_text("Run 1", timeout=PATIENCE)
    expect(page).to_have_url(re.compile(r"run=\w+"), timeout=PATIENCE)
    sue.settle()
    page.go_back()
    expect(shown).to_contain_text("Run 2", timeout=PATIENCE)


def test_run_of_another_project_in_the_link_shows_the_newest(visit):
    page = visit("Sue").open("training?part=per-label&run=0123456789abcdef")

    _run_shown(page, "labels", 2)
