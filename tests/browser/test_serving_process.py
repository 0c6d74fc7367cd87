"""What the serving process has loaded after a whole session: nothing that only training needs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.benchmarks.turn_corpus import fill_store
from tests.browser.desk import judge_by_keys
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

WATCHER = Path(__file__).parents[1] / "watched_imports"
MINUTES = 60_000


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """The environment of a watched process, and the file of what it imports."""
    notes = tmp_path_factory.mktemp("imports") / "notes.txt"
    notes.touch()
    paths = os.pathsep.join(filter(None, [str(WATCHER), os.environ.get("PYTHONPATH")]))
    return {"PYTHONPATH": paths, "RHML_TEST_IMPORTS": str(notes)}, notes


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache, watched):
    """Two hundred messages, sixty of them judged, in a watched server."""
    database = tmp_path_factory.mktemp("serving") / "forum.duckdb"
    fill_store(database, cache=encoder_cache, n_messages=200, n_experts=1)
    log = database.with_suffix(".log")
    with serving(database, log, cache=encoder_cache, environment=watched[0]) as server:
        yield server


def test_watch_sees_what_a_process_imports(watched, tmp_path):
    """Without this the next test could pass by watching nothing."""
    environment, _ = watched
    notes = tmp_path / "notes.txt"

    subprocess.run(
        [sys.executable, "-c", "import transformers"],
        env=os.environ | environment | {"RHML_TEST_IMPORTS": str(notes)},
        check=True,
    )

    assert "transformers" in notes.read_text().split()


def test_serving_process_never_loads_what_trains(visit, server, watched):
    """Labels, a run from its start to its promotion, journal and agreement, all without torch."""
    ana, boss = visit("Ana"), visit("Bo")
    page = ana.open("label")
    for _ in range(3):
        judge_by_keys(page, "1")

    training = boss.open("training")
    training.get_by_role("radio", name="Fast").click()
    training.get_by_role("button", name="Train").click()
    expect(training.get_by_role("heading", level=1)).to_contain_text(
        re.compile(r"Run 1 \(not promoted\)"), timeout=5 * MINUTES
    )
    training.get_by_role("button", name="Promote run 1").first.click()
    expect(training.get_by_role("heading", level=1)).to_contain_text("(promoted)", timeout=MINUTES)
    judge_by_keys(page, "2")
    for view in ("journal", "codebook", "label_review", "messages", "settings", ""):
        boss.open(view)
    boss.open("disagreements").get_by_role("radio", name="Agreement").click()
    boss.settle()

    serving_process = server.process.pid
    imported = [line.split() for line in watched[1].read_text().splitlines()]
    mapped = Path(f"/proc/{serving_process}/maps").read_text()
    assert {name for process, name in imported if int(process) == serving_process} == set()
    assert not re.search(r"/(torch|libtorch)", mapped)
    assert "onnxruntime" in mapped  # the map is that of the process that reads messages
