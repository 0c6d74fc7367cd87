"""How much an encoder multiplies for its texts, and how much this machine can multiply."""

import json
import time
from dataclasses import dataclass

import numpy as np

PEAK_SIZE = 1536
_N_TRIES = 3


@dataclass(frozen=True)
class Shape:
    """The sizes of a BERT-like encoder."""

    n_layers: int
    hidden: int
    inner: int


def read_shape(model_folder):
    """The sizes that a model's own `config.json` gives."""
    config = json.loads((model_folder / "config.json").read_text(encoding="utf-8"))
    return Shape(config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"])


def n_operations(shape, lengths):
    """
    Floating-point operations of the matrix products for texts of so many tokens each.

    A product and a sum count as two. Of a layer: query, key, value and output, the two layers of
    the feed-forward part, and attention's two products, which grow with the square of the length.
    """
    tokens = np.asarray(lengths, dtype=np.float64)
    a_token = 2 * (4 * shape.hidden**2 + 2 * shape.hidden * shape.inner)
    pairs = 2 * 2 * shape.hidden * tokens**2
    return float(shape.n_layers * (a_token * tokens + pairs).sum())


def padded_lengths(lengths, batches):
    """Each text's tokens with the padding of its batch, given the rows of each batch."""
    padded = np.array(lengths)
    for rows in batches:
        padded[rows] = max(lengths[row] for row in rows)
    return padded.tolist()


def measure_peak(n_threads):
    """
    Operations of a large float32 product, the better of NumPy's and torch's on so many threads.

    Returns:
        Operations a second, and operations a second of processor time.
    """
    import torch  # noqa: PLC0415 - the other side of the race has loaded it

    torch.set_num_threads(n_threads)
    left = np.random.default_rng(0).random((PEAK_SIZE, PEAK_SIZE), dtype=np.float32)
    tensor = torch.from_numpy(left)
    best, best_of_processor = 0.0, 0.0
    for multiply in (lambda: left @ left, lambda: tensor @ tensor):
        for _ in range(_N_TRIES):
            started, spent = time.perf_counter(), time.process_time()
            multiply()
            n = 2.0 * PEAK_SIZE**3
            best = max(best, n / (time.perf_counter() - started))
            best_of_processor = max(best_of_processor, n / (time.process_time() - spent))
    return best, best_of_processor
