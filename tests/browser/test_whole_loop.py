"""The whole loop in two browsers at once, on 2,497 real posts, from the command line to Home."""

import random
import re

import polars as pl
import pytest
from playwright.sync_api import expect

from tests.browser.desk import judge_by_keys, message_shown
from tests.serving import run_rhml, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1_800)]

ABOUT, OTHER = "CTI-Positive", "CTI-Negative"
OPPOSITE = {ABOUT: OTHER, OTHER: ABOUT}
N_HOLDOUT, N_TAUGHT, ERROR_SHARE = 500, 64, 0.1
FIGURE = re.compile(r"macro-F1 0\.\d\d \[0\.\d\d, 0\.\d\d\], n = 500 hold-out messages")
AN_INTERVAL = re.compile(r"0\.\d\d \[0\.\d\d, 0\.\d\d\]")
MINUTES = 60_000
PATIENCE = 30_000


@pytest.fixture(scope="module")
def posts(datasets):
    """The posts with their right labels; 500 of them, at random, are the hold-out."""
    posts = pl.read_csv(datasets / "single" / "cti_ann_posts.csv", infer_schema=False)
    held = random.Random(1).sample(posts["id"].to_list(), N_HOLDOUT)
    is_held = pl.col("id").is_in(held)
    split = pl.when(is_held).then(pl.lit("holdout")).otherwise(pl.lit("pool"))
    return posts.select("id", "text", "label", split=split)


@pytest.fixture(scope="module")
def database(posts, tmp_path_factory):
    """A project made by the command line alone: posts, reference, and two experts' labels."""
    folder = tmp_path_factory.mktemp("posts")
    db = ("--db", folder / "posts.duckdb")
    pl.DataFrame(
        {"label": [ABOUT, OTHER], "definition": ["About threats to computers", "Anything else"]}
    ).write_csv(folder / "codebook.csv")
    posts.drop("label").write_csv(folder / "messages.csv")
    posts.filter(split="holdout").select(
        message_id="id", expert=pl.lit("Annotators"), label="label"
    ).write_csv(folder / "reference.csv")
    _labels_of_two(posts).write_csv(folder / "labels.csv")
    untested = ("--probe-share", 0, "--baseline-probes", 0)
    run_rhml("project", "create", "Posts", "--codebook", folder / "codebook.csv", *untested, *db)
    for name, role in (("Sue", "supervisor"), ("Ana", "expert"), ("Ben", "expert")):
        run_rhml("people", "add", name, "--role", role, *db)
    source = ("--project", "Posts", *db)
    run_rhml("import", "messages", folder / "messages.csv", "--split-column", "split", *source)
    run_rhml("import", "labels", folder / "reference.csv", "--adjudicated", *source)
    run_rhml("import", "labels", folder / "labels.csv", *source)
    return folder / "posts.duckdb"


def _labels_of_two(posts):
    """Two experts on the same 64 posts of the pool, one in ten of their labels wrong."""
    pool = posts.filter(split="pool")
    half = N_TAUGHT // 2
    taught = pl.concat([pool.filter(label=one).sample(half, seed=1) for one in (ABOUT, OTHER)])
    slips = random.Random(2)
    rows = [
        (message_id, expert, OPPOSITE[label] if slips.random() < ERROR_SHARE else label)
        for expert in ("Cleo", "Dan")
        for message_id, label in taught.select("id", "label").iter_rows()
    ]
    return pl.DataFrame(rows, schema=["message_id", "expert", "label"], orient="row")


@pytest.fixture(scope="module")
def server(database, encoder_cache):
    """The project, served."""
    with serving(database, database.with_suffix(".log"), cache=encoder_cache) as server:
        yield server


def test_two_experts_and_a_supervisor_go_round_the_loop(visit):
    """What one of them does reaches the others, the machine's run included, without a reload."""
    ana, ben, sue = visit(), visit(), visit()
    _sign_in_and_stay(ana, "Ana", wanted="label")
    _sign_in_and_stay(ben, "Ben", wanted="")

    contested = _label_together(ana.page, ben)
    _talk_it_over(ana, ben, contested)
    sue.sign_in("Sue", wanted="training")
    _start_run(sue.page)
    _label_while_it_trains(sue.page, ben)
    _read_run(sue)
    _promote(sue.page)
    term = _adopt_concept(ana)

    home = ben.open("")
    changed = home.get_by_role("list", name="What changed")
    expect(changed).to_contain_text("promoted run 1 (SetFit)")
    expect(changed).to_contain_text(f"adopted {term}")
    expect(changed).to_contain_text("wrote a comment")


