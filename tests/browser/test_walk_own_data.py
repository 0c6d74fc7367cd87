"""A team's own data: from an empty folder and an odd workbook to the first judgement."""

import re

import pytest
from playwright.sync_api import expect

from rhml_core.settings import Settings
from rhml_core.store import codebooks, judgements, messages
from rhml_core.workflows.people import operator
from rhml_core.workflows.projects import list_projects
from rhml_core.workflows.workplace import open_workplace
from tests.browser.desk import commit_by_keys
from tests.browser.own_workbook import (
    DEMO,
    N_REPEATED_IDS,
    N_WITHOUT_TEXT,
    ODD_WORDS,
    SHEET,
    own_rows,
    write_own_workbook,
)
from tests.browser.screenshots import keep_screenshot
from tests.browser.visitor import Visitor
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PATIENCE = 60_000
MOST_CLICKS = 21
"""From the sign-in page to the first judgement; `docs/walks.md` says how many it were before."""


class Walker:
    """Someone who uses the mouse, and how often; typing and choosing a file count as one each."""

    def __init__(self, visitor):
        """Begin at nothing."""
        self.visitor, self.page, self.n = visitor, visitor.page, 0

    def click(self, place):
        """Click, and wait until the page has answered."""
        expect(place).to_be_enabled(timeout=PATIENCE)
        place.click()
        self.n += 1
        self.visitor.settle()

    def press(self, key):
        """Click the button with this key."""
        self.click(self.page.locator(f".st-key-{key} button").first)

    def write(self, label, words):
        """Fill a field."""
        field = self.page.get_by_label(label)
        field.fill(words)
        field.press("Enter")
        self.n += 1
        self.visitor.settle()

    def give(self, path):
        """Choose a file."""
        self.page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(path)
        self.n += 1

    def answer(self, word, answer):
        """Say what a word of the file stands for."""
        self.click(self.page.get_by_role("combobox", name=f"“{word}”", exact=False))
        self.click(self.page.get_by_role("option", name=answer))

    def sees(self, words):
        """Wait until these words stand on the page."""
        expect(self.page.get_by_test_id("stMain")).to_contain_text(words, timeout=PATIENCE)
        self.visitor.settle()


@pytest.mark.parametrize(
    ("n_messages", "n_repeated", "n_labelled"),
    [
        pytest.param(400, 20, 120, id="400"),
        pytest.param(5_000, 200, 400, id="5000", marks=pytest.mark.slow),
    ],
)
def test_own_workbook_becomes_a_project_with_labels(
    browser, tmp_path, encoder_cache, n_messages, n_repeated, n_labelled
):
    """Nothing is asked of the command line, no label is lost silently, and every count is told."""
    book, database = tmp_path / "Export final (2).xlsx", tmp_path / "own.duckdb"
    amounts = {"n_messages": n_messages, "n_repeated": n_repeated, "n_labelled": n_labelled}
    write_own_workbook(book, **amounts)
    texts, labels = _to_be_kept(own_rows(**amounts))

    with serving(database, tmp_path / "server.log", cache=encoder_cache) as server:
        visitor = Visitor(browser, server)
        walker = Walker(visitor)
        _begin_project(walker)
        _import_messages(walker, book, n_messages, len(texts))
        _import_labels(walker, len(labels))
        _judge_first(walker)
        faults = visitor.wrongs()
        visitor.close()

    assert faults == []
    assert walker.n <= MOST_CLICKS
    _check_database(Settings(database=database, cache_folder=encoder_cache), texts, labels)


def _to_be_kept(rows):
    """Texts and labels that should come in, by identifier, told from the rows alone."""
    texts, labels, taken = {}, {}, set()
    for name, _, _, _, text, _, label in rows:
        if not text.strip() or str(name) in taken:
            continue
        taken.add(str(name))
        if text in texts.values():
            continue
        texts[str(name)] = text
        if label and label != ODD_WORDS[0]:
            labels[str(name)] = label
    return texts, labels


def _begin_project(walker):
    walker.page.goto("/")
    walker.click(walker.page.get_by_role("button", name="Admin"))
    walker.sees("No project yet")
    walker.write("Name of the project", "Desk")
    walker.click(walker.page.get_by_text("Take a codebook file"))
    walker.give(DEMO / "codebook.csv")
    walker.press("new_project_begin")
    walker.sees("No messages yet: import a file to begin")


def _import_messages(walker, book, n_rows, n_kept):
    walker.give(book)
    walker.sees(f"{n_rows:,} rows")
    walker.sees("Guessed: ")
    expect(walker.page.get_by_role("combobox", name="Sheet")).to_have_value(re.compile(SHEET))
    keep_screenshot(walker.page, "walk-own-data-1-columns")
    walker.press("import_check")
    walker.sees(f"Rows with errors: {N_WITHOUT_TEXT + N_REPEATED_IDS} of {n_rows:,}")
    walker.sees(f"{N_WITHOUT_TEXT} rows have no text: rows ")
    walker.click(walker.page.get_by_text(re.compile("Leave .* faulty rows out")))
    walker.sees(f"To be taken in: {n_kept:,} messages")
    keep_screenshot(walker.page, "walk-own-data-2-check")
    walker.press("import_now")
    walker.sees(f"{n_kept:,} messages are in")


def _import_labels(walker, n_kept):
    walker.press("import_to_labels")
    walker.sees("Who gave it")
    walker.write("One person gave them all", "Ana")
    walker.press("labels_check")
    walker.sees("must be answered first")
    walker.answer("smalltalk", "chatter")
    walker.answer(ODD_WORDS[1], "new label")
    walker.answer(ODD_WORDS[0], "leave these rows out")
    walker.sees("left out by your answers")
    leave_out = walker.page.locator(".st-key-labels_leave_out").get_by_text("Leave")
    if leave_out.count():
        walker.click(leave_out)
    keep_screenshot(walker.page, "walk-own-data-3-labels")
    expect(walker.page.locator(".st-key-labels_import")).to_contain_text(f"{n_kept:,} labels")
    walker.press("labels_import")
    walker.sees(f"New in the codebook: {ODD_WORDS[1]}")


def _judge_first(walker):
    """The supervisor judges the first message, while the machine still reads the others."""
    walker.click(walker.page.get_by_test_id("stSidebarNavLink").filter(has_text="Label").first)
    expect(walker.page.locator(".desk .message > .text")).to_be_visible(timeout=PATIENCE)
    commit_by_keys(walker.page, "1", "u")
    assert walker.page.evaluate("window.wasRun") is None


def _check_database(settings, texts, labels):
    place = open_workplace(settings, in_background=False)
    try:
        project_id = list_projects(place, operator(place))[0].project_id
        kept = messages.message_texts(place.db, project_id)
        said = judgements.current_labels(place.db, project_id)
        names = codebooks.get_codebook(place.db, project_id).names
    finally:
        place.close()
    assert sorted(kept["text"]) == sorted(texts.values())
    assert (kept["split"] == "holdout").sum() > 0
    of_ana = said.filter(expert_id="ana")
    assert sorted(of_ana["message_id"]) == sorted(labels)
    assert set(of_ana["label"]) <= set(names)
    assert ODD_WORDS[1] in names
    assert said.filter(expert_id="admin").height == 1
