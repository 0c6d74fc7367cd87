"""
How long the Agreement page takes to open on 1,000,000 judgements, beside 1,000.

Both stores have 100 raters and four judgements a message, so the page shows as many people in
both. The first visit has the figures made; then each store's page is opened in turn, in a real
browser against a real server, and the page's own script is timed without the browser too.
Run it: `python -m tests.benchmarks.agreement_page [--json] [--quick]`.
"""

import os
import statistics
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
from playwright.sync_api import expect, sync_playwright

from rhml_core.domain import Label, Role
from rhml_core.settings import Settings
from rhml_core.store import judgements, messages
from rhml_core.workflows import people, projects
from rhml_core.workflows.agreement import agreement
from rhml_core.workflows.workplace import open_workplace
from tests.benchmarks.outcome import finish, machine_facts, options_of, say, target
from tests.benchmarks.page_clock import BROWSER, SWITCHES
from tests.browser.visitor import PATIENCE, Visitor
from tests.serving import serving

N_RATERS = 100
N_LABELS = 6
LABELS_A_MESSAGE = 4
MOST_TIMES = 2.0
_FIRST_VISIT = 600_000
_FEW, _MANY, _QUICK = 1_000, 1_000_000, 50_000
_START = datetime(2025, 3, 1, tzinfo=UTC)
_RIGHT = 0.75
_N_TEXTS = 200
"""Few texts, so that the machine has read them all by the second visit."""


def simulated_judgements(n_judgements, *, seed=0):
    """Labels of raters who are right three times in four; four raters a message."""
    random = np.random.default_rng(seed)
    n_messages = n_judgements // LABELS_A_MESSAGE
    message = np.repeat(np.arange(n_messages), LABELS_A_MESSAGE)
    first = random.integers(0, N_RATERS, n_messages)
    steps = random.permuted(np.tile(np.arange(1, N_RATERS), (min(n_messages, 4096), 1)), axis=1)[
        :, : LABELS_A_MESSAGE - 1
    ]
    steps = steps[np.arange(n_messages) % len(steps)]
    rater = np.column_stack([first, (first[:, None] + steps) % N_RATERS]).ravel()
    truth = np.repeat(random.integers(0, N_LABELS, n_messages), LABELS_A_MESSAGE)
    guess = random.integers(0, N_LABELS, len(truth))
    label = np.where(random.random(len(truth)) < _RIGHT, truth, guess)
    place = pl.DataFrame({"message": message, "rater": rater, "label": label})
    return place.select(
        judgement_id=pl.format("j{}", pl.int_range(pl.len())),
        message_id=pl.format("m{}", "message"),
        expert_id=pl.format("rater-{}", "rater"),
        phase=pl.lit("final"),
        label=pl.format("label {}", "label"),
        confidence=pl.lit(None, dtype=pl.String),
        reason=pl.lit(""),
        made_at=pl.lit(_START, dtype=pl.Datetime("us", "UTC")),
    )


def fill_store(database, *, cache, n_judgements):
    """Make a store with that many judgements, written as an import writes them."""
    place = open_workplace(Settings(database=database, cache_folder=cache), in_background=False)
    try:
        boss = people.add_person(place, None, "Bo", Role.ADMIN)
        for number in range(N_RATERS):
            people.add_person(place, boss, f"Rater {number}", Role.EXPERT, is_simulated=True)
        labels = [Label(f"label {number}", "one of six") for number in range(N_LABELS)]
        project = projects.create_project(place, boss, "Forum", labels).project_id
        made = simulated_judgements(n_judgements)
        with place.db.atomic() as transaction:
            messages.add_messages(transaction, project, _messages(made), import_id="simulated")
            judgements.add_imported(transaction, project, made, codebook_version=1)
        return project
    finally:
        place.close()


