"""
How fast and in how much memory a file is scored, against reading its texts and nothing else.

The same encoder reads the same texts on both sides, in turns, in one process. Memory is the peak
of two further processes, one with ten times the rows of the other. Then a pool of messages that
were read before is answered, as after a promotion, against the time that reading it would take.
Run it: `python -m tests.benchmarks.score [--json] [--quick]`.
"""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from statistics import median

import numpy as np

from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.settings import Settings
from rhml_core.store import embeddings
from rhml_core.workflows import people, projects
from rhml_core.workflows.background.desk import Desk
from rhml_core.workflows.demo.demo import demo_folder
from rhml_core.workflows.files import importing, label_import, scoring
from rhml_core.workflows.files.scorable_file import look_through_file
from rhml_core.workflows.training import pool_scoring, promotion, run_registry, training
from rhml_core.workflows.workplace import open_workplace
from tests.benchmarks.outcome import finish, machine_facts, options_of, say, target

FULL = {"n_rows": 20_000, "n_a_turn": 4_096, "n_turns": 3, "n_pool": 100_000}
QUICK = {"n_rows": 3_000, "n_a_turn": 1_024, "n_turns": 2, "n_pool": 10_000}
TIMES_THE_ROWS = 10
SPEED_BOUND = 0.8
MEMORY_BOUND = 1.3
POOL_BOUND = 0.05
_N_JUDGED = 200
_LONGEST_FIELD = 10_000_000


def demo_rows():
    """The demo corpus: identifier, text and label of each message."""
    with (demo_folder() / "messages.csv").open(encoding="utf-8") as file:
        return [(row["id"], row["text"], row["label"]) for row in csv.DictReader(file)]


def varied(n, first=0):
    """So many different texts of the corpus's lengths, by identifier."""
    texts = [text for _, text, _ in demo_rows()]
    return {f"x{k}": f"{texts[k % len(texts)]} case {k}" for k in range(first, first + n)}


def csv_of(header, rows):
    """A CSV file's bytes."""
    table = io.StringIO()
    csv.writer(table).writerows([header, *rows])
    return table.getvalue().encode()


def fill(place, folder):
    """Make a project of the demo corpus and a promoted fast run; the project and the person."""
    boss = people.operator(place)
    codebook = demo_folder() / "codebook.csv"
    labels = read_codebook(read_table(codebook, codebook.name))
    project = projects.create_project(place, boss, "Scored", labels).project_id
    add_messages(place, boss, project, {name: text for name, text, _ in demo_rows()})
    judged = [(name, "Ana", label) for name, _, label in demo_rows()[:_N_JUDGED]]
    label_import.import_labels(
        place,
        boss,
        project,
        csv_of(("message_id", "expert", "label"), judged),
        "labels.csv",
        key=uuid.uuid4().hex,
    )
    job = training.start_training(place, boss, project, "fast", key=uuid.uuid4().hex)
    run = run_registry.get_run(place, place.jobs.run(job.job_id).result)
    promotion.promote_run(place, boss, run.run_id, key=uuid.uuid4().hex)
    for name, n in (("few", folder["n_few"]), ("many", folder["n_many"])):
        (folder["path"] / f"{name}.csv").write_bytes(csv_of(("id", "text"), varied(n).items()))
    return project, boss, run


def add_messages(place, boss, project, texts):
    """Import texts by identifier."""
    prepared = importing.check_messages(
        place, boss, project, csv_of(("id", "text"), texts.items()), "messages.csv"
    )
    importing.import_messages(
        place, boss, project, prepared, file_name="messages.csv", key=uuid.uuid4().hex
    )


def both_speeds(settings, run, folder, *, n_a_turn, n_turns):
    """Texts a second of reading alone and of scoring, in turns; wall and processor time."""
    encoder = load_base_encoder(settings)
    encoder.encode(list(varied(64).values()))
    found = {"encode": [], "score": []}
    for turn in range(n_turns):
        texts = varied(n_a_turn, first=turn * n_a_turn)
        source, out = folder / f"turn{turn}.csv", folder / f"turn{turn}.parquet"
        source.write_bytes(csv_of(("id", "text"), texts.items()))

        def read_alone(texts=texts):
            encoder.encode(list(texts.values()))

        def score(source=source, out=out):
            scoring.score_file(
                settings, run, look_through_file(source), out, on_progress=lambda _: None
            )

        sides = [("encode", read_alone), ("score", score)]
        for name, work in sides if turn % 2 else reversed(sides):
            wall, cpu = time.monotonic(), time.process_time()
            work()
            found[name].append((time.monotonic() - wall, time.process_time() - cpu))
    return found


