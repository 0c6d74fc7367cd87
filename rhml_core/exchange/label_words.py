"""Labels as a file's authors wrote them, and the codebook's labels that they stand for."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from rhml_core.exchange.columns import find_column
from rhml_core.exchange.report import Table

MESSAGE = ("message_id", "id", "message")
EXPERT = ("expert", "annotator", "rater", "coder", "worker")
LABEL = ("label", "code", "class")
_MORE_IDS = ("msg_id", "tweet_id", "post_id", "comment_id", "nachricht_id", "identifier", "uid")
_MORE_EXPERTS = ("labelled by", "judge", "coded by", "bearbeitet von", "codierer", "annotateur")
_MORE_LABELS = (
    *("category", "gold", "annotation", "topic", "label name", "einstufung", "kategorie"),
    *("klasse", "etikett", "étiquette", "etiqueta", "catégorie", "categoría", "categoria"),
)
UNKNOWN_WORD_SCHEMA = {"word": pl.String, "n": pl.Int64, "nearest": pl.String}
"""One row per label of a file that the codebook lacks; `nearest` is null where none is near."""


@dataclass(frozen=True)
class LabelColumns:
    """
    The column that holds each fact of a label, None where there is none.

    Without an `expert` column one person gave all labels.
    """

    message: str | None = None
    label: str | None = None
    expert: str | None = None


@dataclass(frozen=True)
class LabelWords:
    """
    What a person says of the words of a file.

    Attributes:
        stands_for: word -> label of the codebook, or a new one; None leaves its rows out.
            Words are compared without the blanks around them.
        new_labels: labels that the codebook is to have from now on.
        skips_unlabelled: rows without a label are left out instead of being faulty.
        expert: who gave the labels of rows that name nobody; "" for nobody.
    """

    stands_for: Mapping[str, str | None] = field(default_factory=dict)
    new_labels: tuple[str, ...] = ()
    skips_unlabelled: bool = False
    expert: str = ""


def guess_label_columns(table: Table) -> LabelColumns:
    """Return the columns that the names suggest; a person should be shown them."""
    plain = {_plain(column): column for column in reversed(table.frame.columns)}
    found = {}
    for fact, aliases in {
        "message": (*MESSAGE, *_MORE_IDS),
        "label": (*LABEL, *_MORE_LABELS),
        "expert": (*EXPERT, *_MORE_EXPERTS),
    }.items():
        near = next((plain[_plain(one)] for one in aliases if _plain(one) in plain), None)
        found[fact] = find_column(table, aliases) or near
    return LabelColumns(**found)


def unknown_words(words: pl.Series, known: Sequence[str]) -> pl.DataFrame:
    """
    Return the labels of a file that the codebook lacks.

    Args:
        words: (String) one label per row, "" where a row has none.
        known: the codebook's label names.

    Returns:
        `UNKNOWN_WORD_SCHEMA`, the most frequent first, then by word. `nearest` is the label that
        differs in case and marks alone, else the one that is spelt most alike.
    """
    counted = (
        words.rename("word")
        .to_frame()
        .filter((pl.col("word") != "") & ~pl.col("word").is_in(list(known)))
        .group_by("word")
        .agg(n=pl.len().cast(pl.Int64))
        .sort(-pl.col("n"), "word")
    )
    nearest = pl.Series("nearest", [_nearest(one, known) for one in counted["word"]], pl.String)
    return counted.with_columns(nearest)


def _nearest(word: str, known: Sequence[str]) -> str | None:
    plain = {_plain(name): name for name in reversed(known)}
    own = _plain(word)
    if not own:
        return None
    if own in plain:
        return plain[own]
    close = difflib.get_close_matches(own, plain, n=1)
    return plain[close[0]] if close else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
