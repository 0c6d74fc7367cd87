"""Where the records of a CSV file start and how many fields each has, without reading them."""

import polars as pl


def record_layout(data: bytes, separator: str) -> pl.DataFrame:
    """
    Return each record's place and number of fields, found by counting quotation marks.

    Polars reads CSV fast but fills short rows in silence and does not know lines; this
    count lets its answer be trusted, or not.

    Args:
        data: UTF-8; lines end in a line feed, with or without carriage return.
        separator: one character.

    Returns:
        One row per record, in file order: `line` (Int64, from 1, where it starts),
        `n_fields` (Int64), `is_blank` (Boolean), `is_regular` (Boolean: quotation marks
        stand only around whole fields, doubled inside). No rows if there is no line.
    """
    mark = f"[{separator}]" if separator != "|" else r"\|"
    other = f"[^{separator}]"
    # Every quoted field, or the part of one that stands in this line, becomes one mark.
    quoted = r'"(?:[^"]|"")*(?:"|$)'
    return (
        pl.read_lines(data, name="text")
        .lazy()
        .with_columns(n_marks=pl.col("text").str.count_matches('"', literal=True))
        .with_columns(is_inside=pl.col("n_marks").cum_sum().shift(1, fill_value=0) % 2 == 1)
        .with_columns(
            bare=pl.when("is_inside")
            .then(pl.lit('"') + pl.col("text"))
            .otherwise("text")
            .str.replace_all(quoted, '"')
        )
        .select(
            "is_inside",
            line=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
            n_separators=pl.col("bare").str.count_matches(mark).cast(pl.Int64),
            is_regular=~pl.col("bare").str.contains(f'{other}"|"{other}|\r'),
            is_blank=pl.col("bare") == "",
        )
        .group_by((~pl.col("is_inside")).cum_sum(), maintain_order=True)
        .agg(
            pl.col("line").first(),
            n_fields=pl.col("n_separators").sum() + 1,
            is_blank=pl.col("is_blank").all(),
            is_regular=pl.col("is_regular").all(),
        )
        .select("line", "n_fields", "is_blank", "is_regular")
        .collect()
    )