def _sign_in_and_stay(visitor, name, *, wanted):
    visitor.sign_in(name, wanted=wanted)
    visitor.page.reload()
    visitor.settle()
    expect(visitor.page.get_by_test_id("stSidebar")).to_contain_text(name)


def _label_together(ana, ben):
    """Ben is given what Ana judged, and differs; both label on. The message that they share."""
    shared = message_shown(ana)
    judge_by_keys(ana, "1")
    ben.page.get_by_role("button", name="Read the codebook").click()
    ben.page.get_by_role("button", name="Label the first message").click()
    expect(ben.page.locator(".desk .message > .text")).to_have_text(shared, timeout=PATIENCE)
    judge_by_keys(ben.page, "2", "f")
    for _ in range(3):
        judge_by_keys(ana, "2", "g")
        judge_by_keys(ben.page, "2", "u")
    return shared


def _talk_it_over(ana, ben, contested):
    page = ana.open("disagreements")
    page.get_by_role("radio", name="Agreement").click()
    ana.settle()
    page.get_by_role("combobox", name="Who").click()
    page.get_by_role("option", name="Ana and Ben").click()
    page.get_by_role("button", name=f"1 message: Ana {ABOUT}, Ben {OTHER}").click()
    thread = page.locator(".st-key-thread_side")
    expect(thread).to_contain_text(contested, timeout=PATIENCE)
    for name, label in (("Ana", ABOUT), ("Ben", OTHER)):
        row = thread.get_by_role("row").filter(has_text=label)
        expect(row.get_by_role("img", name=name)).to_have_count(2)  # first answer, and now
    remark = "It names a leak, so I count it."
    thread.get_by_role("textbox", name="What should the others consider?").fill(remark)
    thread.get_by_role("button", name="Comment").click()
    expect(thread.get_by_role("listitem").filter(has_text=remark)).to_contain_text("Ana")
    other = ben.open("disagreements?kind=experts&pair=CTI-Positive~CTI-Negative&expert=ana")
    expect(other.locator(".st-key-thread_side")).to_contain_text(remark)


def _start_run(page):
    page.get_by_role("radio", name="SetFit", exact=True).click()
    expect(page.get_by_text("Also changes how the machine reads")).to_be_visible()
    page.get_by_role("button", name="Train").click()
    expect(page.get_by_test_id("stProgress")).to_be_visible(timeout=PATIENCE)


def _label_while_it_trains(page, ben):
    """The bar moves by itself, and an expert's work goes on beside it."""
    bar = page.get_by_test_id("stProgress")
    expect(bar).to_contain_text(re.compile(r"step \d+ of \d+"), timeout=3 * MINUTES)
    seen = bar.inner_text()
    judge_by_keys(ben.open("label"), "2")
    expect(bar).not_to_have_text(seen, timeout=3 * MINUTES)
    expect(page.get_by_role("heading", level=1)).to_contain_text(FIGURE, timeout=15 * MINUTES)


def _read_run(sue):
    page = sue.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Run 1 (not promoted)")
    page.get_by_role("tab", name="Per label").click()
    figures = page.get_by_role("tabpanel", name="Per label")
    expect(figures).to_contain_text(re.compile(rf"Run 1: macro-F1 {AN_INTERVAL.pattern}, n = 500"))
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("tab", name="Confusion").click()
    cells = page.locator("table.matrix button")
    expect(cells).to_have_count(4)
    assert sum(int(count.replace(",", "")) for count in cells.all_inner_texts()) == N_HOLDOUT
    sue.settle()


def _promote(page):
    page.get_by_role("button", name="Promote run 1").first.click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Run 1 (promoted)", timeout=PATIENCE)
    expect(heading).to_contain_text(AN_INTERVAL)


def _adopt_concept(ana):
    """Adopt the first concept; its first term."""
    page = ana.open("journal")
    page.get_by_role("button", name="Adopt").first.click()
    entry = page.get_by_role("list", name="What happened, newest first").get_by_role("listitem")
    expect(entry.first).to_contain_text("Ana adopted", timeout=PATIENCE)
    return re.search(r"adopted (“.+?”)", entry.first.inner_text())[1]
