"""The card in a real browser: what no test in Python alone can see."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from functools import partial

import pytest
from playwright.sync_api import expect, sync_playwright

from rhml_core.domain import Label, Role
from rhml_core.settings import Settings
from rhml_core.workflows.files.importing import check_messages, import_messages, preview_file
from rhml_core.workflows.people import add_person
from rhml_core.workflows.projects import create_project
from rhml_core.workflows.workplace import open_workplace

pytestmark = pytest.mark.browser

HOSTILE = "pay \u202eevil\u202c \U0001f600 now [x](http://evil.example) <b>bold</b>"
BROWSER = os.environ.get("RHML_CHROMIUM", "/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
RESEND_AFTER_MS = 6_000
TWICE = """() => {
  const enter = () => new KeyboardEvent("keydown", { key: "Enter", bubbles: true })
  document.dispatchEvent(enter())
  document.dispatchEvent(enter())
}"""
# A real server, but for one fault: who only guesses meets an error that nobody foresaw.
SERVE = """
import sys
from functools import partial
from pathlib import Path
from app.server import run_server
from app.views.label import page as label
from rhml_core.domain import Confidence
from rhml_core.settings import Settings
from rhml_core.workflows.workplace import open_workplace
stored = label.commit
def commit(*words, **facts):
    if facts["confidence"] is Confidence.GUESS:
        raise ValueError("a fault")
    return stored(*words, **facts)
label.commit = commit
factory = partial(open_workplace, in_background=False)
run_server(Settings(database=Path(sys.argv[1])), port=int(sys.argv[2]), place_factory=factory)
"""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _fill(settings):
    place = open_workplace(settings, in_background=False)
    boss = add_person(place, None, "Bo", Role.ADMIN)
    add_person(place, boss, "Ana", Role.EXPERT)
    labels = [Label("Sale", key="1"), Label("Leak", key="2")]
    project = create_project(place, boss, "Forum study", labels)
    table = "message_id,text\n" + "".join(f'm{place},"{HOSTILE}"\n' for place in range(6))
    source = table.encode()
    mapping = preview_file(place, boss, source, "m.csv").guessed
    prepared = check_messages(place, boss, project.project_id, source, "m.csv", mapping)
    import_messages(
        place, boss, project.project_id, prepared, file_name="m.csv", key=uuid.uuid4().hex
    )
    place.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where a real server answers, with six messages and no machine."""
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(database=folder / "work.duckdb")
    _fill(settings)
    port = _free_port()
    command = [sys.executable, "-c", SERVE, str(settings.database), str(port)]
    server = subprocess.Popen(command, cwd=folder)
    where = f"http://localhost:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{where}/healthz", timeout=2).close()  # noqa: S310 -- own
            break
        except OSError:
            time.sleep(0.5)
    yield where
    server.terminate()
    server.wait(20)


@pytest.fixture
def page(address):
    """The Label page, opened by the expert."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.commits = 0
        page.on("websocket", lambda socket: socket.on("framesent", partial(_count, page)))
        page.goto(f"{address}/label")
        page.get_by_role("button", name="Ana").click()
        expect(page.locator(".go")).to_be_visible(timeout=30_000)
        yield page
        browser.close()


def _count(page, frame):
    page.commits += str(frame).count("commit")


def _done(page):
    return int(page.locator(".progress").inner_text().split()[0])


def test_enter_pressed_twice_is_one_judgement(page):
    before = _done(page)

    page.keyboard.press("1")
    page.evaluate(TWICE)

    expect(page.locator(".progress")).to_contain_text(f"{before + 1} done today", timeout=15_000)
    page.wait_for_timeout(1_000)
    assert _done(page) == before + 1
    assert page.commits == 1


def test_marked_words_come_back_where_they_were_marked(page):
    """The emoji before them is two characters in JavaScript and one in Python."""
    page.locator(".message > .text .word", has_text="now").click()
    for key in ("2", "u", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".label[aria-checked=true]")).to_have_count(0, timeout=15_000)

    page.keyboard.press("ArrowLeft")

    expect(page.locator(".label[aria-checked=true]")).to_contain_text("Leak", timeout=15_000)
    assert page.locator(".word.marked").all_inner_texts() == ["now"]


def test_unforeseen_failure_is_said_once_with_the_way_out(page):
    """Nothing is sent again by itself: that could not mend it."""
    before = _done(page)
    for key in ("1", "g", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".problem")).to_contain_text("Something went wrong", timeout=15_000)
    page.wait_for_timeout(RESEND_AFTER_MS + 1_000)
    assert page.commits == 1

    page.get_by_role("button", name="Reload").click()

    expect(page.locator(".problem")).to_be_hidden(timeout=30_000)
    expect(page.locator(".progress")).to_contain_text(f"{before} done today", timeout=15_000)


def test_hostile_text_stays_text_and_hidden_characters_show(page):
    text = page.locator(".message > .text")

    expect(text).to_contain_text("[x](http://evil.example) <b>bold</b>")
    assert text.locator(".hidden").all_inner_texts() == ["RLO", "PDF"]
    assert text.locator("a, b, img").count() == 0


def test_keys_do_nothing_while_writing(page):
    page.keyboard.press("x")

    page.keyboard.type("1s?")

    assert page.locator(".line").input_value() == "1s?"
    assert page.locator(".label[aria-checked=true]").count() == 0


def test_page_asks_no_other_host(page, address):
    page.wait_for_timeout(500)

    others = [url for url in page.asked if not url.startswith((address, "data:", "blob:"))]

    assert others == []


def test_next_step_needs_no_scrolling(page):
    box = page.locator(".go").bounding_box()

    assert box["y"] + box["height"] < 720
