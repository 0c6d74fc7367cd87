"""An analyst's first day, from the invitation to the reviews; thirty messages by keyboard alone."""

import re

import polars as pl
import pytest
from playwright.sync_api import expect

from rhml_core.domain import Role
from rhml_core.settings import Settings
from rhml_core.workflows.workplace import open_workplace
from tests.browser.demo_corpus import demo_codebook, demo_messages, right_label
from tests.browser.desk import PATIENCE, commit_by_keys, keep_by_key, message_shown, state_of
from tests.browser.frames import component_data
from tests.browser.preparing import preparing
from tests.browser.screenshots import keep_screenshot
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1_800)]

N_TAUGHT, N_SETTLED, N_ROUND, N_LABELS = 110, 12, 5, 30
FIRST_DIFFERENCE = 10
MOST_LABELS = 40
SHORT_PATIENCE = 5_000
WHY_DIFFERENT = "It asks for nothing and offers nothing."
WHY_WRONG = "Only the words of a sale stand in it."


@pytest.fixture(autouse=True)
def patience():
    """One long day: each wait may be as long as any other."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=SHORT_PATIENCE)


@pytest.fixture(scope="module")
def corpus():
    """The demo's messages with their right labels."""
    return demo_messages()


@pytest.fixture(scope="module")
def keys():
    """The key of each label."""
    return {label.name: label.key for label in demo_codebook()}


@pytest.fixture(scope="module")
def database(corpus, tmp_path_factory, encoder_cache):
    """Two colleagues have labelled, a run is made, and nobody named Ana is there yet."""
    database = tmp_path_factory.mktemp("analyst") / "work.duckdb"
    pool = corpus.filter(split="pool")
    settled = pool.sample(N_SETTLED, seed=5)
    taught = pool.join(settled, on="id", how="anti").sample(N_TAUGHT, seed=3)
    known = pl.concat([settled, corpus.filter(split="holdout")])
    options = {"overlap": 3, "first_round_messages": N_ROUND, "first_round_pass": 0.8}
    people = {"Sue": Role.ADMIN, "Ben": Role.EXPERT}
    with preparing(database, encoder_cache, people, demo_codebook(), **options) as prepared:
        prepared.add_messages(corpus.drop("label"), split_column="split")
        prepared.add_labels(
            known.select(message_id="id", label="label"), key="settled", adjudicated=True
        )
        said = [
            taught.select(message_id="id", expert=pl.lit(name), label="label")
            for name in ("Cleo", "Dan")
        ]
        prepared.add_labels(pl.concat(said), key="taught")
        prepared.train()
    return database


@pytest.fixture(scope="module")
def server(database, encoder_cache):
    """The prepared project, served."""
    with serving(database, database.with_suffix(".log"), cache=encoder_cache) as server:
        yield server


def test_first_day_of_an_analyst(visit, server, database, corpus, keys):
    """Each page offers the next step; nobody has to look for it in the sidebar."""
    sue, ana = visit("Sue"), visit()
    _invite(sue)
    ana.sign_in("Ana")
    _read_codebook(ana)
    _pass_first_round(ana, corpus, keys)
    _label_by_keys(ana, corpus, keys)
    _talk(ana)
    _read_digest(ana)
    _review(ana, corpus, keys)

    _check_blind(ana.frames)
    for visitor in (sue, ana):
        visitor.page.goto("about:blank")  # no socket is left to complain of the server's end
    server.process.terminate()
    server.process.wait(timeout=30)
    _check_database(database)


def _invite(sue):
    page = sue.open("settings")
    page.get_by_role("tab", name="People").click()
    page.get_by_role("textbox", name="Name").fill("Ana")
    page.get_by_role("button", name="Add person").click()
    expect(page.get_by_text("Ana can sign in now")).to_be_visible()
    expect(page.get_by_test_id("stCode")).to_contain_text("choose your name, Ana")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("")


