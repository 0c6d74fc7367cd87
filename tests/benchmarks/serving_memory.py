"""
How much memory the serving process takes with 100,000 messages, beside a bare Streamlit server.

Each server is a process of its own. The product's has its machine trained and every page opened in
a real browser; the bare one shows one form. What the messages cost is told apart from what the
product costs by a second store with few of them.
Run it: `python -m tests.benchmarks.serving_memory [--json] [--quick]`.
"""

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import httpx
import numpy as np
from playwright.sync_api import sync_playwright

from rhml_core.domain import Label, Role
from rhml_core.settings import Settings
from rhml_core.store import embeddings
from rhml_core.workflows import people, projects
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.workplace import open_workplace
from tests.benchmarks.fast_head import texts_of
from tests.benchmarks.outcome import finish, machine_facts, options_of, say
from tests.benchmarks.page_clock import BROWSER, SWITCHES
from tests.browser.visitor import Visitor
from tests.serving import free_port, serving

N_MESSAGES = 100_000
N_FEW = 1_000
N_JUDGED = 500
VIEWS = ("", "label", "disagreements", "journal", "codebook", "training", "messages", "settings")
_LABELS = ("Sale", "Leak")
_BLOCK = 10_000
_SECONDS_TO_START = 60
_SECONDS_TO_LEARN = 300
_MEGABYTE = 1_000_000


def resident(process_id):
    """Megabytes that a process holds now, and the most that it ever held."""
    status = Path(f"/proc/{process_id}/status").read_text()
    sizes = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Vm"))
    return {
        name: int(sizes[field].split()[0]) * 1024 / _MEGABYTE
        for name, field in (("now_mb", "VmRSS"), ("peak_mb", "VmHWM"))
    }


def fill_store(database, *, cache, n_messages, n_judged, seed=0):
    """Make a store of short messages with random vectors of length 1; the vectors' megabytes."""
    place = open_workplace(Settings(database=database, cache_folder=cache), in_background=False)
    try:
        boss = people.add_person(place, None, "Bo", Role.ADMIN)
        labels = [Label(name, f"About a {name.lower()}.") for name in _LABELS]
        project = projects.create_project(place, boss, "Forum", labels).project_id
        texts = texts_of(n_messages)
        table = _csv([("id", "text"), *((f"m{k:06}", text) for k, text in enumerate(texts))])
        prepared = importing.check_messages(place, boss, project, table, "messages.csv")
        importing.import_messages(
            place, boss, project, prepared, file_name="messages.csv", key=uuid.uuid4().hex
        )
        judged = [(f"m{k:06}", "Past one", _LABELS[k % 2]) for k in range(n_judged)]
        table = _csv([("message_id", "expert", "label"), *judged])
        label_import.import_labels(place, boss, project, table, "labels.csv", key=uuid.uuid4().hex)
        return _write_vectors(place, project, seed)
    finally:
        place.close()


def _write_vectors(place, project, seed):
    encoder = place.machines.base_encoder()
    hashes = embeddings.missing_embeddings(place.db, project, encoder.encoder_id)["text_hash"]
    random = np.random.default_rng(seed)
    for start in range(0, len(hashes), _BLOCK):
        block = hashes[start : start + _BLOCK].to_list()
        vectors = random.standard_normal((len(block), encoder.dimension), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        with place.db.atomic() as transaction:
            embeddings.add_embeddings(transaction, encoder.encoder_id, block, vectors)
    return len(hashes) * encoder.dimension * 4 / _MEGABYTE


def _csv(rows):
    table = io.StringIO()
    csv.writer(table).writerows(rows)
    return table.getvalue().encode()


def measure_product(folder, browser, *, cache, n_messages, n_judged):
    """Resident memory of the product's server once its machine has learnt and all is opened."""
    folder.mkdir()
    vectors_mb = fill_store(
        folder / "forum.duckdb", cache=cache, n_messages=n_messages, n_judged=n_judged
    )
    with serving(folder / "forum.duckdb", folder / "rhml.log", cache=cache) as server:
        started = resident(server.process.pid)
        _wait_until_learnt(server)
        learnt = resident(server.process.pid)
        visitor = Visitor(browser, server, name="Bo")
        for view in VIEWS:
            visitor.open(view)
        opened = resident(server.process.pid)
        visitor.close()
    return {
        "n_messages": n_messages,
        "vectors_mb": vectors_mb,
        "started": started,
        "learnt": learnt,
        "opened": opened,
    }


def _wait_until_learnt(server):
    """Until it rests: it loads the messages and trains its head by itself when it starts."""
    deadline = time.monotonic() + _SECONDS_TO_LEARN
    quiet = 0
    before = _processor_seconds(server.process.pid)
    while quiet < 3:
        if time.monotonic() > deadline:
            raise TimeoutError("the machine did not come to rest")
        time.sleep(1)
        now = _processor_seconds(server.process.pid)
        quiet = quiet + 1 if now - before < 0.1 else 0
        before = now


def _processor_seconds(process_id):
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_bare(folder, browser):
    """Resident memory of a bare Streamlit server with its one form used once."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.bare_server", str(port)]
    with (folder / "bare.log").open("w") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
    try:
        address = f"http://localhost:{port}"
        _wait_until_answered(address)
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("button", name="Commit").click()
        page.get_by_text("case 00001").wait_for()
        found = resident(process.pid)
        page.close()
    finally:
        process.terminate()
        process.wait(timeout=20)
    return found


def _wait_until_answered(address):
    deadline = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            return httpx.get(address, timeout=5).raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def measure(*, n_messages, n_few=N_FEW, n_judged=N_JUDGED):
    """The memory of the bare server, and of the product's with few and with many messages."""
    cache = Settings.from_environment().cache_folder
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        try:
            bare = measure_bare(folder, browser)
            few, many = (
                measure_product(folder / str(n), browser, cache=cache, n_messages=n, n_judged=some)
                for n, some in ((n_few, min(n_judged, n_few // 2)), (n_messages, n_judged))
            )
        finally:
            browser.close()
    return bare, few, many


def report(bare, few, many):
    """The document: every figure, what the messages cost, and whether the target holds."""
    grown = {
        moment: many[moment]["now_mb"] - few[moment]["now_mb"] for moment in ("learnt", "opened")
    }
    vectors_mb = many["vectors_mb"] - few["vectors_mb"]
    return {
        "bare_streamlit": _rounded(bare),
        "product": [_rounded(few), _rounded(many)],
        "ratio_to_bare": round(many["opened"]["now_mb"] / bare["now_mb"], 2),
        "messages_mb": _rounded(grown),
        "machine": machine_facts(),
        "messages_to_vectors": round(grown["opened"] / vectors_mb, 2),
        "targets": [],
    }


def _rounded(figures):
    return {
        name: _rounded(value) if isinstance(value, dict) else round(value, 1)
        for name, value in figures.items()
    }


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="10,000 messages")
    given = options.parse_args()
    document = report(*measure(n_messages=10_000 if given.quick else N_MESSAGES))
    bare = document["bare_streamlit"]
    say(f"bare Streamlit: {bare['now_mb']} MB, at most {bare['peak_mb']} MB")
    for side in document["product"]:
        say(f"{side['n_messages']:,} messages, vectors {side['vectors_mb']} MB:")
        for moment in ("started", "learnt", "opened"):
            say(f"  {moment}: {side[moment]['now_mb']} MB, at most {side[moment]['peak_mb']} MB")
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
