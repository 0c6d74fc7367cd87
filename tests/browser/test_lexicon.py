"""A term tells what it would do while one types it; a codebook comes in as a workbook."""

import io

import polars as pl
import pytest
import xlsxwriter
from playwright.sync_api import expect

from rhml_core.domain import Label, Role
from tests.browser.preparing import preparing
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE = {"Sue": Role.ADMIN, "Ana": Role.EXPERT, "Ben": Role.EXPERT}
LABELS = [Label("sale", "offers something"), Label("leak", "posts data")]
SALES = ["escrow welcome, dm me", "selling rdp, escrow only", "price is 70, escrow"]
LEAKS = ["free dump of a shop", "the escrow scam dump", "new mirror, no points"]
PATIENCE = 60_000


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """Six posts that Ana and Ben have judged, served."""
    folder = tmp_path_factory.mktemp("lexicon")
    posts = pl.DataFrame(
        {"id": [f"m{n}" for n in range(6)], "text": SALES + LEAKS, "split": ["pool"] * 6}
    )
    judged = pl.DataFrame({"message_id": posts["id"], "label": ["sale"] * 3 + ["leak"] * 3})
    with preparing(folder / "lexicon.duckdb", encoder_cache, PEOPLE, LABELS) as prepared:
        prepared.add_messages(posts, split_column="split")
        for name in ("Ana", "Ben"):
            prepared.add_labels(judged.with_columns(expert=pl.lit(name)), key=name)
    log = folder / "server.log"
    with serving(folder / "lexicon.duckdb", log, cache=encoder_cache) as server:
        yield server


def _workbook():
    """A codebook as Fusion's are, with a column of its own."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        sheet = book.add_worksheet()
        rows = [
            ["Labeling", "Category", "Words", "Phrases", "Patterns", "Website.links", "Note"],
            ["leak", "data", "dump, mirror", "no points", "free; dump", "paste.example", "by hand"],
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return kept.getvalue()


def test_a_term_is_previewed_while_typed_and_stands_once_added(visit):
    """Escrow is in four of six posts, three of them sales: term F1 is 6 / 7."""
    ana = visit("Ana")
    page = ana.open("lexicon")
    preview = page.locator(".bar .preview")

    page.locator(".bar .term").press_sequentially("Escrow")
    expect(preview).to_contain_text("4 of 6", timeout=PATIENCE)
    expect(preview).to_contain_text("0.86")
    page.locator(".bar .term").fill("sell; (access")
    expect(preview).to_contain_text("A bracket is opened and never closed", timeout=PATIENCE)
    expect(page.locator(".bar .add")).to_be_disabled()
    page.locator(".bar .term").fill("Escrow")
    page.locator(".bar .reason").fill("Money changes hands.")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_contain_text("1 term", timeout=PATIENCE)
    expect(page.locator(".bar .term")).to_have_value("")
    page.locator(".bar .term").fill("escrow")
    expect(preview).to_contain_text("stands under sale already", timeout=PATIENCE)


def test_a_workbook_is_checked_then_taken_in_for_everyone(visit):
    ana, ben = visit("Ana"), visit("Ben")
    page = ana.open("lexicon")

    page.get_by_role("radio", name="File").or_(
        page.get_by_role("button", name="File")
    ).first.click()
    page.locator("input[type=file]").set_input_files(
        {
            "name": "codebook.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": _workbook(),
        }
    )
    expect(page.get_by_text("5 terms new.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Import 5 terms").click()
    expect(page.locator("h1")).to_contain_text("6 terms", timeout=PATIENCE)

    seen = ben.open("lexicon")
    expect(seen.locator("h1")).to_contain_text("6 terms under 2 labels", timeout=PATIENCE)
