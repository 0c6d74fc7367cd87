"""Both sides of a disagreement learn: a reciprocal turn, a dialogue, a probe and a review."""

import re
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import expect

from rhml_core.domain import QueueShares, Role
from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from tests.browser.desk import PATIENCE, commit_by_keys, keep_by_key, message_shown, state_of
from tests.browser.preparing import preparing
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

DEMO = Path(__file__).parents[2] / "data" / "demo"
N_TAUGHT = 120
MOST_TURNS = 8
UNSURE_ALONE = QueueShares(
    uncertain=1.0, contested=0.0, conflict=0.0, rare=0.0, holdout=0.0, probe=0.0
)
PEOPLE = {"Sue": Role.ADMIN, "Ana": Role.EXPERT, "Ben": Role.EXPERT}


@pytest.fixture(scope="module")
def corpus():
    """The demo's messages with their right labels."""
    return pl.read_csv(DEMO / "messages.csv", infer_schema=False)


@pytest.fixture(scope="module")
def codebook():
    """The demo's labels; each has the key of its place."""
    return read_codebook(read_table(DEMO / "codebook.csv", "codebook.csv"))


@pytest.fixture(scope="module")
def server(corpus, codebook, tmp_path_factory, encoder_cache):
    """A project in which the machine knows enough to differ, served."""
    folder = tmp_path_factory.mktemp("learning")
    database = folder / "learning.duckdb"
    with preparing(database, encoder_cache, PEOPLE, codebook, shares=UNSURE_ALONE) as prepared:
        prepared.add_messages(corpus.drop("label"), split_column="split")
        settled = corpus.filter(split="holdout").select(message_id="id", label="label")
        prepared.add_labels(settled, key="settled", adjudicated=True)
        prepared.add_labels(_labels_of_two(corpus), key="taught")
        prepared.train()
    with serving(database, folder / "server.log", cache=encoder_cache) as server:
        yield server


def _labels_of_two(corpus):
    """Two colleagues, who have left, and who were right of some messages of the pool."""
    taught = corpus.filter(split="pool").sample(N_TAUGHT, seed=3)
    return pl.concat(
        taught.select(message_id="id", expert=pl.lit(name), label="label")
        for name in ("Cleo", "Dan")
    )


def test_disagreement_is_talked_over_and_comes_back_as_a_review(visit, corpus, codebook):
    """What an expert got wrong is explained, argued about, kept, and asked again."""
    ana, ben = visit(), visit()
    ana.sign_in("Ana", wanted="label")
    ben.sign_in("Ben", wanted="label")

    text, right = _differ_with_machine(ana.page, corpus, codebook)
    _judge_the_same(ben, text, _key_of(codebook, right))
    message_id = corpus.filter(pl.col("id") == _id_of(corpus, text))["id"].item()
    _challenge_machine_and_ask_ben(ana, message_id)
    _ben_is_told_and_holds(ben, message_id)
    _review(ana, right)


def test_probe_comes_without_the_machine_and_counts_as_own_skill(visit, corpus, codebook):
    """A supervisor asks for probes alone; the next message is one, and is measured at once."""
    ana, sue = visit(), visit()
    sue.sign_in("Sue", wanted="settings")
    _draw_probes_alone(sue)
    ana.sign_in("Ana", wanted="label")
    page = ana.page
    if "no machine on this one" not in page.locator(".desk .hint").inner_text():
        commit_by_keys(page, "1", "u")  # the message that was drawn before the change
        keep_by_key(page)

    expect(page.locator(".desk .hint")).to_contain_text("no machine on this one")
    right = _truth(corpus, message_shown(page))
    commit_by_keys(page, _key_of(codebook, right), "u")

    expect(page.locator(".desk")).to_have_attribute("data-state", "open", timeout=PATIENCE)
    learning = ana.open("my_learning")
    expect(learning.locator("h1")).to_contain_text(re.compile(r"1\.00 \[0\.\d\d, 1\.00\], n = 1\b"))


def _differ_with_machine(page, corpus, codebook):
    """Judge wrongly until the machine differs; text and right label of that message."""
    for _ in range(MOST_TURNS):
        text = message_shown(page)
        right = _truth(corpus, text)
        wrong = next(label.key for label in codebook if label.name != right)
        commit_by_keys(page, wrong, "f")
        if state_of(page) == "explained":
            _hear_explanation_then_answer(page, codebook, wrong)
            return text, right
        keep_by_key(page)
    pytest.fail("the machine never differed")


