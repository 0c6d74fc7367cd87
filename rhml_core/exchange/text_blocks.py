"""A text file as blocks of UTF-8, for files that are too large to be held."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.encodings import (
    DECODED_BEYOND_ASCII,
    MARKS,
    UNLIKELY_IN_CP1252,
    damaged_as_marked,
    guess_warning,
    refuse_zeros,
)
from rhml_core.exchange.report import no_problems

BLOCK_BYTES = 1_048_576
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class TextFile:
    """
    A text file that has been looked through once; `decode_file` says how encodings are told.

    Attributes:
        path: where it lies.
        name: as people know it.
        encoding: `utf-8`, `utf-16`, `utf-32` or `cp1252`.
        has_line_feeds: else carriage returns alone end its lines.
        problems: `PROBLEM_SCHEMA`; a warning where the encoding had to be guessed.
    """

    path: Path
    name: str
    encoding: str
    has_line_feeds: bool
    problems: pl.DataFrame

    def blocks(self, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
        """
        The contents from the start, as UTF-8 without byte order mark; lines end in a line feed.

        Lines that are not UTF-8 in a file that else is stay as they are.
        """
        decoder = None
        if self.encoding != "utf-8":
            decoder = codecs.getincrementaldecoder(self.encoding)()
        for number, raw in enumerate(read_blocks(self.path, block_bytes)):
            block = raw.removeprefix(codecs.BOM_UTF8) if number == 0 else raw
            if decoder is not None:
                block = decoder.decode(raw).encode()
            yield block if self.has_line_feeds else block.replace(b"\r", b"\n")


def look_through(path: Path, name: str) -> TextFile:
    """
    Read a text file once to tell its encoding.

    Raises:
        InvalidInputError: it is missing, empty, no text, or not what its mark says.
    """
    blocks = read_blocks(path, BLOCK_BYTES)
    first = next(blocks, b"")
    if not first.strip() and next(blocks, None) is None:
        raise InvalidInputError(f"{name} is empty: it needs a header and at least one row.")
    for mark, encoding in MARKS:
        if first.startswith(mark):
            has_line_feeds = _check_marked(path, name, encoding)
            return TextFile(path, name, encoding, has_line_feeds, no_problems())
    refuse_zeros(first, name)
    return _told_by_contents(path, name)


def read_blocks(path: Path, block_bytes: int) -> Iterator[bytes]:
    """
    A file's bytes, a block at a time.

    Raises:
        InvalidInputError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            while block := stream.read(block_bytes):
                yield block
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise InvalidInputError(
            f"{path} cannot be read ({reason}). Check the path and the permission."
        ) from error


def _check_marked(path: Path, name: str, encoding: str) -> bool:
    """Whether the text has line feeds, once all of it could be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    has_line_feeds = False
    try:
        for block in read_blocks(path, BLOCK_BYTES):
            text = decoder.decode(block)
            text.encode()
            has_line_feeds = has_line_feeds or "\n" in text
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise damaged_as_marked(name, encoding) from error
    return has_line_feeds


def _told_by_contents(path: Path, name: str) -> TextFile:
    has_line_feeds = has_decoded = has_unlikely = False
    n_lines, warning = 0, no_problems()
    for block, text in _with_texts(path):
        has_line_feeds = has_line_feeds or b"\n" in block
        if not text.isascii():
            has_decoded = has_decoded or bool(DECODED_BEYOND_ASCII.search(text))
            has_unlikely = has_unlikely or bool(UNLIKELY_IN_CP1252.intersection(block))
            if warning.is_empty():
                warning = _warning(text, n_lines)
        n_lines += text.count("\n")
    if warning.is_empty() or has_decoded or has_unlikely:
        return TextFile(path, name, "utf-8", has_line_feeds, no_problems())
    return TextFile(path, name, "cp1252", has_line_feeds, warning)


def _with_texts(path: Path) -> Iterator[tuple[bytes, str]]:
    """The file's blocks, each with what it completes as text; bytes that do not fit escaped."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for block in read_blocks(path, BLOCK_BYTES):
        yield block, decoder.decode(block)
    yield b"", decoder.decode(b"", final=True)


def _warning(text: str, n_lines: int) -> pl.DataFrame:
    """The warning for a text's first byte that is not UTF-8; no row where all are."""
    unfit = _ESCAPED.search(text)
    if unfit is None:
        return no_problems()
    before = text[: unfit.start()].encode("utf-8", "surrogateescape")
    warning = guess_warning(text.encode("utf-8", "surrogateescape"), len(before))
    return warning.with_columns(pl.col("row") + n_lines)
