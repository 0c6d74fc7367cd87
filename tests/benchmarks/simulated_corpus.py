"""Real messages with their labels, and how hard each is for a simulated expert."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from rhml_core.workflows.demo.demo import demo_folder
from tests.benchmarks.labelled_texts import read_labelled_texts

SHARED = 0.5
"""Share of the variance of difficulty that people have in common with a machine."""


@dataclass(frozen=True)
class Corpus:
    """
    Messages, their labels and difficulties.

    Attributes:
        difficulty: by message, in log-odds; mean 0, standard deviation 1.
    """

    name: str
    texts: dict
    labels: dict
    difficulty: dict

    @property
    def names(self):
        """The labels in use, sorted."""
        return sorted(set(self.labels.values()))


class Remembering:
    """An encoder that reads no text twice; what it says is the encoder's own."""

    def __init__(self, encoder):
        """Nothing is remembered yet."""
        self._encoder = encoder
        self._known = {}
        self.encoder_id, self.dimension = encoder.encoder_id, encoder.dimension

    def encode(self, texts, on_progress=None):
        """One row per text, read now or before."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new, on_progress), strict=True))
        rows = [self._known[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)


def demo_texts():
    """The texts and labels of the demo's corpus."""
    frame = pl.read_csv(demo_folder() / "messages.csv", infer_schema=False).unique(
        "text", keep="first", maintain_order=True
    )
    return frame["text"].to_list(), frame["label"].to_list()


def set_texts(file, *, max_classes, most):
    """The texts and labels of a labelled set, its frequent labels alone, sampled."""
    data = read_labelled_texts(file, max_classes=max_classes, most=(most, 0))
    is_kept = ~data.is_test
    texts = [text for text, kept in zip(data.texts, is_kept, strict=True) if kept]
    return texts, data.labels[is_kept].tolist()


def make_corpus(name, texts, labels, *, encoder):
    """
    Messages with difficulties, the same at each call.

    What is hard for a machine that learnt all other labels is hard for people too, as far as
    `SHARED` says; the rest of a difficulty is chance.
    """
    rng = np.random.default_rng(0)
    vectors, known = encoder.encode(texts), np.asarray(labels)
    model = LogisticRegression(C=10, max_iter=500)
    found = cross_val_predict(model, vectors, known, cv=5, method="predict_proba")
    column = np.searchsorted(np.unique(known), known)
    right = np.clip(found[np.arange(len(known)), column], 0.01, 0.99)
    hard = _standard(-np.log(right / (1 - right)))
    mixed = np.sqrt(SHARED) * hard + np.sqrt(1 - SHARED) * rng.standard_normal(len(known))
    ids = [f"m{number:05}" for number in range(len(texts))]
    return Corpus(
        name,
        dict(zip(ids, texts, strict=True)),
        dict(zip(ids, labels, strict=True)),
        dict(zip(ids, _standard(mixed).tolist(), strict=True)),
    )


def _standard(values):
    return (values - values.mean()) / values.std()
