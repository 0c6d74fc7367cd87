"""A spaced review in a real browser: asked, answered by key, told, and asked again."""

import polars as pl
import pytest
from playwright.sync_api import expect

from rhml_core.domain import Label, Role
from tests.browser.preparing import preparing
from tests.serving import serving

pytestmark = pytest.mark.browser

ROLES = {"Sue": Role.ADMIN, "Ana": Role.EXPERT, "Ben": Role.EXPERT}


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """Ana is wrong on two messages by what Ben says of them."""
    database = tmp_path_factory.mktemp("review") / "work.duckdb"
    labels = [Label("ham", "wanted, of people", key="1"), Label("spam", "of machines", key="2")]
    texts = [("m1", "cheap pills"), ("m2", "win cash now"), ("m3", "lunch?")]
    said = [(name, "Ana", "ham", "") for name, _ in texts]
    said += [("m1", "Ben", "spam", "sells something"), ("m2", "Ben", "spam", "a lure")]
    with preparing(database, encoder_cache, ROLES, labels, overlap=2) as prepared:
        prepared.add_messages(pl.DataFrame(texts, schema=["message_id", "text"], orient="row"))
        columns = ["message_id", "expert", "label", "reason"]
        prepared.add_labels(pl.DataFrame(said, schema=columns, orient="row"), key="labels")
    with serving(database, database.with_suffix(".log"), cache=encoder_cache) as server:
        yield server


def _press(visitor, key):
    """A key counts once the buttons that it stands for are drawn."""
    visitor.settle()
    visitor.page.keyboard.press(key)


def test_review_from_home_to_its_end_by_keyboard(visit, server):
    """A card is wrong, the next right; the wrong one comes again later, so nothing is due."""
    ana = visit("Ana")
    page = ana.open("")
    page.get_by_role("button", name="Review").last.click()
    heading = page.locator("h1").first
    expect(heading).to_have_text("What is this message?")
    expect(page.get_by_text("2 cards due")).to_be_visible()
    assert "sells something" not in page.content()

    _press(ana, "1")
    expect(heading).to_have_text("Not this time: it is spam, you said ham.")
    expect(page.get_by_text("sells something")).to_be_visible()
    _press(ana, "Enter")
    expect(heading).to_have_text("What is this message?")
    _press(ana, "2")
    expect(heading).to_have_text("Right: spam.")
    _press(ana, "E")

    expect(heading).to_have_text("Nothing more is due: you reviewed 2 cards today.")
    page.get_by_role("button", name="Back to My learning").click()
    expect(page.get_by_text("Reviewed today: 2.")).to_be_visible()


def test_nobody_else_finds_the_reviews(visit):
    """Not even the supervisor: her page of Ana's learning has no word of them."""
    page = visit("Sue").open("my_learning?expert=ana")

    expect(page.get_by_role("tab")).to_have_count(2)
    assert "Reviewed" not in page.content()