def _read_codebook(ana):
    """Home greets with three steps; the codebook leads on to the first round."""
    page = ana.page
    steps = page.get_by_role("list", name="First steps").get_by_role("listitem")
    expect(steps).to_have_count(3)
    expect(page.locator("[aria-current=step]")).to_contain_text("Read the codebook")
    ana.settle()
    keep_screenshot(page, "walk-analyst-1-home")
    page.get_by_role("button", name="Read the codebook").click()
    page.get_by_role("button", name="Go on to the first round").click()
    expect(page.locator("h1").first).to_contain_text(f"First, {N_ROUND} messages")
    ana.settle()


def _pass_first_round(ana, corpus, keys):
    """By keys: a label, Enter, a label, Enter; one answer of five is wrong."""
    page = ana.page
    page.keyboard.press("Enter")
    for place in range(N_ROUND):
        heading = page.locator("h1").first
        expect(heading).to_contain_text(f"{place + 1} of {N_ROUND}")
        expect(page.get_by_text("What is it?")).to_be_visible()
        ana.settle()
        right = right_label(corpus, page.locator(".card > .text").inner_text())
        said = right if place != 1 else _other_than(right, keys)
        page.keyboard.press(keys[said])
        told = f"Right: {right}." if said == right else f"it is settled as {right}."
        expect(page.get_by_text(told)).to_be_visible(timeout=PATIENCE)
        ana.settle()
        if place == 1:
            keep_screenshot(page, "walk-analyst-2-first-round")
        page.keyboard.press("Enter")
    expect(page.locator(".desk .step")).to_contain_text("Press the key of a label")


def _label_by_keys(ana, corpus, keys):
    """
    Thirty messages and more; the page stays where it is, and so does the focus.

    Twice the machine differs from a wrong label: once it is believed, at the end it is not.
    """
    page, desk = ana.page, ana.page.locator(".desk")
    desk.evaluate("desk => { desk.isTheFirst = true }")
    heights = set()
    has_changed = False
    for n_done in range(MOST_LABELS):
        is_last = n_done + 1 >= N_LABELS and has_changed
        heights.add(page.locator(".desk .message").bounding_box()["y"])
        right = right_label(corpus, message_shown(page))
        is_wrong = is_last or (n_done >= FIRST_DIFFERENCE and not has_changed)
        said = _other_than(right, keys) if is_wrong else right
        commit_by_keys(page, keys[said], "f" if is_wrong else "u")
        _check_focus(page)
        if state_of(page) == "explained" and is_wrong:
            if is_last:
                _keep_and_say_why(page)
                assert len(heights) == 1, f"the message jumped: {heights}"
                assert desk.evaluate("desk => desk.isTheFirst")
                return
            _believe_machine(page, keys)
            has_changed = True
        else:
            keep_by_key(page)
    pytest.fail("the machine did not differ twice")


def _believe_machine(page, keys):
    desk = page.locator(".desk")
    expect(page.locator(".desk .step")).to_contain_text("reasons come first")
    keep_screenshot(page, "walk-analyst-3-differs")
    page.keyboard.press("k")
    expect(desk).to_have_attribute("data-state", "revealed")
    page.keyboard.press(keys[page.locator(".desk .panel .speaks b").inner_text()])
    page.keyboard.press("Enter")
    expect(page.locator(".desk .parted")).to_contain_text("now so do you")


def _keep_and_say_why(page):
    """The last thing on Label: a final label apart from the machine, and the reason."""
    desk = page.locator(".desk")
    page.keyboard.press("k")
    expect(desk).to_have_attribute("data-state", "revealed")
    page.keyboard.press("w")
    expect(page.locator(".desk .line")).to_be_focused()
    page.keyboard.type(WHY_DIFFERENT)
    page.keyboard.press("Enter")
    expect(page.locator(".desk .parted")).to_contain_text("you say")
    keep_screenshot(page, "walk-analyst-4-apart")


def _check_focus(page):
    """It is on the message, not on the page's top, so that Tab goes on from there."""
    assert page.locator(".desk .message").evaluate(
        "message => message === message.getRootNode().activeElement"
    )


