"""The demo's invented messages with their right labels, for people in tests who know them."""

import re
from pathlib import Path

import polars as pl

from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table

_FOLDER = Path(__file__).parents[2] / "data" / "demo"


def demo_messages():
    """`id`, `text`, `label`, `split` and more, all String; one row per message."""
    return pl.read_csv(_FOLDER / "messages.csv", infer_schema=False)


def demo_codebook():
    """The labels, each with the key of its place."""
    return read_codebook(read_table(_FOLDER / "codebook.csv", "codebook.csv"))


def right_label(corpus, text):
    """The right label of the message that a page shows; white space is drawn, not kept."""
    squeezed = re.sub(r"\s+", " ", text).strip()
    found = corpus.filter(pl.col("text").str.replace_all(r"\s+", " ").str.strip_chars() == squeezed)
    return found["label"][0]
