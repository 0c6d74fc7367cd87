"""Rows of a file that say what another message says, but for case, spacing and the like."""

from collections.abc import Iterable

import polars as pl

from rhml_core.exchange.message_problems import NEAR_REPEAT, REPEATED_TEXT
from rhml_core.exchange.messages import PreparedMessages
from rhml_core.exchange.report import WARNING, errors_in, problems_where
from rhml_core.machine.doubts.near_duplicates import normalised_text

_IN_PROJECT = 0
"""Stands for the project where a row of the file would stand."""


def near_repeats(prepared: PreparedMessages, known_texts: Iterable[str]) -> pl.DataFrame:
    """
    The rows whose text differs from an earlier row's, or a known one, in nothing that is said.

    What counts as the same is `normalised_text`. Rows with an error and exact repeats are no
    near ones, and are not what others repeat.

    Args:
        prepared: the checked rows.
        known_texts: of the messages already in the project.

    Returns:
        `PROBLEM_SCHEMA`, one `NEAR_REPEAT` for each such row, in file order; no rows if none.
    """
    problems = prepared.problems
    left_aside = pl.concat(
        [errors_in(problems)["row"], problems.filter(pl.col("problem") == REPEATED_TEXT)["row"]]
    )
    rows = prepared.messages.select("message_id", "text").with_columns(row=prepared.rows)
    sound = rows.filter(~pl.col("row").is_in(left_aside.implode()))
    first = dict.fromkeys(map(normalised_text, known_texts), _IN_PROJECT)
    repeated = [
        None if first.setdefault(said, row) == row else first[said]
        for row, said in zip(sound["row"], map(normalised_text, sound["text"]), strict=True)
    ]
    frame = sound.with_columns(other=pl.Series(repeated, dtype=pl.Int64))
    where = (
        pl.when(pl.col("other") == _IN_PROJECT)
        .then(pl.lit("a message in the project"))
        .otherwise(pl.format("row {}", "other"))
    )
    return problems_where(
        frame,
        pl.col("other").is_not_null(),
        NEAR_REPEAT,
        pl.format(
            "The text is that of {} but for case, spacing or unseen characters. It is kept; take "
            "it out of the file if it is the same message.",
            where,
        ),
        WARNING,
    )