def _talk(ana):
    """T opens the thread of the message just finished; the browser's back button leads back."""
    page = ana.page
    page.keyboard.press("t")
    page.wait_for_url("**/disagreements?*message=*")
    ana.settle()
    expect(page.locator(".st-key-thread_side")).to_contain_text(WHY_DIFFERENT)
    page.get_by_role("radio", name="Challenge the machine").click()
    page.get_by_role("textbox", name="Why is it wrong?").fill(WHY_WRONG)
    page.get_by_role("button", name="Challenge", exact=False).last.click()
    dialogue = page.get_by_role("list", name="Thread").last
    expect(dialogue).to_contain_text(WHY_WRONG)
    expect(dialogue).to_contain_text("The machine")
    page.go_back()
    expect(page.locator(".desk .progress")).to_contain_text("done today")


def _read_digest(ana):
    """Home offers it until it is read."""
    page = _go_home(ana)
    expect(page.get_by_text("Digest of cycle 1, unread")).to_be_visible()
    page.get_by_role("button", name="Read", exact=True).click()
    expect(page.get_by_text("What it learnt from you")).to_be_visible(timeout=PATIENCE)
    ana.settle()
    _go_home(ana)
    expect(page.get_by_text("Digest of cycle")).to_have_count(0)


def _review(ana, corpus, keys):
    """What was answered otherwise than colleagues did comes back, until nothing is due."""
    page = ana.page
    heading = page.locator("h1").first
    page.get_by_role("button", name="Review").last.click()
    for _ in range(MOST_LABELS):
        expect(heading).to_have_text(re.compile("What is this message|Nothing more"))
        ana.settle()
        if "Nothing more" in heading.inner_text():
            return
        right = right_label(corpus, page.locator(".card > .text").inner_text())
        page.keyboard.press(keys[right])
        expect(heading).to_have_text(f"Right: {right}.")
        ana.settle()
        page.keyboard.press("e")
    pytest.fail("the reviews did not end")


def _go_home(ana):
    ana.page.get_by_test_id("stSidebarNav").get_by_role("link", name="Home").click()
    expect(ana.page.locator("h1").first).to_contain_text("wait for your judgement")
    ana.settle()
    return ana.page


def _check_blind(frames):
    """No card that still waited for a first answer told anything of its message."""
    waiting = [one for one in component_data(frames, "rhml_turn_card") if one["state"] == "open"]
    assert len(waiting) >= N_LABELS
    assert {(one["explanation"], one["opinion"], one["contrast"]) for one in waiting} == {
        (None, None, "")
    }


def _check_database(database):
    """The day as it is on record."""
    place = open_workplace(Settings(database=database), in_background=False)
    made = place.db.rows(
        "SELECT seq, phase, label, reason, message_id, made_at FROM judgements "
        "WHERE expert_id = 'ana' ORDER BY seq"
    )
    opinions = place.db.rows("SELECT message_id, label FROM machine_opinions ORDER BY seq")
    events = place.db.rows("SELECT kind FROM audit WHERE person_id = 'ana' ORDER BY seq")
    place.close()

    assert sum(one["phase"] == "commit" for one in made) >= N_LABELS
    assert [one["made_at"] for one in made] == sorted(one["made_at"] for one in made)
    machine = {one["message_id"]: one["label"] for one in opinions}
    finals = {one["message_id"]: one for one in made if one["phase"] == "final"}
    assert [one["label"] != machine[name] for name, one in finals.items()].count(True) >= 1
    assert [one["label"] == machine[name] for name, one in finals.items()].count(True) == 1
    assert made[-1]["reason"] == WHY_DIFFERENT
    kinds = [one["kind"] for one in events]
    firsts = list(dict.fromkeys(kinds))
    day = ["read", "first_round_begun", "first_round_answered", "judged", "challenged", "reviewed"]
    assert [kind for kind in firsts if kind in day] == day
    assert (kinds.count("first_round_answered"), kinds.count("read")) == (N_ROUND, 2)


def _other_than(right, keys):
    return next(name for name in keys if name != right)
