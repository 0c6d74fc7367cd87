"""What may be wrong with messages read from a file."""

import polars as pl

from rhml_core.exchange.report import ERROR, WARNING, gather_problems, problems_where
from rhml_core.exchange.times import unread_times

REPEATED_TEXT = "duplicate_text"
"""The problem of a row whose text stands in an earlier row, or in the project."""
NEAR_REPEAT = "near_duplicate_text"
"""The problem of a row whose text differs from such a one in case, spacing or the like alone."""


def find_problems(
    read: pl.DataFrame, *, known_ids: set[str], known_texts: set[str], max_characters: int
) -> pl.DataFrame:
    """
    Return what is wrong or notable about messages: `PROBLEM_SCHEMA`, sorted by `row`.

    Args:
        read: `row` (Int64), `message_id`, `text`, `text_hash`, `time_text` (String),
            `sent_at` (Datetime), `had_nul` (Boolean).
        known_ids: ids in the project.
        known_texts: SHA-256 in hex of the texts in the project.
        max_characters: longest text allowed.
    """
    is_empty = pl.col("text").str.strip_chars() == ""
    n_characters = pl.col("text").str.len_chars()
    first_with_id = pl.col("row").first().over("message_id")
    is_first_with_id = pl.col("row") == pl.col("first_with_id")
    is_short = pl.col("n_characters") <= max_characters
    is_sound = is_first_with_id & is_short & ~pl.col("is_known_id") & ~pl.col("is_empty")
    seen = read.lazy().with_columns(
        is_empty=is_empty,
        n_characters=n_characters,
        first_with_id=first_with_id,
        is_known_id=_is_among("message_id", known_ids),
        is_known_text=_is_among("text_hash", known_texts),
    )
    # A row that cannot come in is no first one: leaving out the others would lose the text.
    first_sound = pl.col("row").filter(is_sound).first().over("text_hash")
    frame = seen.with_columns(first_with_text=first_sound).collect()
    return gather_problems(
        *_faults(frame, max_characters),
        *_repeated_texts(frame),
        unread_times(frame, "sent_at"),
        problems_where(
            frame,
            pl.col("had_nul"),
            "nul_character",
            pl.lit(
                "The text holds a NUL character, which was replaced by U+FFFD. Check whether "
                "the file was exported rightly."
            ),
            WARNING,
        ),
    )


def _faults(frame: pl.DataFrame, max_characters: int) -> list[pl.DataFrame]:
    is_repeated = pl.col("row") != pl.col("first_with_id")
    return [
        problems_where(
            frame,
            pl.col("is_empty"),
            "empty",
            pl.lit("The message has no text. Fill it in or leave the row out."),
            ERROR,
        ),
        problems_where(
            frame,
            pl.col("n_characters") > max_characters,
            "too_long",
            pl.format(
                "The text has {} characters; at most {} are allowed. Shorten or split it.",
                "n_characters",
                pl.lit(max_characters),
            ),
            ERROR,
        ),
        problems_where(
            frame,
            is_repeated,
            "duplicate_id",
            pl.format(
                'The id "{}" stands already in row {}. Give each message its own id.',
                "message_id",
                "first_with_id",
            ),
            ERROR,
        ),
        problems_where(
            frame,
            pl.col("is_known_id") & ~is_repeated,
            "duplicate_id",
            pl.format(
                'A message with the id "{}" is already in the project. Leave the row out, or '
                "give it another id if it is another message.",
                "message_id",
            ),
            ERROR,
        ),
    ]


def _repeated_texts(frame: pl.DataFrame) -> list[pl.DataFrame]:
    is_later = (pl.col("row") > pl.col("first_with_text")).fill_null(value=False)
    is_repeated = is_later & ~pl.col("is_empty")
    return [
        problems_where(
            frame,
            is_repeated,
            REPEATED_TEXT,
            pl.format(
                "The text is the same as in row {}. It is kept; leave it out if it is the same "
                "message.",
                "first_with_text",
            ),
            WARNING,
        ),
        problems_where(
            frame,
            pl.col("is_known_text") & ~is_repeated & ~pl.col("is_empty"),
            REPEATED_TEXT,
            pl.lit(
                "A message with the same text is already in the project. It is kept; leave it "
                "out if it is the same message."
            ),
            WARNING,
        ),
    ]


def _is_among(column: str, known: set[str]) -> pl.Expr:
    return pl.col(column).is_in(pl.Series(list(known), dtype=pl.String).implode())