def _hear_explanation_then_answer(page, codebook, wrong):
    """First what the machine noticed, without any label; its answer only after the own one."""
    own = next(label.name for label in codebook if label.key == wrong)
    panel = page.locator(".desk .panel")
    said = panel.inner_text().lower()
    assert not [
        label.name
        for label in codebook
        if label.name != own and re.search(rf"\b{label.name}\b", said)
    ]
    page.keyboard.press("k")
    desk = page.locator(".desk")
    expect(desk).to_have_attribute("data-state", "revealed", timeout=PATIENCE)
    expect(panel).to_contain_text(re.compile(r"0\.\d\d"))
    page.keyboard.press("k")
    expect(desk).to_have_attribute("data-state", "open", timeout=PATIENCE)


def _judge_the_same(ben, text, key):
    """What a colleague has begun comes first, after the message that was drawn on arrival."""
    page = ben.open("label")
    for _ in range(2 * MOST_TURNS):
        shown = message_shown(page)
        commit_by_keys(page, key, "u")
        keep_by_key(page)
        if shown == text:
            return
    pytest.fail("the colleague's message never came")


def _challenge_machine_and_ask_ben(ana, message_id):
    page = ana.open(f"disagreements?message={message_id}")
    page.get_by_role("radio", name="Challenge the machine").click()
    page.get_by_role("textbox", name="Why is it wrong?").fill("It only names the wares.")
    page.get_by_role("button", name="Challenge", exact=False).last.click()
    dialogue = page.get_by_role("list", name="Thread").last
    expect(dialogue).to_contain_text("challenges", timeout=PATIENCE)
    expect(dialogue).to_contain_text("The machine")
    ana.settle()  # the choice below the dialogue is drawn anew after it
    page.get_by_role("radio", name="Ask a colleague").click()
    page.get_by_role("combobox", name="Whom to ask").click()
    page.get_by_role("option", name="Ben").click()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(dialogue).to_contain_text("asks Ben in", timeout=PATIENCE)


def _ben_is_told_and_holds(ben, message_id):
    home = ben.open("")
    expect(home.get_by_role("list", name="Threads with news")).to_contain_text("asks you")
    page = ben.open(f"disagreements?message={message_id}")
    dialogue = page.get_by_role("list", name="Thread").last
    expect(dialogue).to_contain_text("asks Ben in")
    page.get_by_role("radio", name="Keep or change").click()
    page.get_by_role("textbox", name="What decides it for you?").fill("The codebook says so.")
    page.get_by_role("button", name="Keep", exact=False).last.click()
    expect(dialogue).to_contain_text("keeps", timeout=PATIENCE)


def _review(ana, right):
    """The message comes back without its answer; the right one is confirmed."""
    page = ana.open("my_learning")
    page.get_by_role("button", name="Review").click()
    expect(page.locator("h1")).to_have_text("What is this message?", timeout=PATIENCE)
    ana.settle()
    page.get_by_role("button", name=right).click()
    expect(page.locator("h1")).to_contain_text(f"Right: {right}", timeout=PATIENCE)
    page.get_by_role("button", name="Good").click()
    ana.settle()
    expect(page.locator("h1")).not_to_contain_text("Right:", timeout=PATIENCE)


def _draw_probes_alone(sue):
    page = sue.page
    for name, key in (("The machine is least sure of", "Home"), ("Probes", "End")):
        slider = page.get_by_role("slider", name=name)
        slider.focus()
        page.keyboard.press(key)
        sue.settle()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved for")).to_be_visible(timeout=PATIENCE)


def _truth(corpus, text):
    return corpus.filter(pl.col("id") == _id_of(corpus, text))["label"].item()


def _id_of(corpus, text):
    """Which message is shown; white space is drawn, not kept."""
    squeezed = re.sub(r"\s+", " ", text).strip()
    return corpus.filter(pl.col("text").str.replace_all(r"\s+", " ").str.strip_chars() == squeezed)[
        "id"
    ][0]


def _key_of(codebook, label):
    return next(one.key for one in codebook if one.name == label)
