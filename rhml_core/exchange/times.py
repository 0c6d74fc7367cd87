"""Points in time as people and programs write them."""

import polars as pl

from rhml_core.exchange.report import WARNING, problems_where

_FORMATS_FOR_PEOPLE = "2024-05-31T14:30:00Z or 2024-05-31 14:30"

_TIME = pl.Datetime("us", "UTC")
_WITH_ZONE = (
    *("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z", "%a %b %d %H:%M:%S %z %Y"),
    "%a, %d %b %Y %H:%M:%S %z",
)
_WITHOUT_ZONE = (
    *("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"),
    *("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"),
)
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y")


def unread_times(read: pl.DataFrame, made: str) -> pl.DataFrame:
    """Return the warning on each `time_text` of which no point in time was made, as problems."""
    return problems_where(
        read,
        pl.col("time_text").is_not_null() & pl.col(made).is_null(),
        "bad_time",
        pl.format(
            'The time "{}" cannot be understood and is left empty. Write it as {}.',
            pl.col("time_text").str.head(40),
            pl.lit(_FORMATS_FOR_PEOPLE),
        ),
        WARNING,
    )


def parse_times(text: pl.Expr) -> pl.Expr:
    """
    Return texts as points in time: Datetime[us, UTC], null where a text is none.

    Known are ISO 8601, the forms of mail and of Twitter, day.month.year, and seconds or
    milliseconds since 1970. A time without zone is taken as UTC. `03/04/2024` stays null:
    nobody can tell the day from the month.

    Args:
        text: a String column, not a literal.
    """
    return text.map_batches(_parse, return_dtype=_TIME)


def _parse(texts: pl.Series) -> pl.Series:
    left = texts.rename("text").drop_nulls().unique().to_frame()
    understood = [pl.DataFrame(schema={"text": pl.String, "at": _TIME})]
    text = pl.col("text").str.strip_chars().str.replace(r"^(\d{4}-\d\d-\d\d)[Tt]", "$1 ")
    text = text.str.replace(r"(\d) ?(?:UTC|GMT|[Zz])$", "$1+00:00")
    for form in _forms(text):
        if left.is_empty():
            break  # a form costs seconds on a million texts, and most files use one alone
        tried = left.with_columns(at=form)
        understood.append(tried.filter(pl.col("at").is_not_null()))
        left = tried.filter(pl.col("at").is_null()).select("text")
    known = pl.concat(understood)
    return (
        texts.rename("text")
        .to_frame()
        .join(known, on="text", how="left", maintain_order="left")["at"]
    )


def _forms(text: pl.Expr) -> list[pl.Expr]:
    zoned = [
        text.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")
        for form in _WITH_ZONE
    ]
    plain = [
        text.str.to_datetime(form, strict=False, time_unit="us").dt.replace_time_zone("UTC")
        for form in _WITHOUT_ZONE
    ]
    dates = [text.str.to_date(form, strict=False).cast(_TIME) for form in _DATES]
    return [*zoned, *plain, *dates, _since_1970(text)]


def _since_1970(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Int64, strict=False)
    seconds = pl.when(text.str.contains(r"^\d{9,10}$")).then(number * 1_000_000)
    milliseconds = pl.when(text.str.contains(r"^\d{12,13}$")).then(number * 1_000)
    return pl.coalesce(seconds, milliseconds).cast(_TIME)
