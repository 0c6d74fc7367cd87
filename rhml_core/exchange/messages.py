"""A table's rows as messages, with a report on each row that is not in order."""

import hashlib
from dataclasses import dataclass, replace

import polars as pl

from rhml_core.domain import Split
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.columns import listed, optional_text
from rhml_core.exchange.encodings import GUESSED_ENCODING
from rhml_core.exchange.mapping import Mapping
from rhml_core.exchange.message_problems import NEAR_REPEAT, REPEATED_TEXT, find_problems
from rhml_core.exchange.own_exports import METADATA, kept_metadata, without_answers
from rhml_core.exchange.report import Table, errors_in, gather_problems, warnings_in
from rhml_core.exchange.times import parse_times
from rhml_core.settings import Settings

_HOLDOUT_WORDS = ("holdout", "hold-out", "hold_out", "hold out", "held-out", "test")
_ID_DIGITS = 12

MESSAGE_SCHEMA = {
    "message_id": pl.String,
    "text": pl.String,
    "author": pl.String,
    "sent_at": pl.Datetime("us", "UTC"),
    "thread": pl.String,
    "reply_to": pl.String,
    "language": pl.String,
    "metadata": pl.String,
    "split": pl.String,
    "text_hash": pl.String,
}
"""One row per message; `metadata` is a JSON object, `text_hash` the text's SHA-256 in hex."""


@dataclass(frozen=True)
class PreparedMessages:
    """
    Messages read from a file, not yet imported.

    Attributes:
        messages: `MESSAGE_SCHEMA`, in file order. `author`, `sent_at`, `thread`, `reply_to`
            and `language` may be null. Faulty rows that could be read are among them.
        rows: (Int64) each message's place in the file.
        problems: `PROBLEM_SCHEMA`, sorted by `row`.
        n_rows: rows in the file.
        n_left_out: faulty rows that were left out.
        n_repeats_left_out: rows that were left out because their text stands elsewhere.
    """

    messages: pl.DataFrame
    rows: pl.Series
    problems: pl.DataFrame
    n_rows: int
    n_left_out: int = 0
    n_repeats_left_out: int = 0

    @property
    def is_importable(self) -> bool:
        """Whether no row has an error; warnings do not stand in the way."""
        return errors_in(self.problems).is_empty()

    @property
    def n_repeats(self) -> int:
        """Rows without an error whose text stands in an earlier row or in the project."""
        return self._repeats().len()

    @property
    def n_near_repeats(self) -> int:
        """Rows that differ from such a text in case, spacing or the like alone."""
        return self.problems.filter(pl.col("problem") == NEAR_REPEAT)["row"].n_unique()

    def without_faulty_rows(self) -> "PreparedMessages":
        """Return the same without the rows that have an error; only their count is kept."""
        faulty = errors_in(self.problems)["row"].unique()
        left = self._without(faulty)
        return replace(
            left,
            problems=warnings_in(left.problems),
            n_left_out=self.n_left_out + faulty.len(),
        )

    def without_repeated_texts(self) -> "PreparedMessages":
        """Return the same with each text once: the first row that has it, or what was there."""
        repeats = self._repeats()
        return replace(
            self._without(repeats), n_repeats_left_out=self.n_repeats_left_out + repeats.len()
        )

    def _repeats(self) -> pl.Series:
        faulty = errors_in(self.problems)["row"].unique()
        repeated = self.problems.filter(pl.col("problem") == REPEATED_TEXT)["row"].unique()
        return repeated.filter(~repeated.is_in(faulty.implode()))

    def _without(self, rows: pl.Series) -> "PreparedMessages":
        is_kept = ~self.rows.is_in(rows.implode())
        of_kept_rows = ~pl.col("row").is_in(rows.implode())
        of_the_file = pl.col("problem") == GUESSED_ENCODING
        return replace(
            self,
            messages=self.messages.filter(is_kept),
            rows=self.rows.filter(is_kept),
            problems=self.problems.filter(of_kept_rows | of_the_file),
        )


