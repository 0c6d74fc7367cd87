"""A table's rows as experts' labels, with a report on each row that is not in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from rhml_core.domain import REFERENCE_RATER, Phase
from rhml_core.exchange.columns import find_column, optional_text, require_column
from rhml_core.exchange.encodings import GUESSED_ENCODING
from rhml_core.exchange.label_problems import TRUTHS, find_problems, is_older
from rhml_core.exchange.label_words import EXPERT, LABEL, MESSAGE, LabelColumns, LabelWords
from rhml_core.exchange.own_exports import as_judged
from rhml_core.exchange.report import Table, errors_in, gather_problems, warnings_in
from rhml_core.exchange.times import parse_times

LABEL_SCHEMA = {
    "message_id": pl.String,
    "expert": pl.String,
    "label": pl.String,
    "phase": pl.String,
    "confidence": pl.String,
    "reason": pl.String,
    "is_simulated": pl.Boolean,
    "made_at": pl.Datetime("us", "UTC"),
}
"""
One row per judgement; `confidence` and `made_at` may be null, `reason` may be empty.

`is_simulated` says whether nobody real gave the label; null where the file does not say.
"""

_REASON = ("reason", "comment")
_TIME = ("at", "made_at")
_SIMULATED = ("is_simulated", "simulated")


@dataclass(frozen=True)
class PreparedLabels:
    """
    Labels read from a file, not yet imported.

    Attributes:
        labels: `LABEL_SCHEMA`, in file order. Faulty rows that could be read are among
            them; rows that a newer one replaces are not.
        rows: (Int64) each label's place in the file.
        problems: `PROBLEM_SCHEMA`, sorted by `row`.
        n_rows: rows in the file.
        n_left_out: faulty rows that were left out.
        n_unlabelled: rows that were left out because they have no label.
        n_word_left_out: rows that were left out because of the word that they have.
    """

    labels: pl.DataFrame
    rows: pl.Series
    problems: pl.DataFrame
    n_rows: int
    n_left_out: int = 0
    n_unlabelled: int = 0
    n_word_left_out: int = 0

    @property
    def is_importable(self) -> bool:
        """Whether no row has an error; warnings do not stand in the way."""
        return errors_in(self.problems).is_empty()

    def without_faulty_rows(self) -> "PreparedLabels":
        """Return the same without the rows that have an error; only their count is kept."""
        faulty = errors_in(self.problems)["row"].unique()
        is_sound = ~self.rows.is_in(faulty.implode())
        of_sound_rows = ~pl.col("row").is_in(faulty.implode())
        of_the_file = pl.col("problem") == GUESSED_ENCODING
        return replace(
            self,
            labels=self.labels.filter(is_sound),
            rows=self.rows.filter(is_sound),
            problems=warnings_in(self.problems).filter(of_sound_rows | of_the_file),
            n_left_out=self.n_left_out + faulty.len(),
        )


def prepare_labels(
    table: Table,
    *,
    known_messages: set[str],
    known_labels: Sequence[str],
    adjudicated: bool = False,
    columns: LabelColumns | None = None,
    words: LabelWords | None = None,
) -> PreparedLabels:
    """
    Return a table's rows as experts' labels, with what is wrong or notable about them.

    Columns, without regard to case: message_id (id, message), expert (annotator, rater,
    coder, worker), label (code, class); optional phase, confidence, reason (comment), at
    (made_at, time), is_simulated (simulated). Others are left aside, and so is `time` beside a
    column `text`: there it says when the message was sent.

    Problems that stand in the way: `unknown_message`, `empty_label`, `unknown_label`,
    `missing_expert`, `reserved_expert`, `bad_phase`, `bad_confidence`, `bad_simulated`,
    `mixed_simulated`, `bad_encoding`, `broken_row`. Warnings: `repeated_label` (of the same
    expert, message and phase the newest by time, else the last row, counts), `bad_time`,
    `guessed_encoding`.

    Args:
        table: as `read_table` gives it.
        known_messages: ids of the project's messages.
        known_labels: the codebook's label names.
        adjudicated: the labels are the reference; an expert need not be named, and each
            row's phase is `adjudicated`.
        columns: which hold message, label and expert; None goes by the names above.
        words: what the file's labels stand for; None takes them as they are.

    Raises:
        InvalidInputError: no column for the message, the expert or the label.
    """
    words = words or LabelWords()
    every = _read(as_judged(table), columns, words.expert, adjudicated=adjudicated)
    wanted = every.filter(pl.col("label") != "") if words.skips_unlabelled else every
    left_out = [word.strip() for word, label in words.stands_for.items() if label is None]
    read = wanted.filter(~pl.col("label").is_in(left_out)).with_columns(
        pl.col("label").replace(
            {word.strip(): label for word, label in words.stands_for.items() if label is not None}
        )
    )
    problems = find_problems(
        read,
        known_messages=known_messages,
        known_labels=[*known_labels, *words.new_labels],
        phases=(Phase.ADJUDICATED,) if adjudicated else tuple(Phase),
    )
    counting = read.filter(~is_older())
    return PreparedLabels(
        labels=counting.select(*LABEL_SCHEMA),
        rows=counting["row"],
        problems=gather_problems(table.problems, problems),
        n_rows=table.n_rows,
        n_unlabelled=every.height - wanted.height,
        n_word_left_out=wanted.height - read.height,
    )


def labels_as_written(table: Table, columns: LabelColumns) -> pl.Series:
    """Return each row's label without the blanks around it; "" for none."""
    return table.frame.select(
        label=optional_text(columns.label or require_column(table, LABEL)).fill_null("")
    ).to_series()


def _time_column(table: Table) -> str | None:
    """The column that says when a label was given."""
    holds_messages = find_column(table, ("text",)) is not None
    return find_column(table, _TIME if holds_messages else (*_TIME, "time"))


def _read(
    table: Table, columns: LabelColumns | None, expert: str, *, adjudicated: bool
) -> pl.DataFrame:
    """Return `LABEL_SCHEMA` and `row`, `*_text`; the first three columns may be empty."""
    chosen = columns or LabelColumns()
    expert_column = chosen.expert
    if columns is None:
        may_lack_it = adjudicated or bool(expert.strip())
        expert_column = (find_column if may_lack_it else require_column)(table, EXPERT)
    message = optional_text(chosen.message or require_column(table, MESSAGE))
    label = optional_text(chosen.label or require_column(table, LABEL))
    default_expert = expert.strip() or (REFERENCE_RATER if adjudicated else "")
    default_phase = Phase.ADJUDICATED if adjudicated else Phase.FINAL
    phase = optional_text(find_column(table, ("phase",)))
    return table.frame.select(
        table.rows.alias("row"),
        message_id=message.fill_null(""),
        expert=optional_text(expert_column).fill_null(default_expert),
        label=label.fill_null(""),
        phase=phase.str.to_lowercase().fill_null(default_phase.value),
        confidence=optional_text(find_column(table, ("confidence",))).str.to_lowercase(),
        reason=optional_text(find_column(table, _REASON)).fill_null(""),
        simulated_text=optional_text(find_column(table, _SIMULATED)).str.to_lowercase(),
        time_text=optional_text(_time_column(table)),
    ).with_columns(
        is_simulated=pl.col("simulated_text").replace_strict(
            TRUTHS, default=None, return_dtype=pl.Boolean
        ),
        made_at=parse_times(pl.col("time_text")),
    )
