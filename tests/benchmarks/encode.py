"""
How many messages a second the encoder reads, beside SentenceTransformer.encode.

Both read the same distinct texts on the same number of threads, in turns, so that whatever else
the machine does weighs on both; ratios are medians over the turns. Repeated texts, which ours
reads once, are measured apart. Eight-bit products are held to what they cost in macro-F1.
Run it: `python -m tests.benchmarks.encode --data DIR [--datasets a,b] [--json] [--quick]`.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from rhml_core.machine.encoding.batches import token_batches
from rhml_core.machine.encoding.encoder import CHUNK_SIZE
from rhml_core.machine.encoding.model_files import model_folder
from rhml_core.settings import Settings
from tests.benchmarks.encoder_quality import quality
from tests.benchmarks.encoder_sides import PEER, open_sides
from tests.benchmarks.labelled_texts import csv_folder, read_labelled_texts
from tests.benchmarks.matrix_work import measure_peak, n_operations, padded_lengths, read_shape
from tests.benchmarks.outcome import finish, machine_facts, options_of, say, target

READ_BY_DEFAULT = "sms_spam,banking77,cvd_policy"
SPEED_BOUND = 1.6
COSINE_BOUND = 0.9999
INT8_SPEED_BOUND = 2.2
INT8_LOSS_BOUND = 0.5
SHOTS = 32


@dataclass(frozen=True)
class Turn:
    """What one side took for all texts once, in seconds."""

    wall: float
    processor: float


def take_turns(sides, texts, *, rounds, n_threads):
    """
    Each side's turns and last vectors, and the machine's peak of each round.

    The order changes from round to round, so that nobody always comes after the same neighbour.
    """
    turns, vectors, peaks = {name: [] for name in sides}, {}, []
    for read in sides.values():
        read(texts[:64])  # warmed up: memory taken, code loaded
    names = list(sides)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            started, spent = time.perf_counter(), time.process_time()
            vectors[name] = sides[name](texts)
            turns[name].append(Turn(time.perf_counter() - started, time.process_time() - spent))
        peaks.append(measure_peak(n_threads))
    return turns, vectors, peaks


def speeds(turns, texts):
    """Each side's messages a second, and how many times the peer's that is, by the median."""
    peer = turns[PEER]
    return {
        name: {
            "messages_a_second": round(len(texts) / _median(turn.wall for turn in each), 1),
            "processor_milliseconds_a_message": round(
                1000 * _median(turn.processor for turn in each) / len(texts), 3
            ),
            "ratio": round(_median(a.wall / b.wall for a, b in zip(peer, each, strict=True)), 2),
            "ratio_of_processor_time": round(
                _median(a.processor / b.processor for a, b in zip(peer, each, strict=True)), 2
            ),
        }
        for name, each in turns.items()
    }


def peak_shares(turns, peaks, *, n_real, n_padded):
    """The share of the machine's peak that each float32 side reaches, 0 to 1."""
    walls = [wall for wall, _ in peaks]
    processors = [processor for _, processor in peaks]
    shares = {"peak_gflops": round(_median(walls) / 1e9, 1)}
    for name in (PEER, "fp32"):
        by_wall = _median(
            n_real / turn.wall / peak for turn, peak in zip(turns[name], walls, strict=True)
        )
        by_processor = _median(
            n_real / turn.processor / peak
            for turn, peak in zip(turns[name], processors, strict=True)
        )
        shares[name] = {
            "real_tokens": round(by_wall, 3),
            "real_tokens_by_processor_time": round(by_processor, 3),
        }
    with_padding = shares["fp32"]["real_tokens"] * n_padded / n_real
    shares["fp32"]["padded_tokens"] = round(with_padding, 3)
    return shares


