"""
Whether the fast head learns and answers for the whole pool in the time of 200 readings.

Retraining on 500 labelled messages, with regularisation, calibration and the answers out of fold,
and rescoring 100,000 messages whose vectors are kept, against the encoder that reads 200 of them;
turn about in one run. The encoder's processor time is that of one thread, its wall time that of
all the threads it wants: the harder side of each.
Run it: `python -m tests.benchmarks.fast_head [--json] [--quick]`.
"""

import csv
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.heads.head import Pool, train_head
from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.smoothing import MOST_POOL
from rhml_core.machine.heads.wording import Wording
from rhml_core.machine.terms.grammar import normal_terms
from rhml_core.settings import Settings
from tests.benchmarks.outcome import finish, machine_facts, options_of, say, target

N_LABELLED = 500
N_MESSAGES = 100_000
N_READ = 200
LABELS = (6, 20)
BOUND = 1.0
TERMS = ("access", "selling", "database", "leak", "price", "escrow", "admin", "dump", "free link")
_CORPUS = Path(__file__).parents[2] / "data" / "demo" / "messages.csv"
_NOISE = 6.0
"""Length of what a message has of its own, against 1 of its label: hard to learn, as texts are."""


@dataclass
class Seconds:
    """Processor and wall time of each repetition."""

    processor: list = field(default_factory=list)
    wall: list = field(default_factory=list)

    def take(self, work):
        """Do a piece of work and keep what it took; what it returns."""
        processor, wall = time.process_time(), time.perf_counter()
        result = work()
        self.processor.append(time.process_time() - processor)
        self.wall.append(time.perf_counter() - wall)
        return result

    def medians(self):
        """Of both times, in seconds."""
        return {
            "processor_seconds": float(np.median(self.processor)),
            "wall_seconds": float(np.median(self.wall)),
        }


@dataclass(frozen=True)
class Messages:
    """Messages as the server keeps them: vectors, and what their wording says."""

    vectors: np.ndarray
    wording: Wording
    readings: np.ndarray
    centres: np.ndarray


def texts_of(n):
    """So many short messages, the demo's own over and over, numbered by round."""
    with _CORPUS.open(newline="", encoding="utf-8") as stream:
        known = [row["text"] for row in csv.DictReader(stream)]
    distinct = list(dict.fromkeys(known))
    rounds = -(-n // len(distinct))
    return [f"{text} {number}" for number in range(rounds) for text in distinct][:n]


def make_pool(n_messages, *, dimension, seed):
    """Vectors of length 1 around random centres, and the readings of as many texts."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(max(LABELS), dimension)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    vectors = random.standard_normal((n_messages, dimension), dtype=np.float32)
    vectors *= _NOISE / np.sqrt(dimension)
    vectors += centres[np.arange(n_messages) % len(centres)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = texts_of(n_messages)
    wording = Wording(normal_terms(TERMS), fit_letters(texts, seed=seed))
    return Messages(vectors, wording, wording.read(texts), centres)


def retrain_and_rescore(pool, rows, labels, names):
    """One round of the live machine: everything between the judgements and the queue."""
    around = np.random.default_rng(0).permutation(len(pool.vectors))[:MOST_POOL]
    trained = train_head(
        pool.vectors[rows],
        labels,
        all_labels=names,
        seed=0,
        wording=pool.wording,
        readings=pool.readings[rows],
        pool=Pool(pool.vectors[around], pool.readings[around]),
    )
    probabilities = trained.head.predict_proba(pool.vectors, pool.readings)
    probabilities[rows] = trained.out_of_fold
    return probabilities


def measure(encoders, *, n_messages=N_MESSAGES, n_labelled=N_LABELLED, n_read=N_READ, repeats):
    """
    The seconds of both sides, taken in turn.

    Args:
        encoders: one that runs on one thread, one that takes all it wants.
        n_messages: in the pool.
        n_labelled: of them.
        n_read: messages that the encoder reads.
        repeats: of each.

    Returns:
        By number of labels: the head's `Seconds`; and those of the two encoders.
    """
    pool = make_pool(n_messages, dimension=encoders[0].dimension, seed=0)
    read = texts_of(n_read)
    sides = {n_labels: Seconds() for n_labels in LABELS}
    readings = (Seconds(), Seconds())
    for encoder in encoders:
        encoder.encode(read[:16])
    for repeat in range(repeats):
        for encoder, seconds in zip(encoders, readings, strict=True):
            seconds.take(lambda encoder=encoder: encoder.encode(read))
        for n_labels, seconds in sides.items():
            names = [f"label {number}" for number in range(n_labels)]
            of_message = np.arange(n_messages) % len(pool.centres) % n_labels
            # Uneven, so that the head also has to find out whether the pool helps.
            shares = 1.0 / (1 + of_message)
            rows = np.random.default_rng(repeat).choice(
                n_messages, n_labelled, replace=False, p=shares / shares.sum()
            )
            labels = [names[number] for number in of_message[rows]]
            seconds.take(
                lambda rows=rows, labels=labels, names=names: retrain_and_rescore(
                    pool, rows, labels, names
                )
            )
    return sides, readings


def report(sides, readings, *, n_messages, n_labelled, n_read):
    """The document: the figures of both sides, the ratios, and whether the targets hold."""
    one_thread, all_threads = readings
    encoder = {
        "n_read": n_read,
        "processor_seconds": one_thread.medians()["processor_seconds"],
        "wall_seconds": all_threads.medians()["wall_seconds"],
    }
    heads, targets = [], []
    for n_labels, seconds in sides.items():
        taken = seconds.medians()
        ratios = {kind: taken[kind] / encoder[kind] for kind in taken}
        heads.append({"n_labels": n_labels, **taken, "ratios": ratios})
        targets += [
            target(
                f"retrain and rescore, {n_labels} labels, against {n_read} readings, "
                f"{kind.removesuffix('_seconds')} time",
                ratio,
                BOUND,
            )
            for kind, ratio in ratios.items()
        ]
    return {
        "n_messages": n_messages,
        "n_labelled": n_labelled,
        "encoder": encoder,
        "heads": heads,
        "machine": machine_facts(),
        "targets": targets,
    }


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="3 repetitions instead of 11")
    given = options.parse_args()
    settings = Settings.from_environment()
    encoders = (load_base_encoder(settings, shares_processor=True), load_base_encoder(settings))
    sizes = {"n_messages": N_MESSAGES, "n_labelled": N_LABELLED, "n_read": N_READ}
    sides, readings = measure(encoders, repeats=3 if given.quick else 11, **sizes)
    document = report(sides, readings, **sizes)
    encoder = document["encoder"]
    say(
        f"encoder, {N_READ} texts: {encoder['processor_seconds']:.3f} s of one processor, "
        f"{encoder['wall_seconds']:.3f} s by the clock"
    )
    for head in document["heads"]:
        say(
            f"head, {head['n_labels']} labels: {head['processor_seconds']:.3f} s of processors, "
            f"{head['wall_seconds']:.3f} s by the clock"
        )
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
