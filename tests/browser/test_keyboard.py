"""The main act of each page, by keys alone: nobody here touches a mouse."""

import re

import polars as pl
import pytest
from playwright.sync_api import expect

from tests.browser.desk import commit_by_keys
from tests.browser.keyboard import go_to, keyboard_faults, press
from tests.browser.preparing import preparing
from tests.browser.worked_project import LABELS, ROLES, labels_of_two, messages_to_sort
from tests.serving import serving

pytestmark = pytest.mark.browser

PATIENCE = 60_000
FURTHER = pl.DataFrame({"message_id": ["late1", "late2"], "text": ["see you", "win cash now"]})


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """A project that two experts worked in, with a run and what it noticed."""
    database = tmp_path_factory.mktemp("keys") / "work.duckdb"
    with preparing(database, encoder_cache, ROLES, LABELS, overlap=2) as prepared:
        prepared.add_messages(messages_to_sort())
        prepared.add_labels(labels_of_two(), key="labels")
        prepared.train()
    with serving(database, database.with_suffix(".log"), cache=encoder_cache) as server:
        yield server


def says(page, words):
    """Wait until the page says so."""
    expect(page.get_by_test_id("stMain")).to_contain_text(words, timeout=PATIENCE)


def test_home_leads_to_its_next_step(visit):
    page = visit("Sue").open("")

    press(page, "Compare and decide")

    expect(page).to_have_url(re.compile("/training"), timeout=PATIENCE)


def test_parts_of_a_page_are_chosen_with_arrows(visit):
    page = visit("Sue").open("agreement")

    go_to(page, "Pairs")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("part=labels"), timeout=PATIENCE)


def test_a_message_is_labelled(visit):
    page = visit("Ana").open("label")

    commit_by_keys(page, "1", "u")


def test_a_row_of_the_messages_leads_to_its_thread(visit):
    page = visit("Sue").open("messages")

    go_to(page, "Fullscreen: Messages")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")

    expect(page).to_have_url(re.compile("message=spam1"), timeout=PATIENCE)


def test_a_comment_is_written(visit):
    page = visit("Ben").open("disagreements")

    go_to(page, "What should the others consider?")
    page.keyboard.type("One offers, the other does not.")
    press(page, "Comment")

    says(page, "One offers, the other does not.")


def test_a_contested_message_is_settled(visit):
    page = visit("Sue").open("adjudicate")

    press(page, "spam2")  # the label and its key
    press(page, "Slip")
    press(page, "Settle")

    says(page, "You settled 1 message")


def test_concepts_are_adopted_and_rejected(visit):
    ana = visit("Ana")
    page = ana.open("journal")

    press(page, "Adopt")
    says(page, "Adopted 1")
    ana.settle()
    press(page, "Wrong reason")
    go_to(page, "Why")
    page.keyboard.type("It names no one.")
    press(page, "Reject")

    says(page, "Rejected 1")


def test_a_term_is_added_to_the_lexicon(visit):
    page = visit("Ben").open("lexicon")

    go_to(page, "term")
    page.keyboard.type("offers")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_contain_text("term", timeout=PATIENCE)


def test_a_map_is_drawn_and_every_part_of_it_is_reached(visit):
    """Begun with the codebook's labels; then a node, a link from it, and all of it by Tab."""
    ana = visit("Ana")
    page = ana.open("concept_map")
    nodes = page.locator(".map .nodes .node")

    press(page, "Begin with these")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled(timeout=PATIENCE)
    n_begun = nodes.count()
    go_to(page, "ham")
    page.keyboard.press("n")
    page.keyboard.type("lunch")
    page.keyboard.press("Enter")
    expect(nodes).to_have_count(n_begun + 1, timeout=PATIENCE)
    page.keyboard.press("l")
    go_to(page, "ham", by="Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("2")

    said = page.get_by_role("list", name="Propositions").get_by_role("listitem")
    expect(said).to_have_count(1, timeout=PATIENCE)
    ana.settle()
    assert keyboard_faults(page) == []


def test_two_judged_alike_and_otherwise_are_let_stand(visit):
    page = visit("Sue").open("label_review")

    press(page, "Both labels stand")

    expect(page.locator("h1")).not_to_contain_text("2 pairs", timeout=PATIENCE)


def test_a_definition_is_mended_and_saved(visit):
    sue = visit("Sue")
    page = sue.open("codebook")

    press(page, "Edit")
    go_to(page, "Definition")
    page.keyboard.press("End")
    page.keyboard.type(", whoever wrote it")
    press(page, "Wording")  # what is typed is taken as the field is left
    sue.settle()
    press(page, "Save new version")

    expect(page.locator("h1")).to_contain_text("version 2", timeout=PATIENCE)
    says(page, "wanted, of people, whoever wrote it")


def test_settings_are_changed_and_saved(visit):
    sue = visit("Sue")
    page = sue.open("settings")

    go_to(page, "Reciprocal")
    page.keyboard.press("ArrowDown")
    go_to(page, "Save")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_contain_text("immediate mode", timeout=PATIENCE)


def test_a_file_is_imported(visit):
    """The one thing that is not pressed here is the system's own window for files."""
    sue = visit("Sue")
    page = sue.open("messages")

    go_to(page, "List")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    sue.settle()
    with page.expect_file_chooser() as asked:
        press(page, "Upload")
    asked.value.set_files(
        {"name": "late.csv", "mimeType": "text/csv", "buffer": FURTHER.write_csv().encode()}
    )
    says(page, "Check the file")
    sue.settle()
    assert keyboard_faults(page) == []
    press(page, "Check the file")
    says(page, "Import 2 messages")
    press(page, "Import 2 messages")

    says(page, "2 messages are in")


def test_a_run_is_started(visit):
    page = visit("Sue").open("training")

    press(page, "Train")

    says(page, "Run 2")
