"""Labelled texts from CSV files, split into what may be labelled and what measures."""

from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True)
class LabelledTexts:
    """Distinct texts with their labels; `is_test` where the file says that a text measures."""

    name: str
    texts: list
    labels: np.ndarray
    is_test: np.ndarray

    @property
    def names(self):
        """The labels in use, sorted."""
        return sorted(set(self.labels.tolist()))


def csv_folder(data):
    """Where a folder of data keeps its sets of one label a text: itself, or its `single`."""
    return data if list(data.glob("*.csv")) else data / "single"


def read_labelled_texts(file, *, max_classes=None, most=None):
    """
    What a CSV with `id,text,label,split` holds, each text once.

    Args:
        file: its path.
        max_classes: keep the so many most frequent labels; None keeps all.
        most: `(pool, test)`: keep at random at most so many of either, the same at each call.
    """
    frame = (
        pl.read_csv(file, infer_schema=False)
        .select("text", "label", "split")
        .drop_nulls(["text", "label"])
        .unique("text", keep="first", maintain_order=True)
    )
    if max_classes:
        frequent = frame["label"].value_counts().sort(["count", "label"], descending=[True, False])
        frame = frame.filter(pl.col("label").is_in(frequent["label"][:max_classes].implode()))
    frame = frame.with_columns(is_test=(pl.col("split") == "test").fill_null(value=False))
    if most:
        frame = _sampled(frame, *most)
    return LabelledTexts(
        file.stem, frame["text"].to_list(), frame["label"].to_numpy(), frame["is_test"].to_numpy()
    )


def split_rows(data, *, test_share, most_test, seed):
    """
    Rows of the pool and of the test, both shuffled.

    The file's own test texts where it has some; else a share of all is drawn.
    """
    rng = np.random.default_rng(seed)
    if data.is_test.any():
        pool, test = np.flatnonzero(~data.is_test), np.flatnonzero(data.is_test)
        return rng.permutation(pool), rng.permutation(test)[:most_test]
    rows = rng.permutation(len(data.labels))
    n_test = min(most_test, round(test_share * len(rows)))
    return rows[n_test:], rows[:n_test]


def _sampled(frame, most_pool, most_test):
    if not frame["is_test"].any():
        return _some(frame, most_pool + most_test)
    parts = [(~pl.col("is_test"), most_pool), (pl.col("is_test"), most_test)]
    return pl.concat([_some(frame.filter(rows), most) for rows, most in parts])


def _some(frame, most):
    return frame.sample(min(most, frame.height), seed=0) if frame.height > most else frame
