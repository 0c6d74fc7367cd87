"""JSON Lines files a block at a time: the rows that `read_jsonl` gives, in bounded memory."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from rhml_core.exchange.jsonl_tables import no_object, read_objects
from rhml_core.exchange.report import Table, gather_problems, no_problems
from rhml_core.exchange.text_blocks import BLOCK_BYTES, look_through


def stream_jsonl(path: Path, name: str, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Table]:
    """
    Yield the objects of a JSON Lines file in tables of about a block each.

    A table has the columns that occur in its own block.

    Raises:
        InvalidInputError: no line is a JSON object, or there are too many names.
    """
    text = look_through(path, name)
    data, n_lines, has_object, problems = b"", 0, False, text.problems
    for block, is_last in _with_end(text.blocks(block_bytes)):
        data += block
        end = len(data) if is_last else data.rfind(b"\n") + 1
        if not end:
            continue
        frame, places, found = read_objects(data[:end], name, _ignore)
        has_object = has_object or not places.is_empty()
        found = found.with_columns(pl.col("row") + n_lines)
        yield Table(name, frame, places + n_lines, gather_problems(problems, found), text.encoding)
        n_lines += data.count(b"\n", 0, end)
        data, problems = data[end:], no_problems()
    if not has_object:
        raise no_object(name)


def _with_end(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    for block in blocks:
        yield block, False
    yield b"", True


def _ignore(_done: int, _total: int) -> None:
    """Do nothing with the progress inside a block."""