def _messages(made):
    n = made["message_id"].n_unique()
    place = pl.DataFrame({"position": pl.int_range(n, eager=True)})
    nothing = pl.lit(None, dtype=pl.String)
    return place.select(
        message_id=pl.format("m{}", "position"),
        text=pl.format("text number {}", pl.col("position") % _N_TEXTS),
        text_hash=pl.format("hash-{}", pl.col("position") % _N_TEXTS),
        author=nothing,
        sent_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        thread=nothing,
        reply_to=nothing,
        language=nothing,
        metadata=pl.concat_str(pl.lit('{"forum":"f'), pl.col("position") % 5, pl.lit('"}')),
        split=pl.lit("pool"),
    )


def time_pages(folder, browser, *, cache, n_judgements, n_visits):
    """Seconds of the first visit, and of each later one, with the seconds of the questions."""
    folder.mkdir()
    database = folder / "forum.duckdb"
    fill_store(database, cache=cache, n_judgements=n_judgements)
    with serving(database, folder / "rhml.log", cache=cache) as server:
        visitor = Visitor(browser, server, name="Bo")
        began = time.perf_counter()
        visitor.page.goto("/agreement")
        visitor.page.locator(".st-key-part").wait_for(timeout=_FIRST_VISIT)
        expect(visitor.page.get_by_text("being worked out")).to_have_count(0, timeout=_FIRST_VISIT)
        first = time.perf_counter() - began
        visits = [_open(visitor) for _ in range(n_visits)]
        wrongs = visitor.wrongs()
        visitor.close()
    return {
        "n_judgements": n_judgements,
        "first_seconds": first,
        "seconds": visits,
        "question_seconds": time_questions(database, cache=cache, n_visits=n_visits),
        "wrongs": wrongs,
    }


def _open(visitor):
    """From the address to the drawn map of pairs."""
    began = time.perf_counter()
    visitor.page.goto("/agreement")
    visitor.page.locator("button[data-row='5']").first.wait_for(timeout=PATIENCE)
    return time.perf_counter() - began


def time_questions(database, *, cache, n_visits):
    """Seconds of what the page asks the workplace, once the figures are kept."""
    place = open_workplace(Settings(database=database, cache_folder=cache), in_background=False)
    try:
        boss = next(one for one in people.list_people(place) if one.name == "Bo")
        project = projects.list_projects(place, boss)[0].project_id
        agreement.agreement_overview(place, boss, project)
        times = []
        for _ in range(n_visits):
            began = time.perf_counter()
            agreement.agreement_overview(place, boss, project)
            agreement.pair_agreement(place, boss, project)
            times.append(time.perf_counter() - began)
        return times
    finally:
        place.close()


def report(few, many):
    """The document of two stores' times."""
    typical = [statistics.median(side["seconds"]) for side in (few, many)]
    asked = [statistics.median(side["question_seconds"]) for side in (few, many)]
    return {
        "benchmark": "agreement_page",
        "machine": machine_facts(),
        "run": uuid.uuid4().hex[:8],
        "stores": [few, many],
        "targets": [
            target("times as long to open", typical[1] / typical[0], MOST_TIMES, seconds=typical),
        ],
        "question_seconds": asked,
    }


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="50,000 judgements, three visits").parse_args()
    n_many, n_visits = (_QUICK, 3) if options.quick else (_MANY, 9)
    cache = Path(os.environ.get("RHML_CACHE", "~/.cache/rhml")).expanduser()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        sides = [
            time_pages(Path(folder) / name, browser, cache=cache, n_judgements=n, n_visits=n_visits)
            for name, n in (("few", _FEW), ("many", n_many))
        ]
        browser.close()
    document = report(*sides)
    for side in sides:
        say(
            f"{side['n_judgements']:,} judgements: first visit {side['first_seconds']:.1f} s, "
            f"then {statistics.median(side['seconds']):.2f} s "
            f"(asked of the workplace: {statistics.median(side['question_seconds']):.3f} s)"
        )
    finish(document, as_json=options.json)


if __name__ == "__main__":
    main()
