"""CSV and TSV files into tables: fast where the file is clean, line by line where it is not."""

import csv
import itertools
import re
from collections.abc import Callable, Sequence

import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.csv_layout import record_layout
from rhml_core.exchange.csv_records import CsvRecord, read_records
from rhml_core.exchange.encodings import decode_file
from rhml_core.exchange.headers import column_names
from rhml_core.exchange.report import Table, gather_problems, unreadable_rows

_SEPARATORS = ",;\t|"
SNIFFED_BYTES = 65_536
_SNIFFED_RECORDS = 200
_CHUNK_RECORDS = 50_000
_BLANK_LINES = re.compile(rb"(?:[ \t]*\r?\n)+")
_EXCEL_HINT = re.compile(rb"sep=([,;\t|])\r?\n")

_Progress = Callable[[int, int], None]
_FastResult = tuple[pl.DataFrame, pl.Series]
SlowResult = tuple[pl.DataFrame, pl.Series, pl.DataFrame]


def read_csv(raw: bytes, name: str, separator: str | None, on_progress: _Progress) -> Table:
    """
    Return a CSV file's rows, each with the physical line on which it starts.

    Args:
        raw: the file's bytes.
        name: the file's name.
        separator: None sniffs it among comma, semicolon, tab and bar.
        on_progress: called with bytes done and in all.

    Raises:
        InvalidInputError: no header, no rows, or quotation marks beyond repair.
    """
    decoded = decode_file(raw, name)
    data = decoded.data
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # line ends of the old Macintosh
    data, n_skipped, hinted = skip_preamble(data)
    separator = separator or hinted or sniff_separator(data)
    columns = column_names(header_record(data, separator, name)[0], name)

    clean = None if decoded.is_damaged else read_clean(data, separator, columns)
    if clean is not None:
        frame, lines = clean
        problems = decoded.problems
    else:
        frame, lines, found = _read_unclean(data, separator, columns, name, on_progress)
        shifted = found.with_columns(pl.col("row") + n_skipped)
        problems = gather_problems(decoded.problems, shifted)
    return Table(name, frame, (lines + n_skipped).rename("row"), problems, decoded.encoding)


def sniff_separator(data: bytes) -> str:
    """
    Return the separator under which the most records have as many fields as the first one.

    A separator that does not occur in the first record is taken only if none does.
    """
    sample = data[:SNIFFED_BYTES].decode("utf-8", "replace").split("\n")
    if len(data) > SNIFFED_BYTES:
        sample = sample[:-1] or sample  # the last line is cut off
    fits = {separator: _fit(sample, separator) for separator in _SEPARATORS}
    return max(_SEPARATORS, key=lambda separator: fits[separator])


def _fit(lines: Sequence[str], separator: str) -> tuple[bool, float, int]:
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator)
    try:
        widths = [len(record) for record in itertools.islice(reader, _SNIFFED_RECORDS) if record]
    except csv.Error:
        return (False, 0.0, 0)
    if not widths:
        return (False, 0.0, 0)
    share = sum(width == widths[0] for width in widths) / len(widths)
    return (widths[0] > 1, share, widths[0])


def skip_preamble(data: bytes) -> tuple[bytes, int, str | None]:
    """Return what follows blank lines and Excel's hint, how many lines went, and the hint."""
    n_skipped, hinted = 0, None
    if blank := _BLANK_LINES.match(data):
        n_skipped += blank.group().count(b"\n")
        data = data[blank.end() :]
    if hint := _EXCEL_HINT.match(data):
        n_skipped += 1
        hinted = hint.group(1).decode()
        data = data[hint.end() :]
    return data, n_skipped, hinted


def header_record(data: bytes, separator: str, name: str) -> tuple[list[str], int]:
    """
    Return the fields of the first record and the number of lines that it takes.

    Raises:
        InvalidInputError: there is none, or it is damaged.
    """
    head = data[:SNIFFED_BYTES].decode("utf-8", "surrogateescape").split("\n")
    lines = [line + "\n" for line in head]
    record = next(read_records(lines, separator, name), None)
    if record is None:
        raise InvalidInputError(f"{name} is empty: it needs a header and at least one row.")
    if record.fields is None or _is_damaged(record.fields):
        raise InvalidInputError(
            f"The header of {name} cannot be read. Write the columns' names plainly into the "
            "first row and save the file as UTF-8."
        )
    return record.fields, record.end


def read_clean(data: bytes, separator: str, columns: list[str]) -> _FastResult | None:
    """Return the rows below a header and the lines on which they start; None if not clean."""
    layout = record_layout(data, separator)
    fits = pl.col("is_blank") | (pl.col("is_regular") & (pl.col("n_fields") == len(columns)))
    if not layout.select(fits.all()).item():
        return None
    try:
        frame = pl.read_csv(
            data, separator=separator, infer_schema=False, empty_string_is_null=False
        )
    except pl.exceptions.PolarsError:
        return None
    body = layout.slice(1)
    if (frame.height, frame.width) != (body.height, len(columns)):
        return None
    frame.columns = columns
    return frame.filter(~body["is_blank"]), body.filter(~pl.col("is_blank"))["line"]


def _read_unclean(
    data: bytes, separator: str, columns: list[str], name: str, on_progress: _Progress
) -> SlowResult:
    text = data.decode("utf-8", "surrogateescape")
    lines = [line + "\n" for line in text.removesuffix("\n").split("\n")]
    records = itertools.islice(read_records(lines, separator, name), 1, None)
    parts = [read_chunk([], columns)]
    while chunk := list(itertools.islice(records, _CHUNK_RECORDS)):
        parts.append(read_chunk(chunk, columns))
        on_progress(len(data) * chunk[-1].end // len(lines), len(data))
    frames, places, faults = zip(*parts, strict=True)
    return pl.concat(frames), pl.concat(places), pl.concat(faults)


def read_chunk(records: Sequence[CsvRecord], columns: list[str]) -> SlowResult:
    """Return the sound records as rows, the lines on which they start, and the others' faults."""
    faults = [_fault(record, len(columns)) for record in records]
    sound = [record for record, fault in zip(records, faults, strict=True) if fault is None]
    cells = [record.fields or [] for record in sound]
    frame = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")
    places = pl.Series([record.start + 1 for record in sound], dtype=pl.Int64)
    return frame, places, unreadable_rows(fault for fault in faults if fault is not None)


def _fault(record: CsvRecord, n_columns: int) -> tuple[int, str, str] | None:
    row = record.start + 1
    if record.fields is None:
        reason = (
            "A quotation mark is not closed or stands inside a field. Double each quotation mark "
            "inside a text and put quotation marks around the whole text."
        )
        return row, "broken_row", reason
    if _is_damaged(record.fields):
        reason = "Some characters are not UTF-8. Correct them or save the file as UTF-8."
        return row, "bad_encoding", reason
    if len(record.fields) != n_columns:
        reason = (
            f"The header has {n_columns} columns, this row {len(record.fields)}. Put quotation "
            "marks around texts that hold the separator or a line break."
        )
        return row, "broken_row", reason
    return None


def _is_damaged(fields: list[str]) -> bool:
    try:
        "".join(fields).encode()
    except UnicodeEncodeError:
        return True
    return False
