"""JSON Lines files into tables."""

import json
from collections.abc import Callable
from typing import Any

import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.encodings import decode_file
from rhml_core.exchange.headers import MAX_COLUMNS
from rhml_core.exchange.report import Table, gather_problems, unreadable_rows

_LINES_BETWEEN_REPORTS = 50_000


def read_jsonl(raw: bytes, name: str, on_progress: Callable[[int, int], None]) -> Table:
    """
    Return the objects of a JSON Lines file, each with the number of its line.

    Columns stand in order of first appearance. Numbers stay as they are written; lists and
    objects become JSON; a missing or null value is an empty text.

    Raises:
        InvalidInputError: no line is a JSON object, or there are too many names.
    """
    decoded = decode_file(raw, name)
    frame, places, found = read_objects(decoded.data, name, on_progress)
    if places.is_empty():
        raise no_object(name)
    problems = gather_problems(decoded.problems, found)
    return Table(name, frame, places, problems, decoded.encoding)


def read_objects(
    data: bytes, name: str, on_progress: Callable[[int, int], None]
) -> tuple[pl.DataFrame, pl.Series, pl.DataFrame]:
    """
    Return the objects of some lines, the lines' numbers from 1, and the other lines' faults.

    Raises:
        InvalidInputError: there are too many names.
    """
    lines = data.split(b"\n")
    columns: dict[str, list[str]] = {}
    rows: list[int] = []
    found: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines, start=1):
        if number % _LINES_BETWEEN_REPORTS == 0:
            on_progress(len(data) * number // len(lines), len(data))
        if not line.strip():
            continue
        record = _read_object(line)
        if isinstance(record, str):
            found.append((number, record, _EXPLANATIONS[record]))
            continue
        _append(columns, record, len(rows), name)
        rows.append(number)
    frame = pl.DataFrame(
        {key: values + [""] * (len(rows) - len(values)) for key, values in columns.items()}
    )
    places = pl.Series("row", rows, dtype=pl.Int64)
    return frame, places, unreadable_rows(found)


def no_object(name: str) -> InvalidInputError:
    """The error for a file without any object."""
    return InvalidInputError(
        f"{name} holds no JSON object. Each line needs one object, such as "
        '{"id": "1", "text": "Hello"}.'
    )


_EXPLANATIONS = {
    "bad_encoding": "Some characters are not UTF-8. Correct them or save the file as UTF-8.",
    "broken_row": "The line is not a JSON object. Write one object on one line.",
}


def _read_object(line: bytes) -> dict[str, str] | str:
    """Return the values as text, or the problem's code."""
    try:
        value = json.loads(line.decode(), parse_int=str, parse_float=str, parse_constant=str)
        if not isinstance(value, dict):
            return "broken_row"
        texts = {key: _as_text(item) for key, item in value.items()}
        "".join((*texts, *texts.values())).encode()  # an escaped lone surrogate is no character
    except UnicodeError:
        return "bad_encoding"
    except (ValueError, RecursionError):
        return "broken_row"
    return texts


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _append(
    columns: dict[str, list[str]], record: dict[str, str], n_before: int, name: str
) -> None:
    for key, text in record.items():
        values = columns.setdefault(key, [])
        values.extend([""] * (n_before - len(values)))  # absent in the rows between
        values.append(text)
    if len(columns) > MAX_COLUMNS:
        raise InvalidInputError(
            f"{name} uses more than {MAX_COLUMNS:,} different names. Use the same names in each "
            "object."
        )
