"""What reading a file hands over: the rows that could be read, and what is wrong with others."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

ERROR = "error"
WARNING = "warning"

PROBLEM_SCHEMA = {
    "row": pl.Int64,
    "message_id": pl.String,
    "problem": pl.String,
    "explanation": pl.String,
    "severity": pl.String,
}
"""One row per problem; `explanation` is for people and names the remedy."""


@dataclass(frozen=True)
class Table:
    """
    A file's contents as text.

    Attributes:
        name: the file's name, for messages to people.
        frame: the rows that could be read, in file order; every column String, without
            nulls: what is absent in the file is an empty text.
        rows: (Int64) for each row of `frame`, where it stands in the file as a person
            counts: see `read_table`.
        problems: `PROBLEM_SCHEMA`; each error stands for one row kept apart from `frame`.
        encoding: how the text was decoded, such as `utf-8`; None for binary formats.
        sheets: a workbook's sheets that hold something, in its order; none for other formats.
        sheet: the one that was read; "" for other formats.
    """

    name: str
    frame: pl.DataFrame
    rows: pl.Series
    problems: pl.DataFrame
    encoding: str | None = None
    sheets: tuple[str, ...] = ()
    sheet: str = ""

    @property
    def n_rows(self) -> int:
        """Rows in the file, the unreadable ones included."""
        return self.frame.height + errors_in(self.problems).height


def no_problems() -> pl.DataFrame:
    """Return the empty report: `PROBLEM_SCHEMA` and no rows."""
    return pl.DataFrame(schema=PROBLEM_SCHEMA)


def unreadable_rows(found: Iterable[tuple[int, str, str]]) -> pl.DataFrame:
    """Return errors for rows kept apart, from `(row, problem, explanation)`, in that order."""
    columns = [(row, "", problem, explanation, ERROR) for row, problem, explanation in found]
    return pl.DataFrame(columns, schema=PROBLEM_SCHEMA, orient="row")


def problems_where(
    frame: pl.DataFrame, condition: pl.Expr, problem: str, explanation: pl.Expr, severity: str
) -> pl.DataFrame:
    """
    Return one problem for each row of a frame that meets a condition.

    Args:
        frame: with `row` (Int64) and `message_id` (String) beside what the expressions read.
        condition: Boolean; null counts as not met.
        problem: the code.
        explanation: String, for people.
        severity: `ERROR` or `WARNING`.

    Returns:
        `PROBLEM_SCHEMA`, in the frame's order; no rows if none meets the condition.
    """
    return (
        frame.lazy()
        .filter(condition)
        .select(
            "row",
            pl.col("message_id").fill_null(""),
            problem=pl.lit(problem),
            explanation=explanation,
            severity=pl.lit(severity),
        )
        .collect()
    )


def gather_problems(*reports: pl.DataFrame) -> pl.DataFrame:
    """Return all reports as one: `PROBLEM_SCHEMA`, sorted by `row`, then as given."""
    return pl.concat([no_problems(), *reports]).sort("row", maintain_order=True)


def errors_in(problems: pl.DataFrame) -> pl.DataFrame:
    """Return the problems that stand in the way of an import, in their order."""
    return problems.filter(pl.col("severity") == ERROR)


@dataclass(frozen=True)
class ProblemCount:
    """
    How often one problem occurs in a file.

    Attributes:
        problem: its code.
        severity: `ERROR` or `WARNING`.
        n_rows: rows that have it, at least 1.
        first_rows: the first few of them, as they are counted in the file.
    """

    problem: str
    severity: str
    n_rows: int
    first_rows: tuple[int, ...]


def count_problems(problems: pl.DataFrame, *, n_named: int = 5) -> list[ProblemCount]:
    """Return how often each problem occurs: errors first, then the more frequent, then by code."""
    counted = (
        problems.group_by("severity", "problem")
        .agg(n=pl.col("row").n_unique(), rows=pl.col("row").unique().sort().head(n_named))
        .sort(pl.col("severity") != ERROR, -pl.col("n").cast(pl.Int64), "problem")
    )
    return [
        ProblemCount(problem, severity, n, tuple(rows))
        for severity, problem, n, rows in counted.iter_rows()
    ]


def warnings_in(problems: pl.DataFrame) -> pl.DataFrame:
    """Return the problems that do not stand in the way of an import, in their order."""
    return problems.filter(pl.col("severity") == WARNING)