def measure(
    folder, names, *, sides, model, texts_a_set, rounds, n_threads, shots, most_test, max_classes
):
    """The document: speeds, peak, repeated texts, quality and targets."""
    texts = [
        text
        for name in names
        for text in read_labelled_texts(folder / f"{name}.csv", most=(texts_a_set, 0)).texts
    ]
    turns, vectors, peaks = take_turns(
        {name: side.encode for name, side in sides.items()},
        texts,
        rounds=rounds,
        n_threads=n_threads,
    )
    lengths = sides["fp32"].count_tokens(texts)
    shape = read_shape(model)
    work = {
        "n_real": n_operations(shape, lengths),
        "n_padded": n_operations(shape, _as_read(lengths)),
    }
    measured = [
        quality(
            file,
            {name: sides[name] for name in ("fp32", "int8")},
            shots=shots,
            most_test=most_test,
            max_classes=max_classes,
            seeds=(0, 1, 2),
        )
        for file in sorted(folder.glob("*.csv"))
    ]
    document = {
        "n_texts": len(texts),
        "n_tokens": sum(lengths),
        "n_threads": n_threads,
        "rounds": rounds,
        "speeds": speeds(turns, texts),
        "share_of_peak": peak_shares(turns, peaks, **work),
        "padding_share": round(1 - sum(lengths) / sum(_as_read(lengths)), 4),
        "least_cosine": {
            name: round(float((vectors[PEER] * vectors[name]).sum(axis=1).min()), 6)
            for name in ("fp32", "int8")
        },
        "with_repeated_texts": _repeated(folder, names, sides, n_threads, most=texts_a_set),
        "quality": [one for one in measured if one],
        "machine": machine_facts(),
    }
    return document | {"targets": targets(document)}


def targets(document):
    """Each target with what was measured and whether it holds."""
    losses = [
        100 * (one["macro_f1"]["fp32"] - one["macro_f1"]["int8"]) for one in document["quality"]
    ]
    rows = [
        (
            "fp32, times SentenceTransformer.encode",
            document["speeds"]["fp32"]["ratio"],
            SPEED_BOUND,
        ),
        ("fp32, least cosine", document["least_cosine"]["fp32"], COSINE_BOUND),
        (
            "int8, times SentenceTransformer.encode",
            document["speeds"]["int8"]["ratio"],
            INT8_SPEED_BOUND,
        ),
    ]
    held = [target(name, value, bound, is_least=True, digits=6) for name, value, bound in rows]
    lost = float(np.mean(losses)) if losses else None
    return [*held, target("int8, points of macro-F1 lost (at most)", lost, INT8_LOSS_BOUND)]


def _repeated(folder, names, sides, n_threads, *, most):
    """The same race once over texts as they stand in the files, repeated ones included."""
    texts = []
    for name in names:
        column = pl.read_csv(folder / f"{name}.csv", infer_schema=False)["text"].drop_nulls()
        texts += column.head(most).to_list()
    chosen = {name: sides[name].encode for name in (PEER, "fp32")}
    turns, _, _ = take_turns(chosen, texts, rounds=1, n_threads=n_threads)
    return {
        "n_texts": len(texts),
        "distinct_share": round(len(set(texts)) / len(texts), 3),
        "ratio": speeds(turns, texts)["fp32"]["ratio"],
    }


def _as_read(lengths):
    """Each text's tokens with padding, batched as the encoder batches."""
    padded = []
    for start in range(0, len(lengths), CHUNK_SIZE):
        chunk = lengths[start : start + CHUNK_SIZE]
        padded += padded_lengths(chunk, token_batches(chunk))
    return padded


def _median(values):
    return float(np.median(list(values)))


def _tell(document):
    for name, one in document["speeds"].items():
        say(
            f"{name:<22} {one['messages_a_second']:>7} messages/s, {one['ratio']} times the peer "
            f"({one['ratio_of_processor_time']} by processor time)"
        )
    shares = document["share_of_peak"]
    for name in (PEER, "fp32"):
        share = shares[name]["real_tokens"]
        say(f"{name:<22} {share:.0%} of the peak of {shares['peak_gflops']} GFLOP/s")
    for one in document["quality"]:
        scores = ", ".join(f"{name} {value:.4f}" for name, value in one["macro_f1"].items())
        say(f"{one['dataset']:<22} macro-F1 {scores}, n = {one['n_test']}")


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="fewer texts; within a minute")
    options.add_argument("--data", type=Path, required=True, help="folder of CSV files")
    options.add_argument("--datasets", default=READ_BY_DEFAULT, help="files whose texts are read")
    options.add_argument("--threads", type=int, help="of each side; as many as cores if absent")
    given = options.parse_args()
    n_threads = given.threads or len(os.sched_getaffinity(0))
    settings = Settings.from_environment()
    size = {"texts_a_set": 300, "rounds": 7, "most_test": 1000, "max_classes": 30}
    if given.quick:
        size = {"texts_a_set": 60, "rounds": 3, "most_test": 300, "max_classes": 3}
    document = measure(
        csv_folder(given.data),
        given.datasets.split(","),
        sides=open_sides(settings, n_threads),
        model=model_folder(settings),
        n_threads=n_threads,
        shots=SHOTS,
        **size,
    )
    _tell(document)
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