def peak_of(database, source, out):
    """What scoring a file took in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.scored_once", database, source, out]
    done = subprocess.run(
        list(map(str, command)), check=True, capture_output=True, text=True, env=os.environ
    )
    return json.loads(done.stdout.splitlines()[-1])


def answer_pool(place, project, boss, n):
    """Seconds to answer so many messages whose vectors are stored, wall and processor."""
    add_messages(place, boss, project, varied(n, first=10_000_000))
    encoder_id = place.machines.base_encoder().encoder_id
    missing = embeddings.missing_embeddings(place.db, project, encoder_id)
    chance = np.random.default_rng(0)
    vectors = chance.normal(size=(missing.height, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with place.db.atomic() as transaction:
        embeddings.add_embeddings(transaction, encoder_id, missing["text_hash"].to_list(), vectors)
    desk = Desk(place.db, place.settings, place.machines, lambda _: None, lambda: False)
    wall, cpu = time.monotonic(), time.process_time()
    pool_scoring.answer_messages(desk, project)
    spent = time.monotonic() - wall, time.process_time() - cpu
    left = pool_scoring.has_unanswered(place.db, project)
    if left:
        raise RuntimeError("messages were left unanswered")
    return spent


def measure(*, n_rows, n_a_turn, n_turns, n_pool):
    """All figures as they were taken."""
    csv.field_size_limit(_LONGEST_FIELD)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings.from_environment(folder / "score.duckdb")
        place = open_workplace(settings, in_background=False, load_encoder=load_base_encoder)
        try:
            say("training a run on the demo corpus")
            sizes = {"path": folder, "n_few": n_rows // TIMES_THE_ROWS, "n_many": n_rows}
            project, boss, run = fill(place, sizes)
            say(f"answering a pool of {n_pool:,} messages that were read before")
            pool = answer_pool(place, project, boss, n_pool)
        finally:
            place.close()
        say(f"scoring and reading alone, {n_turns} turns of {n_a_turn:,} texts each")
        speeds = both_speeds(settings, run, folder, n_a_turn=n_a_turn, n_turns=n_turns)
        memory = {}
        for size in ("few", "many"):
            say(f"scoring {sizes[f'n_{size}']:,} rows in a process of its own")
            memory[size] = peak_of(
                settings.database, folder / f"{size}.csv", folder / f"{size}.parquet"
            )
    return {"speeds": speeds, "n_a_turn": n_a_turn, "memory": memory, "pool": (n_pool, *pool)}


def report(found):
    """The document: each side's figures, and whether the targets hold."""
    n, speeds = found["n_a_turn"], found["speeds"]
    sides = {
        name: {
            "texts_per_second": round(median(n / wall for wall, _ in turns), 1),
            "texts_per_cpu_second": round(median(n / cpu for _, cpu in turns), 1),
        }
        for name, turns in speeds.items()
    }
    pairs = list(zip(speeds["encode"], speeds["score"], strict=True))
    share = median(encode[0] / score[0] for encode, score in pairs)
    cpu_share = median(encode[1] / score[1] for encode, score in pairs)
    few, many = found["memory"]["few"], found["memory"]["many"]
    growth = many["peak_megabytes"] / few["peak_megabytes"]
    n_pool, pool_wall, pool_cpu = found["pool"]
    reading_cpu = n_pool / sides["encode"]["texts_per_cpu_second"]
    targets = [
        ("texts a second of scoring, share of reading alone", share, SPEED_BOUND, True),
        (
            f"peak memory of {many['n_rows']:,} rows, times that of {few['n_rows']:,}",
            growth,
            MEMORY_BOUND,
            False,
        ),
        (
            f"answering {n_pool:,} messages, share of the processor time of reading them",
            pool_cpu / reading_cpu,
            POOL_BOUND,
            False,
        ),
    ]
    return {
        "n_a_turn": n,
        "sides": sides,
        "share_of_speed": round(share, 3),
        "share_of_speed_by_cpu": round(cpu_share, 3),
        "memory": {"few": few, "many": many, "ratio": round(growth, 3)},
        "pool": {
            "n_messages": n_pool,
            "seconds": round(pool_wall, 2),
            "cpu_seconds": round(pool_cpu, 2),
        },
        "machine": machine_facts(),
        "targets": [
            target(name, value, bound, is_least=is_least, digits=4)
            for name, value, bound, is_least in targets
        ],
    }


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="smaller; within a minute")
    given = options.parse_args()
    document = report(measure(**(QUICK if given.quick else FULL)))
    for name, side in document["sides"].items():
        say(f"{name:<7} {side['texts_per_second']} texts a second")
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
