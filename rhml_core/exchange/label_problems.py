"""What may be wrong with labels read from a file."""

import difflib
from collections.abc import Sequence

import polars as pl

from rhml_core.domain import MACHINE_RATER, Confidence, Phase
from rhml_core.exchange.report import ERROR, WARNING, gather_problems, problems_where
from rhml_core.exchange.times import unread_times

TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
"""How a file may say, in small letters, whether something is so."""

_MOST_SUGGESTIONS = 1_000
_SAME_JUDGEMENT = ("expert", "message_id", "phase")


def is_older() -> pl.Expr:
    """Return whether a newer row holds the same expert's label for the message and phase."""
    return pl.col("row") != _newest_row()


def find_problems(
    read: pl.DataFrame,
    *,
    known_messages: set[str],
    known_labels: Sequence[str],
    phases: Sequence[Phase],
) -> pl.DataFrame:
    """
    Return what is wrong or notable about labels: `PROBLEM_SCHEMA`, sorted by `row`.

    Args:
        read: `row` (Int64), `message_id`, `expert`, `label`, `phase`, `confidence`,
            `simulated_text`, `time_text` (String), `is_simulated` (Boolean), `made_at` (Datetime).
        known_messages: ids in the project.
        known_labels: the codebook's label names.
        phases: those that are allowed.
    """
    return gather_problems(
        _unknown_messages(read, known_messages),
        *_label_faults(read, known_labels),
        *_expert_faults(read),
        *_simulated_faults(read),
        _not_one_of(read, "phase", [phase.value for phase in phases]),
        _not_one_of(read, "confidence", [step.value for step in Confidence]),
        problems_where(
            read.with_columns(newest=_newest_row()),
            is_older(),
            "repeated_label",
            pl.format(
                "{} labels the message again in row {}, which counts; this row is left aside.",
                "expert",
                "newest",
            ),
            WARNING,
        ),
        unread_times(read, "made_at"),
    )


def _newest_row() -> pl.Expr:
    newest = pl.col("row").sort_by("made_at", "row", nulls_last=False).last()
    # A row without expert is nobody's: it cannot replace another one.
    return pl.when(pl.col("expert") != "").then(newest.over(_SAME_JUDGEMENT)).otherwise("row")


def _unknown_messages(read: pl.DataFrame, known: set[str]) -> pl.DataFrame:
    return problems_where(
        read,
        ~pl.col("message_id").is_in(pl.Series(list(known), dtype=pl.String).implode()),
        "unknown_message",
        pl.format(
            'The project has no message "{}". Import the message first, or correct its id.',
            "message_id",
        ),
        ERROR,
    )


def _label_faults(read: pl.DataFrame, known: Sequence[str]) -> list[pl.DataFrame]:
    is_unknown = (pl.col("label") != "") & ~pl.col("label").is_in(list(known))
    unknown = read.filter(is_unknown)["label"].unique(maintain_order=True)
    nearest = pl.DataFrame(
        {
            "label": unknown,
            "nearest": [_advice(label, known) for label in unknown.head(_MOST_SUGGESTIONS)]
            + [_ADD_IT] * max(0, unknown.len() - _MOST_SUGGESTIONS),
        },
        schema={"label": pl.String, "nearest": pl.String},
    )
    advised = read.join(nearest, on="label", how="left", maintain_order="left")
    return [
        problems_where(
            read,
            pl.col("label") == "",
            "empty_label",
            pl.lit("The label is missing. Fill it in or leave the row out."),
            ERROR,
        ),
        problems_where(
            advised,
            is_unknown,
            "unknown_label",
            pl.format('The codebook has no label "{}". {}', "label", "nearest"),
            ERROR,
        ),
    ]


_ADD_IT = "Correct it, say what it stands for, or add it to the codebook."


def _advice(label: str, known: Sequence[str]) -> str:
    plain = {name.casefold(): name for name in reversed(known)}
    close = [plain[name] for name in difflib.get_close_matches(label.casefold(), plain)]
    if not close:
        return _ADD_IT
    return f"Near it are {', '.join(close)}. {_ADD_IT}"


def _expert_faults(read: pl.DataFrame) -> list[pl.DataFrame]:
    return [
        problems_where(
            read,
            pl.col("expert") == "",
            "missing_expert",
            pl.lit("It is not said who gave the label. Fill in the expert."),
            ERROR,
        ),
        problems_where(
            read,
            pl.col("expert").str.to_lowercase() == MACHINE_RATER,
            "reserved_expert",
            pl.lit(f'"{MACHINE_RATER}" stands for the machine. Name the expert otherwise.'),
            ERROR,
        ),
    ]


def _simulated_faults(read: pl.DataFrame) -> list[pl.DataFrame]:
    """Whoever is simulated is so in each row: a label must not pass for a person's."""
    is_said = pl.col("is_simulated")
    return [
        problems_where(
            read,
            pl.col("simulated_text").is_not_null() & is_said.is_null(),
            "bad_simulated",
            pl.format(
                'Whether the expert is simulated cannot be told from "{}". Use true or false, or '
                "leave it empty.",
                pl.col("simulated_text").str.head(40),
            ),
            ERROR,
        ),
        problems_where(
            read,
            (is_said.max().over("expert") != is_said.min().over("expert"))
            & (pl.col("expert") != ""),
            "mixed_simulated",
            pl.format(
                "{} is simulated in some rows and not in others. Say the same in each, or give "
                "one of them another name.",
                "expert",
            ),
            ERROR,
        ),
    ]


def _not_one_of(read: pl.DataFrame, column: str, allowed: Sequence[str]) -> pl.DataFrame:
    return problems_where(
        read,
        ~pl.col(column).is_in(list(allowed)),
        f"bad_{column}",
        pl.format(
            "The " + column + ' "{}" is unknown. Use {}, or leave it empty.',
            column,
            pl.lit(" or ".join(allowed)),
        ),
        ERROR,
    )
