"""What the server sends before an expert has committed: nothing that could sway them."""

import json

import polars as pl
import pytest
from playwright.sync_api import expect

from rhml_core.domain import Label, Role
from tests.browser.desk import commit_by_keys, keep_by_key, message_shown
from tests.browser.frames import component_data, is_told
from tests.browser.preparing import preparing
from tests.serving import serving

pytestmark = pytest.mark.browser

PATIENCE = 30_000
SALE, CHAT, COLLEAGUES = "zebraq", "walrusq", "narwhalq"
TARGET = "selling rdp access to a bank network, escrow accepted"
TWINS = ("good luck with your exam, dear cousin", "good luck with the exams, dear cousin")
REASON, REASON_OF_TWINS = "quokkareason", "wombatreason"
N_TAUGHT, N_WARMING_UP = 8, 4
_MOST_SKIPS = 8
ROLES = {
    "Sue": Role.ADMIN,
    "Ana": Role.EXPERT,
    "Ben": Role.EXPERT,
    "Cleo": Role.EXPERT,
    "Dan": Role.EXPERT,
    "Dora": Role.EXPERT,
}


def _messages():
    rows = [("target", TARGET), ("twin0", TWINS[0]), ("twin1", TWINS[1])]
    rows.append(("next", "see you all at dinner tonight"))
    for n in range(N_TAUGHT):
        rows.append((f"sale{n}", f"selling rdp access to a hospital network, escrow ok kestrel{n}"))
        rows.append((f"chat{n}", f"a lovely sunny day at the beach with friends plover{n}"))
    rows += [(f"warm{n}", f"a lovely day at the lake with family {n}") for n in range(N_WARMING_UP)]
    return pl.DataFrame(rows, schema=["message_id", "text"], orient="row")


def _labels():
    rows = []
    for expert in ("Cleo", "Dan"):
        rows += [(f"sale{n}", expert, SALE, "") for n in range(N_TAUGHT)]
        rows += [(f"chat{n}", expert, CHAT, "") for n in range(N_TAUGHT)]
    # What was begun first is given out first: the machine may wake while these are judged.
    rows += [(f"warm{n}", "Ben", CHAT, "") for n in range(N_WARMING_UP)]
    rows.append(("target", "Ben", COLLEAGUES, REASON))
    rows.append(("next", "Ben", CHAT, ""))  # what Ana is given when she is done
    rows += [(f"twin{n}", "Ben", CHAT, REASON_OF_TWINS) for n in range(2)]
    return pl.DataFrame(rows, schema=["message_id", "expert", "label", "reason"], orient="row")


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """A live machine, and one colleague's label and reason on the message to come."""
    database = tmp_path_factory.mktemp("blind") / "work.duckdb"
    labels = [Label(SALE, key="1"), Label(CHAT, key="2"), Label(COLLEAGUES, key="3")]
    with preparing(database, encoder_cache, ROLES, labels, overlap=2) as prepared:
        prepared.add_messages(_messages())
        prepared.add_labels(_labels(), key="labels")
        prepared.train()
    with serving(database, database.with_suffix(".log"), cache=encoder_cache) as server:
        yield server


def _open_at(visitor, text):
    """Go on, without judging, until a message comes up."""
    page = visitor.open("label")
    for _ in range(_MOST_SKIPS):
        if (shown := message_shown(page)) == text:
            return page
        page.keyboard.press("s")
        expect(page.locator(".desk .message > .text")).not_to_have_text(shown, timeout=PATIENCE)
    raise AssertionError(f"the message did not come up: {text}")


def _wake_machine(visitor):
    """Judge what is plain until the machine says that it agrees."""
    page = visitor.open("label")
    for _ in range(N_WARMING_UP):
        commit_by_keys(page, "2", "u")
        keep_by_key(page)
        if page.locator(".desk .agreement").is_visible():
            return
    raise AssertionError("the machine did not wake")


def _cards(frames):
    return component_data(frames, "rhml_turn_card")


def _beside_own_words(card):
    """All of a card but the codebook, which names every label, and the expert's own answer."""
    own = ("codebook", "committed", "chosen", "agreement", "message")
    return json.dumps({name: part for name, part in card.items() if name not in own})