def prepare_messages(
    table: Table,
    mapping: Mapping,
    settings: Settings,
    *,
    known_ids: set[str],
    known_texts: set[str],
    split_column: str | None = None,
) -> PreparedMessages:
    """
    Return a table's rows as messages, with what is wrong or notable about them.

    A row without id gets one made of its text and of how often the text stood before in
    the file, so that the same file always gives the same ids. Texts stay as they are; only
    the NUL character, which cannot be stored, becomes U+FFFD. Of messages that were exported
    (`MESSAGE_EXPORT`), what the export added is left aside and guards come off.

    Problems that stand in the way: `empty`, `duplicate_id`, `too_long`, `bad_encoding`,
    `broken_row`. Warnings: `duplicate_text`, `bad_time`, `nul_character`,
    `guessed_encoding`. Where rows repeat each other, the first is in order.

    Args:
        table: as `read_table` gives it.
        mapping: which column holds what; the others become metadata, but never its `label`.
        settings: limits on rows and on a text's length.
        known_ids: ids of the messages already in the project.
        known_texts: SHA-256 in hex of their texts.
        split_column: instead of the mapping's; `holdout`, `hold-out` and `test` make a
            message hold-out, anything else pool.

    Raises:
        InvalidInputError: no text column, a column that the table lacks, or too many rows.
    """
    mapping = replace(mapping, split=split_column or mapping.split)
    exported = without_answers(table, replace(mapping, label=None).columns)
    if exported is not None:
        mapping = replace(mapping, label=None)  # what an export added is gone already
    table = exported or table
    text_column = _check(table, mapping, settings)
    read = _read(table, mapping, text_column, is_export=exported is not None)
    problems = find_problems(
        read,
        known_ids=known_ids,
        known_texts=known_texts,
        max_characters=settings.max_text_characters,
    )
    return PreparedMessages(
        messages=read.select(*MESSAGE_SCHEMA),
        rows=read["row"],
        problems=gather_problems(table.problems, problems),
        n_rows=table.n_rows,
    )


def _check(table: Table, mapping: Mapping, settings: Settings) -> str:
    """Return the text column, once everything that is named is there."""
    columns = table.frame.columns
    if mapping.text is None:
        raise InvalidInputError(
            f"No column of {table.name} was found to hold the text. Its columns are "
            f"{listed(table)}: choose one of them as the text column."
        )
    missing = [column for column in mapping.columns if column not in columns]
    if missing:
        raise InvalidInputError(
            f'{table.name} has no column "{missing[0]}". Its columns are {listed(table)}: '
            "choose one of them."
        )
    if table.n_rows > settings.max_rows:
        raise InvalidInputError(
            f"{table.name} has {table.n_rows:,} rows; at most {settings.max_rows:,} can be "
            "imported at once. Split the file."
        )
    return mapping.text


def _read(table: Table, mapping: Mapping, text_column: str, *, is_export: bool) -> pl.DataFrame:
    """Return `MESSAGE_SCHEMA` and `row`, `time_text`, `had_nul` for each row."""
    others = [column for column in table.frame.columns if column not in mapping.columns]
    split_text = optional_text(mapping.split).str.to_lowercase()
    text = pl.col(text_column)
    metadata = pl.struct(others).struct.json_encode() if others else pl.lit("{}")
    if is_export and others == [METADATA]:
        metadata = pl.col(METADATA).map_batches(kept_metadata, return_dtype=pl.String)
    read = table.frame.lazy().select(
        table.rows.alias("row"),
        given_id=optional_text(mapping.id),
        text=text.str.replace_all("\x00", "\ufffd", literal=True),
        author=optional_text(mapping.author),
        thread=optional_text(mapping.thread),
        reply_to=optional_text(mapping.reply_to),
        language=optional_text(mapping.language),
        metadata=metadata,
        split=pl.when(split_text.is_in(_HOLDOUT_WORDS))
        .then(pl.lit(Split.HOLDOUT.value))
        .otherwise(pl.lit(Split.POOL.value)),
        time_text=optional_text(mapping.time),
        had_nul=text.str.contains("\x00", literal=True),
    )
    complete = read.collect().with_columns(
        sent_at=parse_times(pl.col("time_text")),
        text_hash=pl.col("text").map_batches(_hashes, return_dtype=pl.String),
    )
    return complete.with_columns(message_id=_ids(complete)).drop("given_id")


def _ids(read: pl.DataFrame) -> pl.Series:
    """
    Return each row's own id, or one made of its text, a NUL and its occurrence, from 1.

    No text holds a NUL, so "a" for the 11th time and "a1" for the first stay apart.
    """
    given = read["given_id"]
    if not given.null_count():
        return given
    numbered = read.select(
        pl.format("{}\x00{}", "text", pl.int_range(1, pl.len() + 1).over("text"))
    ).to_series()
    made = pl.lit("m-") + _hashes(numbered).str.head(_ID_DIGITS)
    return pl.select(pl.coalesce(given, made)).to_series()


def _hashes(texts: pl.Series) -> pl.Series:
    """Return the SHA-256 of each text in hex; Polars has none of its own."""
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    return pl.Series("hash", digests, dtype=pl.String)
