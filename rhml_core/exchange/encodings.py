"""How a text file's bytes become text, without guessing in silence."""

import codecs
import re
from dataclasses import dataclass

import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.report import PROBLEM_SCHEMA, WARNING, no_problems

GUESSED_ENCODING = "guessed_encoding"
"""Code of the warning that concerns the file and not only the row that it points to."""

# Undefined in Windows-1252, or (255) far more often damage than the letter y with diaeresis.
UNLIKELY_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d\xff")
DECODED_BEYOND_ASCII = re.compile(r"[^\x00-\x7f\udc80-\udcff]")
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_N_BYTES_LOOKED_AT = 4096
_ZERO_SHARE_OF_UTF16 = 0.2


@dataclass(frozen=True)
class DecodedText:
    """
    A text file's contents.

    Attributes:
        data: UTF-8 without byte order mark; where `is_damaged`, as it stands in the file.
        encoding: `utf-8`, `utf-16`, `utf-32` or `cp1252`.
        is_damaged: some lines of `data` are not UTF-8.
        problems: `PROBLEM_SCHEMA`; a warning where the encoding had to be guessed.
    """

    data: bytes
    encoding: str
    is_damaged: bool
    problems: pl.DataFrame


def decode_file(data: bytes, name: str) -> DecodedText:
    """
    Return a file's contents as UTF-8, and how sure that is.

    A byte order mark decides. Without one, UTF-8 is expected. A file in which no byte
    beyond ASCII fits UTF-8 is read as Windows-1252, with a warning; a file in which some
    fit and some do not is UTF-8 with damaged lines.

    Raises:
        InvalidInputError: UTF-16 or UTF-32 that is damaged, or lacks its mark.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _decode_marked(data, encoding, name)
    data = data.removeprefix(codecs.BOM_UTF8)
    refuse_zeros(data, name)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return _decode_unfit(data, error.start)
    return DecodedText(data, "utf-8", is_damaged=False, problems=no_problems())


def refuse_zeros(data: bytes, name: str) -> None:
    """
    Let pass what starts like a text in UTF-8.

    Raises:
        InvalidInputError: many zero bytes, as in UTF-16 without its mark or in no text at all.
    """
    start = data[:_N_BYTES_LOOKED_AT]
    if start.count(0) > _ZERO_SHARE_OF_UTF16 * len(start):
        raise InvalidInputError(
            f"{name} is not a text in UTF-8: it holds many zero bytes. Save it as UTF-8, or "
            "check that the file's ending fits its contents."
        )


def damaged_as_marked(name: str, encoding: str) -> InvalidInputError:
    """The error for a file that does not hold what its byte order mark says."""
    return InvalidInputError(
        f"{name} starts as {encoding.upper()}, but is damaged further on. Save it as "
        "UTF-8 and read it again."
    )


def _decode_marked(data: bytes, encoding: str, name: str) -> DecodedText:
    try:
        text = data.decode(encoding)
        encoded = text.encode()
    except UnicodeError as error:
        raise damaged_as_marked(name, encoding) from error
    return DecodedText(encoded, encoding, is_damaged=False, problems=no_problems())


def _decode_unfit(data: bytes, first: int) -> DecodedText:
    text = data.decode("utf-8", "surrogateescape")
    beyond_ascii = set(data) - set(range(128))
    if DECODED_BEYOND_ASCII.search(text) or beyond_ascii & UNLIKELY_IN_CP1252:
        return DecodedText(data, "utf-8", is_damaged=True, problems=no_problems())
    decoded = data.decode("cp1252").encode()
    warning = guess_warning(data, first)
    return DecodedText(decoded, "cp1252", is_damaged=False, problems=warning)


def guess_warning(data: bytes, first: int) -> pl.DataFrame:
    """The warning that a file was taken for Windows-1252, pointing at its byte `first`."""
    row = 1 + data.count(b"\n", 0, first)
    sample = data[max(0, first - 10) : first + 10].decode("cp1252").split("\n")
    seen = next(part for part in sample if not part.isascii()).strip()
    explanation = (
        "The file is not in UTF-8 and was read as Windows-1252. Check the special characters, "
        f'here "{seen}"; if they are wrong, save the file as UTF-8 and read it again.'
    )
    return pl.DataFrame(
        [(row, "", GUESSED_ENCODING, explanation, WARNING)], schema=PROBLEM_SCHEMA, orient="row"
    )
