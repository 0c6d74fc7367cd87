"""CSV and TSV files a block at a time: the rows that `read_csv` gives, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rhml_core.exchange.csv_records import read_records
from rhml_core.exchange.csv_tables import (
    SlowResult,
    header_record,
    read_chunk,
    read_clean,
    skip_preamble,
    sniff_separator,
)
from rhml_core.exchange.headers import column_names
from rhml_core.exchange.report import Table, gather_problems, no_problems
from rhml_core.exchange.text_blocks import BLOCK_BYTES, look_through


@dataclass(frozen=True)
class _Layout:
    """How the file's records are written; `reach` is the bytes in which a quote must close."""

    name: str
    separator: str
    columns: list[str]
    reach: int


def stream_csv(
    path: Path, name: str, separator: str | None, *, block_bytes: int = BLOCK_BYTES
) -> Iterator[Table]:
    """
    Yield a CSV file's rows in tables of about a block each, as `read_csv` would give them.

    One thing differs: a quotation mark counts as never closed when it stays open for half a
    block, so that a stray mark does not draw the whole file into memory.

    Args:
        path: where the file lies.
        name: as people know it.
        separator: None sniffs it among comma, semicolon, tab and bar.
        block_bytes: read at a time.

    Raises:
        InvalidInputError: no header, or quotation marks beyond repair.
    """
    text = look_through(path, name)
    blocks = text.blocks(block_bytes)
    data, n_lines, hinted = skip_preamble(next(blocks, b""))
    separator = separator or hinted or sniff_separator(data)
    cells, n_header_lines = header_record(data, separator, name)
    for _ in range(n_header_lines):
        data = data.partition(b"\n")[2]
    n_lines += n_header_lines
    layout = _Layout(name, separator, column_names(cells, name), block_bytes // 2)
    problems = text.problems
    for block, is_last in _with_end(blocks):
        data += block
        taken = _take(data, layout, is_last=is_last) if data else None
        if taken is None:
            continue  # nothing there, or a record that goes on in the next block
        (frame, lines, found), n_bytes = taken
        found = found.with_columns(pl.col("row") + n_lines)
        yield Table(
            name,
            frame,
            (lines + n_lines).rename("row"),
            gather_problems(problems, found),
            text.encoding,
        )
        n_lines += data.count(b"\n", 0, n_bytes)
        data, problems = data[n_bytes:], no_problems()


def _with_end(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield nothing, for what was read already, then the blocks, then nothing as the end."""
    yield b"", False
    for block in blocks:
        yield block, False
    yield b"", True


def _take(data: bytes, layout: _Layout, *, is_last: bool) -> tuple[SlowResult, int] | None:
    """Return the rows that are whole, with lines from 1, and their bytes; None if none is."""
    n_bytes = len(data) if is_last else _end_of_even_line(data)
    clean = _take_clean(data[:n_bytes], layout)
    if clean is not None:
        return clean, n_bytes
    n_bytes = len(data) if is_last else data.rfind(b"\n") + 1
    return _take_unclean(data[:n_bytes], layout, is_last=is_last)


def _take_clean(whole: bytes, layout: _Layout) -> SlowResult | None:
    try:
        whole.decode()
    except UnicodeDecodeError:
        return None
    header = layout.separator.join(f"c{place}" for place in range(len(layout.columns)))
    clean = read_clean(header.encode() + b"\n" + whole, layout.separator, layout.columns)
    if clean is None:
        return None
    frame, lines = clean
    return frame, lines - 1, no_problems()


def _take_unclean(whole: bytes, layout: _Layout, *, is_last: bool) -> tuple[SlowResult, int] | None:
    lines = [
        line + "\n"
        for line in whole.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n")
    ]
    # A mark that seems open so near to the end may be closed in the next block.
    n_sure = len(lines) if is_last else whole.count(b"\n", 0, max(0, len(whole) - layout.reach))
    records, n_bytes = [], len(whole)
    for record in read_records(lines, layout.separator, layout.name):
        if record.fields is None and record.start >= n_sure:
            before = "".join(lines[: record.start])
            n_bytes = len(before.encode("utf-8", "surrogateescape"))
            break
        records.append(record)
    return (read_chunk(records, layout.columns), n_bytes) if n_bytes else None


def _end_of_even_line(data: bytes) -> int:
    """Return where the last line ends that leaves no quotation mark open; 0 if none does."""
    end = data.rfind(b"\n")
    n_marks = data.count(b'"', 0, max(end, 0))
    while end >= 0 and n_marks % 2:
        before = data.rfind(b"\n", 0, end)
        n_marks -= data.count(b'"', max(before, 0), end)
        end = before
    return end + 1
