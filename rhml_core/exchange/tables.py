"""Files into tables of text; the file's ending says which format it is."""

from collections.abc import Callable
from pathlib import Path

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.csv_tables import read_csv
from rhml_core.exchange.jsonl_tables import read_jsonl
from rhml_core.exchange.parquet_tables import read_parquet
from rhml_core.exchange.report import Table
from rhml_core.exchange.xlsx_tables import read_xlsx

__all__ = ["ENDINGS", "Table", "read_table"]

ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx")
"""The files' endings that can be read."""


def read_table(
    source: Path | bytes,
    name: str,
    *,
    sheet: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Table:
    """
    Return a file's rows as text, each with its place in the file.

    The place is, for CSV and TSV, the physical line on which the row starts, the header's
    line counted; for JSON Lines the line; for a workbook the row of its sheet; for
    Parquet the row, from 1. Rows that cannot be read are kept apart, in `problems`.

    Args:
        source: where the file lies, or its bytes.
        name: the file's name; its ending decides the format.
        sheet: of a workbook; None takes the one with the most rows. Other formats have none.
        on_progress: called with the bytes done and in all, from 0 to the end.

    Raises:
        InvalidInputError: the file is missing, empty, of no known format or not what its
            ending says, or has no header or no row; a workbook has no such sheet.
    """
    report = on_progress or _ignore
    raw = source if isinstance(source, bytes) else _read_bytes(source)
    if not raw.strip():
        raise InvalidInputError(f"{name} is empty: it needs a header and at least one row.")
    report(0, len(raw))
    table = _read(raw, name, sheet, report)
    if not table.n_rows:
        raise InvalidInputError(f"{name} has a header but no rows. Add at least one row.")
    report(len(raw), len(raw))
    return table


def _read(raw: bytes, name: str, sheet: str | None, report: Callable[[int, int], None]) -> Table:
    match Path(name).suffix.lower():
        case ".csv":
            return read_csv(raw, name, None, report)
        case ".tsv":
            return read_csv(raw, name, "\t", report)
        case ".jsonl" | ".ndjson":
            return read_jsonl(raw, name, report)
        case ".parquet":
            return read_parquet(raw, name)
        case ".xlsx":
            return read_xlsx(raw, name, sheet)
        case ending:
            raise InvalidInputError(
                f'{name} cannot be read: "{ending}" is not a known ending. Save it as one of '
                f"{', '.join(ENDINGS)}."
            )


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise InvalidInputError(
            f"{path} cannot be read ({reason}). Check the path and the permission."
        ) from error


def _ignore(_done: int, _total: int) -> None:
    """Do nothing with the progress."""
