"""
How long an expert waits for the next message, against the least that Streamlit can do.

The time runs from Enter on a label to the next message's text on the screen, in a real browser,
while others label and thousands of messages are in the store; beside it, in the same browser and
at the same time, the same for one bare form in a server of its own.
Run it: `python -m tests.benchmarks.turn_latency [--json] [--quick]`.
"""

import contextlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
from playwright.sync_api import sync_playwright

from rhml_core.settings import Settings
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.outcome import finish, machine_facts, options_of, say, target
from tests.benchmarks.page_clock import BROWSER, SWITCHES, BarePage, LabelPage
from tests.benchmarks.turn_corpus import MEASURED, fill_store
from tests.serving import free_port, serving

N_MESSAGES = 10_000
OTHERS = (1, 10)
MEDIAN_BOUND = 2.0
P95_BOUND = 3.0
_A_BLOCK = 6
_N_WARM_UP = 5
_SECONDS_TO_START = 60


@dataclass
class Times:
    """Milliseconds of one load, each side's and each kind of next screen's apart."""

    next_message: list = field(default_factory=list)
    explanation: list = field(default_factory=list)
    bare: list = field(default_factory=list)


@contextlib.contextmanager
def serving_bare_form(log):
    """The bare form's address, for the length of a block."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.bare_server", str(port)]
    with Path(log).open("w") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
    address = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(address, timeout=5).raise_for_status()
                break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def take_times(label_page, bare_page, *, n, seconds_between):
    """
    Time both sides in alternating blocks until each has `n` next messages.

    The last turn of a block goes against the machine on purpose, so that it explains itself.
    """
    times = Times()
    for page in (label_page, bare_page):
        page.bring_to_front()
        for _ in range(_N_WARM_UP):
            page.take_turn()
    while len(times.next_message) < n:
        label_page.bring_to_front()
        for place in range(_A_BLOCK + 1):
            time.sleep(seconds_between)
            first = label_page.take_turn(contrary=place == _A_BLOCK)[0]
            kind = times.next_message if first.state == "open" else times.explanation
            kind.append(first.milliseconds)
        bare_page.bring_to_front()
        for _ in range(_A_BLOCK):
            time.sleep(seconds_between)
            times.bare.append(bare_page.take_turn()[0].milliseconds)
    return times


def measure(*, n, seconds_between):
    """The times of each load, by the number of other experts."""
    cache = Settings.from_environment().cache_folder
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = folder / "turns.duckdb"
        say(f"filling a store with {N_MESSAGES:,} messages")
        fill_store(database, cache=cache, n_messages=N_MESSAGES, n_experts=max(OTHERS))
        server = stack.enter_context(serving(database, folder / "rhml.log", cache=cache))
        address = stack.enter_context(serving_bare_form(folder / "bare.log"))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        stack.callback(browser.close)
        view = {"viewport": {"width": 1280, "height": 720}}
        label_page = LabelPage(browser.new_page(**view), server, MEASURED)
        bare_page = BarePage(browser.new_page(**view), address)
        found = {}
        for n_others in OTHERS:
            with Crowd(server, n_others) as crowd:
                found[n_others] = take_times(
                    label_page, bare_page, n=n, seconds_between=seconds_between
                )
            if crowd.faults:
                raise crowd.faults[0]
            say(f"{n_others} others: they judged {crowd.n_judged} messages meanwhile")
        return found


def summary(milliseconds):
    """Median, 95th percentile and n; the first two None where nothing was measured."""
    if not milliseconds:
        return {"n": 0, "median_ms": None, "p95_ms": None}
    median, p95 = np.quantile(milliseconds, [0.5, 0.95])
    return {
        "n": len(milliseconds),
        "median_ms": round(float(median), 1),
        "p95_ms": round(float(p95), 1),
    }


def report(found):
    """The document: each load's figures, and whether the targets hold."""
    loads, targets = [], []
    for n_others, times in found.items():
        sides = {
            "to_next_message": summary(times.next_message),
            "to_explanation": summary(times.explanation),
            "bare_form": summary(times.bare),
        }
        ratios = {
            name: round(sides["to_next_message"][name] / sides["bare_form"][name], 2)
            for name in ("median_ms", "p95_ms")
        }
        loads.append(
            {"others": n_others, **sides}
            | {"ratio_of_medians": ratios["median_ms"], "ratio_of_p95s": ratios["p95_ms"]}
        )
        who = f"{n_others} other expert{'s' if n_others > 1 else ''}"
        for name, key, bound in (
            ("median", "median_ms", MEDIAN_BOUND),
            ("p95", "p95_ms", P95_BOUND),
        ):
            targets.append(
                target(f"next message against a bare form, {name}, {who}", ratios[key], bound)
            )
    return {
        "n_messages": N_MESSAGES,
        "loads": loads,
        "machine": machine_facts(),
        "targets": targets,
    }


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="12 of each; within a minute")
    given = options.parse_args()
    quick = {"n": 12, "seconds_between": 0.3}
    document = report(measure(**(quick if given.quick else {"n": 60, "seconds_between": 1.0})))
    for load in document["loads"]:
        for side in ("to_next_message", "to_explanation", "bare_form"):
            one = load[side]
            say(
                f"{load['others']:>2} others, {side:<16} median {one['median_ms']} ms, "
                f"p95 {one['p95_ms']} ms, n = {one['n']}"
            )
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
