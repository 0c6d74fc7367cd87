"""Every page, for everyone who may see it, in light and dark: whole, calm, reachable, harmless."""

import polars as pl
import pytest
from playwright.sync_api import expect

from rhml_core.domain import Label, Role
from rhml_core.workflows.disputes.disagreements import open_disagreements
from tests.browser.page_faults import MAIN_BUTTON, barriers, faults_of_state, misfits
from tests.browser.preparing import preparing
from tests.browser.views import VIEWS
from tests.serving import serving

pytestmark = pytest.mark.browser

HOSTILE = {
    "script": "<script>window.wasRun=1</script><img src=x onerror='window.wasRun=1'> cheap pills",
    "markdown": "![x](http://evil.example/x.png) [pills](javascript:window.wasRun=1) **cheap** $x$",
    "bidi": "pay \u202eevil\u202c now \u200b for cheap pills",
    "formula": '=HYPERLINK("http://evil.example","cheap pills")',
}
HOSTILE_NAME = "<img src=x onerror='window.wasRun=1'> **Zoe**"
ROLES = {
    "Sue": Role.ADMIN,
    "Max": Role.SUPERVISOR,
    "Ana": Role.EXPERT,
    "Vic": Role.VIEWER,
    HOSTILE_NAME: Role.EXPERT,
}
SEEN_BY = {
    "Sue": set(VIEWS),
    "Max": set(VIEWS),
    "Ana": set(VIEWS) - {"Settings", "Team", "Adjudicate"},
    "Vic": set(VIEWS) - {"Settings", "Team", "Adjudicate", "Label", "My learning"},
}
MOST_TABS = 80
DEEP_FOCUS = """selector => {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return Boolean(focused?.matches(selector))
}"""


def _messages():
    rows = [(f"spam{n}", f"cheap pills and hot offers {n}", "zed") for n in range(10)]
    rows += [(f"ham{n}", f"notes of the meeting on monday {n}", "amy") for n in range(10)]
    rows += [(f"new{n}", f"shall we have lunch on friday {n}", "amy") for n in range(6)]
    rows += [(name, text, text[:60]) for name, text in HOSTILE.items()]
    return pl.DataFrame(rows, schema=["message_id", "text", "author"], orient="row")


def _labels():
    rows = []
    for kind in ("spam", "ham"):
        for n in range(10):
            rows.append((f"{kind}{n}", "Ana", kind, ""))
            rows.append((f"{kind}{n}", HOSTILE_NAME, "ham" if n == 3 else kind, ""))
    for name, text in HOSTILE.items():
        rows += [(name, "Ana", "spam", text), (name, HOSTILE_NAME, "ham", text)]
    return pl.DataFrame(rows, schema=["message_id", "expert", "label", "reason"], orient="row")


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """A project in which every page has something to show, hostile messages contested."""
    database = tmp_path_factory.mktemp("pages") / "work.duckdb"
    labels = [
        Label("ham", "wanted, of people", ("see you",), key="1"),
        Label("spam", "unwanted, of machines", ("win cash",), key="2"),
    ]
    with preparing(database, encoder_cache, ROLES, labels, overlap=2) as prepared:
        prepared.add_messages(_messages())
        prepared.add_labels(_labels(), key="labels")
        prepared.train()
        found = open_disagreements(prepared.place, prepared.boss, prepared.project.project_id)
        assert set(HOSTILE) <= set(found["message_id"])
    with serving(database, database.with_suffix(".log"), cache=encoder_cache) as server:
        yield server


# Each page is seen in both schemes, by an admin and a supervisor, whose pages differ in one form
# alone, and by an expert; a viewer's are an expert's with less in them. In other sizes, and in
# both schemes again, `test_page_states.py` looks at them.
@pytest.mark.parametrize(
    ("name", "scheme"),
    [("Sue", "dark"), ("Max", "light"), ("Ana", "light"), ("Ana", "dark"), ("Vic", "light")],
)
def test_every_page_is_whole(visit, name, scheme):
    """Nothing raises, runs, scrolls sideways or keeps anyone out; the side bar names no more."""
    visitor = visit(name, color_scheme=scheme)
    visitor.settle()
    links = visitor.page.get_by_test_id("stSidebarNavLink").all_inner_texts()
    assert {link.strip().split("\n")[-1] for link in links} == SEEN_BY[name]

    found = {title: _faults(visitor, title) for title in VIEWS if title in SEEN_BY[name]}

    assert {title: faults for title, faults in found.items() if faults} == {}


def _faults(visitor, title):
    page = visitor.turn_to(title)
    faults = [*barriers(page), *misfits(page), *faults_of_state(page)]
    if page.evaluate("window.wasRun"):
        faults.append("ran what a message says")
    return faults


# Codebook and Messages are read, not acted on, so they have no main button.
@pytest.mark.parametrize(
    "view",
    ["", "label", "disagreements", "journal", "agreement", "training", "settings"],
    ids=lambda v: v or "home",
)
def test_tab_reaches_the_main_button(visit, view):
    sue = visit("Sue")
    page = sue.open(view)
    if view == "label":
        page.keyboard.press("1")
    expect(page.locator(MAIN_BUTTON).first).to_be_enabled()

    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(DEEP_FOCUS, MAIN_BUTTON):
            return

    pytest.fail(f"the main button is more than {MOST_TABS} tabs away")


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_message_is_shown_as_text(visit, name):
    """In its thread, where text, author, reason and the labeller's name all come from outside."""
    page = visit("Max").open(f"disagreements?message={name}")
    thread = page.locator(".st-key-thread_side")

    shown = thread.inner_text()

    visible = HOSTILE[name].split("\u202e")[0]
    assert visible in shown
    assert HOSTILE_NAME in shown
    assert thread.locator("a, script, img[src=x], b, strong").count() == 0
    assert page.evaluate("window.wasRun") is None
    assert "\u202e" not in page.content()
