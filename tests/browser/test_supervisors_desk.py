"""From a number to its messages to an action: agreement, a decision, a repair, a report."""

import re
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import expect

from rhml_core.domain import QueueShares, Role
from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from tests.browser.desk import PATIENCE, keep_by_key, message_shown
from tests.browser.preparing import preparing
from tests.browser.settling import choose_by_key
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

DEMO = Path(__file__).parents[2] / "data" / "demo"
PEOPLE = {"Sue": Role.ADMIN, "Ana": Role.EXPERT, "Ben": Role.EXPERT}
N_SHARED, N_CONFUSED = 40, 3
N_LOOKS = 60
AN_INTERVAL = re.compile(r"-?\d\.\d\d \[-?\d\.\d\d, \d\.\d\d\]")


@pytest.fixture(scope="module")
def labels():
    """What Ana and Ben say; they differ on a few sales, which Ben takes for questions."""
    corpus = pl.read_csv(DEMO / "messages.csv", infer_schema=False).filter(split="pool")
    sales = corpus.filter(label="sale").head(N_CONFUSED).select("id", "text", "label")
    others = corpus.join(sales, on="id", how="anti").head(N_SHARED).select("id", "text", "label")
    shared = pl.concat([sales, others])
    is_confused = pl.col("id").is_in(sales["id"].implode())
    return pl.concat(
        [
            shared.with_columns(expert=pl.lit("Ana")),
            shared.with_columns(
                expert=pl.lit("Ben"),
                label=pl.when(is_confused).then(pl.lit("question")).otherwise("label"),
            ),
        ]
    ).select("expert", "label", "text", message_id="id")


@pytest.fixture(scope="module")
def confused(labels):
    """Texts of the messages that they differ on."""
    return set(labels.filter(expert="Ben", label="question")["text"]) & set(
        labels.filter(expert="Ana", label="sale")["text"]
    )


@pytest.fixture(scope="module")
def server(labels, tmp_path_factory, encoder_cache):
    """A project that two people have judged, served."""
    folder = tmp_path_factory.mktemp("desk")
    database = folder / "desk.duckdb"
    codebook = read_codebook(read_table(DEMO / "codebook.csv", "codebook.csv"))
    random_alone = QueueShares(
        uncertain=0.0, contested=0.0, conflict=0.0, rare=0.0, holdout=0.0, probe=0.0
    )
    with preparing(database, encoder_cache, PEOPLE, codebook, shares=random_alone) as prepared:
        messages = pl.read_csv(DEMO / "messages.csv", infer_schema=False)
        prepared.add_messages(messages.drop("label", "split"))
        prepared.add_labels(labels.drop("text"), key="labels")
    with serving(database, folder / "server.log", cache=encoder_cache) as server:
        yield server


def test_number_leads_to_messages_to_a_decision_and_to_a_repair(visit, confused, tmp_path):
    """Three clicks from alpha to a thread; what the repaired codebook names comes back."""
    sue, ana = visit(), visit()
    sue.sign_in("Sue", wanted="agreement")

    _from_alpha_to_thread(sue)
    _settle(sue)
    _repair(sue)

    ana.sign_in("Ana", wanted="label")
    came_back = {_judge_next(ana.page) for _ in range(N_CONFUSED)}
    assert came_back == {_squeezed(text) for text in confused}
    assert _squeezed(message_shown(ana.page)) not in came_back
    _read_report_offline(sue, tmp_path)


def _from_alpha_to_thread(sue):
    page = sue.page
    expect(page.locator("h1")).to_contain_text(AN_INTERVAL, timeout=PATIENCE)
    expect(page.locator("h1")).to_contain_text(f"n = {N_SHARED + N_CONFUSED}")
    page.get_by_role("button", name=re.compile("Ana.*Ben|Ben.*Ana")).first.click()
    sue.settle()
    listed = page.get_by_role("list", name=re.compile("messages", re.IGNORECASE)).first
    expect(listed.get_by_role("listitem")).to_have_count(N_CONFUSED, timeout=PATIENCE)
    listed.get_by_role("button").first.click()
    sue.settle()
    page.get_by_role("button", name="Settle", exact=True).click()
    sue.settle()


def _settle(sue):
    """By keyboard: a label, what kind of error it was, and done."""
    page = sue.page
    expect(page.locator("h1")).to_contain_text("sale")
    choose_by_key(sue, "1", "label_sale")
    choose_by_key(sue, "g", "kind_guideline-gap")
    page.get_by_role("button", name="Settle").click()
    sue.settle()
    expect(page.get_by_test_id("stMain")).to_contain_text("1 guideline gap", timeout=PATIENCE)


def _repair(sue):
    """From the gap to both definitions, to the messages that come back."""
    page = sue.page
    page.get_by_role("button", name=re.compile("Mend .*: 1 gap")).click()
    sue.settle()
    expect(page.locator("h1")).to_contain_text("meet on 3 messages")
    field = page.get_by_role("textbox", name="Definition of sale")
    field.fill("The author offers something for money. A question about it is no sale.")
    field.press("Control+Enter")
    sue.settle()
    page.get_by_role("radio", name="Meaning").click()
    sue.settle()
    naming = page.get_by_role("toolbar", name="Labels whose meaning changes")
    expect(naming.get_by_role("button", pressed=True)).to_have_count(2)
    expect(page.get_by_test_id("stMain")).to_contain_text(
        "Saving brings 3 messages back", timeout=PATIENCE
    )
    page.get_by_role("button", name="Save new version").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("version 2", timeout=PATIENCE)


def _judge_next(page):
    """Judge the message shown, whatever the machine says; returns its text."""
    text = message_shown(page)
    for key in ("1", "u", "Enter"):
        page.keyboard.press(key)
    for _ in range(N_LOOKS):
        page.wait_for_timeout(PATIENCE / N_LOOKS)
        keep_by_key(page)  # what was committed is held
        if message_shown(page) != text:
            return _squeezed(text)
    pytest.fail("the judged message stayed")


def _read_report_offline(sue, folder):
    """The file shows its charts and numbers with the network off, and asks for nothing."""
    page = sue.open("agreement")
    with page.expect_download() as download:
        page.get_by_role("button", name="Report").click()
    report = folder / "agreement.html"
    download.value.save_as(report)
    offline = page.context.browser.new_context(offline=True)
    asked = []
    offline.on("request", lambda request: asked.append(request.url))
    reader = offline.new_page()
    reader.goto(report.as_uri())
    expect(reader.locator("svg").first).to_be_visible()
    expect(reader.locator("body")).to_contain_text("alpha")
    expect(reader.locator("body")).to_contain_text(AN_INTERVAL)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    offline.close()


def _squeezed(text):
    return re.sub(r"\s+", " ", text).strip()