def test_answers_arrive_one_step_after_the_other(visit):
    """Blind until the commit, reasons until the answer is held or changed, then the rest."""
    ana = visit("Ana")
    frames = ana.frames
    _wake_machine(ana)
    page = _open_at(ana, TARGET)
    n_before = len(frames)
    ana.open("label")
    _check_blind(frames, frames[n_before:])

    n_before = len(frames)
    commit_by_keys(page, "2", "u")
    expect(page.locator(".desk")).to_have_attribute("data-state", "explained")
    _check_explained(frames[n_before:])

    n_before = len(frames)
    page.keyboard.press("k")
    expect(page.locator(".desk")).to_have_attribute("data-state", "revealed", timeout=PATIENCE)
    _check_revealed(frames[n_before:])

    assert not is_told(frames, REASON)
    keep_by_key(page)
    ana.open("disagreements?message=target")
    expect(page.locator(".st-key-thread_side")).to_contain_text(REASON)
    assert is_told(frames, REASON)


def _check_blind(frames, since_drawn):
    card = _cards(since_drawn)[-1]
    assert card["state"] == "open"
    assert (card["explanation"], card["opinion"], card["agreement"]) == (None, None, None)
    for word in (REASON, "kestrel", "plover"):
        assert not is_told(frames, word)
    every = json.dumps(component_data(since_drawn, ""))
    for name in ("words", "neighbours", "probability", "probabilities", "bars"):
        assert f'"{name}"' not in every
    for label in (SALE, CHAT, COLLEAGUES):
        assert label not in _beside_own_words(card)
        assert label not in json.dumps(card["message"])


def _check_explained(frames):
    card = _cards(frames)[-1]
    told = _beside_own_words(card)
    assert card["explanation"]["words"]
    assert "kestrel" in told
    assert [one["label"] for one in card["explanation"]["neighbours"]] == ["", "", ""]
    assert {word["side"] for word in card["explanation"]["words"]} == {0}
    assert {one["label"] for one in card["explanation"]["concepts"]} <= {""}
    assert [one["who"] for one in card["explanation"]["neighbours"]] == [[], [], []]
    assert "answer moves by" in card["explanation"]["tested"]
    assert (card["opinion"], card["agreement"], card["contrast"]) == (None, None, "")
    assert SALE not in told
    assert COLLEAGUES not in told
    assert '"probability"' not in json.dumps(card)


def _check_revealed(frames):
    card = _cards(frames)[-1]
    shares = {bar["label"]: bar["probability"] for bar in card["opinion"]["bars"]}
    assert card["opinion"]["label"] == SALE == max(shares, key=shares.get)
    assert [one["label"] for one in card["explanation"]["neighbours"]] == [SALE, SALE, SALE]
    who = {each["name"] for one in card["explanation"]["neighbours"] for each in one["who"]}
    assert who == {"Cleo", "Dan"}


def test_no_neighbour_tells_the_label_of_a_message_still_to_judge(visit):
    """Its nearest message comes to her next, so what a colleague said of it must wait."""
    dora = visit("Dora")
    _wake_machine(dora)
    page = _open_at(dora, TWINS[0])

    commit_by_keys(page, "1", "u")
    expect(page.locator(".desk")).to_have_attribute("data-state", "explained")
    page.keyboard.press("k")
    expect(page.locator(".desk")).to_have_attribute("data-state", "revealed", timeout=PATIENCE)

    neighbours = _cards(dora.frames)[-1]["explanation"]["neighbours"]
    labels = {one["text"]: one["label"] for one in neighbours}
    assert len(labels) > 1
    assert not labels.get(TWINS[1])


def test_no_page_tells_of_a_message_before_the_own_judgement(visit):
    """A colleague's reason and label must not come in by a side door."""
    dan = visit("Dan")
    views = ("", "label", "codebook", "training", "messages", "disagreements", "journal")
    for view in views:
        dan.open(view)
    details = dan.page.get_by_role("button", name="Details")
    for place in range(details.count()):
        dan.open("journal")
        details.nth(place).click()
        expect(dan.page.get_by_role("button", name="Close")).to_be_visible()
        dan.settle()

    dan.open("disagreements?message=twin1")

    expect(dan.page.get_by_text("You have not judged this message yet")).to_be_visible()
    assert not is_told(dan.frames, REASON_OF_TWINS)
    lists = json.dumps(component_data(dan.frames, "rhml_message_list"))
    assert TWINS[1] not in lists
    assert "plover" in lists  # what enough people have judged is shown
