"""Reading a CSV file record by record, for files that are not clean."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rhml_core.errors import InvalidInputError

_MOST_MISQUOTED = 1_000


@dataclass(frozen=True)
class CsvRecord:
    """Lines `start` (included) to `end` (excluded) as fields; None where they are misquoted."""

    start: int
    end: int
    fields: list[str] | None


def read_records(lines: Sequence[str], separator: str, name: str) -> Iterator[CsvRecord]:
    """
    Yield the records of a CSV file in order, blank lines left out.

    A quotation mark that is never closed costs its own line, not the rest of the file.

    Args:
        lines: each with its line feed.
        separator: one character.
        name: the file's, for the error.

    Raises:
        InvalidInputError: more than a thousand misquoted records; each costs another look
            at the lines that follow it, so a hostile file could take hours.
    """
    position = 0
    n_misquoted = 0
    while position < len(lines):
        reader = csv.reader(_lines_from(lines, position), delimiter=separator, strict=True)
        offset = position
        try:
            for fields in reader:
                end = offset + reader.line_num
                if fields:
                    yield CsvRecord(position, end, fields)
                position = end
        except csv.Error:
            end = offset + reader.line_num
            is_open = sum(lines[at].count('"') for at in range(position, end)) % 2 == 1
            end = position + 1 if is_open else end
            yield CsvRecord(position, end, None)
            position = end
            n_misquoted += 1
            if n_misquoted > _MOST_MISQUOTED:
                raise InvalidInputError(
                    f"{name} has more than {_MOST_MISQUOTED:,} rows with misplaced quotation "
                    "marks. Save it again as CSV, with quotation marks around texts."
                ) from None


def _lines_from(lines: Sequence[str], position: int) -> Iterator[str]:
    return (lines[at] for at in range(position, len(lines)))
