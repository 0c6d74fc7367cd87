"""What an expert tells the machine of its reasons, and where the two of them differ."""

import random
import re

import polars as pl
import pytest
from playwright.sync_api import expect

from rhml_core.domain import Label, Role
from rhml_core.workflows.lexicon import lexicon
from tests.browser.preparing import preparing
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE = {"Sue": Role.ADMIN, "Ana": Role.EXPERT, "Ben": Role.EXPERT}
LABELS = [Label("sale", "offers something for money"), Label("leak", "posts data for free")]
DECOY = "harbour"
WORDS = {
    "sale": ["price", "offer", "buyers", "escrow", "cheap", "stock", "deal", "bundle"],
    "leak": ["dump", "mirror", "rows", "archive", "public", "upload", "torrent", "listing"],
}
FILLERS = ["today", "again", "someone", "board", "evening", "friend", "maybe", "thread", "week"]
N_POOL, N_HOLDOUT = 120, 60
PATIENCE = 60_000
WEIGHTS = re.compile(r"Its strength before: (-?\d\.\d+) .*?; after: (-?\d\.\d+) ")


def _posts():
    """Invented posts, half with a word of their label; in the pool, sales name a harbour."""
    draw, rows = random.Random(3), []
    for number in range(N_POOL + N_HOLDOUT):
        label = ("sale", "leak")[number % 2]
        split = "pool" if number < N_POOL else "holdout"
        words = [*draw.sample(FILLERS, 4), f"item{number}"]
        if draw.random() < 0.5:
            words.append(draw.choice(WORDS[label]))
        if split == "pool" and label == "sale" and draw.random() < 0.9:
            words.append(DECOY)
        draw.shuffle(words)
        rows.append((f"m{number}", " ".join(words), split, label))
    return pl.DataFrame(rows, schema=["id", "text", "split", "label"], orient="row")


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """A project in which the machine has learnt the harbour, served."""
    folder = tmp_path_factory.mktemp("decoy")
    posts = _posts()
    held = posts.filter(split="holdout").select(message_id="id", label="label")
    judged = posts.filter(split="pool").select(message_id="id", label="label")
    with preparing(folder / "decoy.duckdb", encoder_cache, PEOPLE, LABELS) as prepared:
        prepared.add_messages(posts.drop("label"), split_column="split")
        prepared.add_labels(held, key="held", adjudicated=True)
        for name in ("Ana", "Ben"):
            prepared.add_labels(judged.with_columns(expert=pl.lit(name)), key=name)
        where = prepared.project.project_id
        for label, words in WORDS.items():
            lexicon.add_term(
                prepared.place, prepared.people["Ana"], where, words[0], label=label, key=label
            )
        prepared.train()
    with serving(folder / "decoy.duckdb", folder / "server.log", cache=encoder_cache) as server:
        yield server


def test_a_rejected_concept_is_untaught_and_the_card_shows_its_weight(visit):
    """What an expert calls a wrong reason the machine goes by less, and says so in figures."""
    ana = visit("Ana")
    journal = ana.open("journal")
    expect(journal.get_by_text(re.compile("Cycle 1 in two minutes"))).to_be_visible()
    expect(journal.get_by_text("What it learnt from you")).to_be_visible()
    card = _card_of_decoy(journal)

    card.get_by_role("button", name="Wrong reason").click()
    journal.get_by_label("Why does this not speak for the label?").fill("The posts' place only.")
    journal.get_by_role("button", name="Reject", exact=True).click()
    expect(journal.get_by_text("Rejected 1")).to_be_visible(timeout=PATIENCE)

    before, after = _weights(ana)
    assert before > 0.05
    assert after < before / 2
    _comes_back(ana)


def test_a_region_of_the_plot_is_brushed_and_lists_its_messages(visit):
    """What lies in the lower half of the plot is fewer than all, and no dot above it is listed."""
    page = visit("Ben").open("insights?part=plot&label=sale")
    plot = page.locator("svg.marks").first
    expect(plot).to_be_visible(timeout=PATIENCE)
    listed = page.locator(".st-key-insights_list")
    expect(listed).to_contain_text("All, n = 120", timeout=PATIENCE)
    place = plot.bounding_box()
    middle = place["x"] + place["width"] / 2, place["y"] + place["height"] * 0.6

    page.mouse.move(place["x"] + 90, middle[1])
    page.mouse.down()
    page.mouse.move(*middle, steps=5)
    page.mouse.move(place["x"] + place["width"] - 15, place["y"] + place["height"] - 80, steps=5)
    page.mouse.up()

    expect(listed).to_contain_text("In the region brushed, n = ", timeout=PATIENCE)
    expect(listed.get_by_role("listitem").first).to_contain_text("machine 0.", timeout=PATIENCE)
    brushed = int(re.search(r"n = (\d+)", listed.inner_text()).group(1))
    rows = " ".join(listed.get_by_role("listitem").all_inner_texts())
    said = [float(one) for one in re.findall(r"machine\s(\d\.\d\d)", rows)]
    assert 0 < brushed < N_POOL
    assert said
    assert max(said) < 0.6


def _card_of_decoy(page):
    card = page.locator("[class*='st-key-card_']").filter(has_text=f"\u201c{DECOY}\u201d").first
    expect(card).to_be_visible(timeout=PATIENCE)
    return card


def _weights(visitor):
    """The term's weight before and after, once it is measured beside the pages."""
    for _ in range(30):
        page = visitor.open("journal?status=rejected")
        found = WEIGHTS.search(_card_of_decoy(page).inner_text())
        if found:
            return float(found.group(1)), float(found.group(2))
        page.wait_for_timeout(2_000)
    pytest.fail("The strength before and after never came.")


def _comes_back(visitor):
    """A decision that is taken back leaves the concept to be decided on again."""
    _card_of_decoy(visitor.page).get_by_role("button", name="Reopen").click()
    # Whoever leaves the page before the act was heard takes it back.
    expect(visitor.page.get_by_text("Rejected 0")).to_be_visible(timeout=PATIENCE)
    page = visitor.open("journal?status=new")
    expect(_card_of_decoy(page).get_by_role("button", name="Wrong reason")).to_be_visible()
