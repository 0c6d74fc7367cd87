"""Excel workbooks into tables."""

import io
import zipfile
import zlib

import fastexcel
import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.headers import column_names
from rhml_core.exchange.report import Table, no_problems

MAX_UNPACKED_BYTES = 1_000_000_000
_CHUNK_BYTES = 1_048_576
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)


def read_xlsx(raw: bytes, name: str, sheet: str | None = None) -> Table:
    """
    Return the rows of one sheet of a workbook, with their numbers in the sheet.

    Without a name it is the sheet with the most rows, the first among equals: workbooks often
    begin with a sheet of notes.

    The header is the first row that is not empty. Times read `2024-05-01 12:30:00`, as ISO
    8601 does with a blank for the T. Formulas give their last computed value.

    Raises:
        InvalidInputError: not an .xlsx workbook, empty, no header, too large unpacked, or
            without a sheet of this name.
    """
    _refuse_bomb(raw, name)
    try:
        book = fastexcel.read_excel(raw)
        n_rows = {one: _n_rows(book, one) for one in book.sheet_names}
        wanted = _chosen_sheet(n_rows, sheet, name)
        cells = book.load_sheet(wanted, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise _no_workbook(name) from error
    numbered = cells.fill_null("").with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row number")
    )
    filled = numbered.filter(pl.any_horizontal(pl.exclude("row number") != ""))
    if filled.is_empty():
        raise InvalidInputError(
            f'The sheet "{wanted}" of {name} is empty: it needs a header and at least one row.'
        )
    texts = filled.drop("row number")
    names = column_names(texts.row(0), name)
    body = texts.slice(1)
    body.columns = names
    return Table(
        name,
        body,
        filled["row number"].slice(1).rename("row"),
        no_problems(),
        sheets=tuple(one for one, n in n_rows.items() if n),
        sheet=wanted,
    )


def _n_rows(book: fastexcel.ExcelReader, sheet: str) -> int:
    """Rows of a sheet down to its last cell; 0 where it has none."""
    loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
    return loaded.total_height if loaded.width else 0


def _chosen_sheet(n_rows: dict[str, int], sheet: str | None, name: str) -> str:
    if sheet is None:
        return max(n_rows, key=lambda one: n_rows[one])  # the first among equals
    if sheet not in n_rows:
        raise InvalidInputError(
            f'{name} has no sheet "{sheet}". Its sheets are {", ".join(n_rows)}.'
        )
    return sheet


def _refuse_bomb(raw: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise _no_workbook(name)
            n_left = MAX_UNPACKED_BYTES
            for member in archive.infolist():
                n_left -= _n_unpacked(archive, member, n_left)
                if n_left < 0:
                    raise InvalidInputError(
                        f"{name} would unpack to more than {MAX_UNPACKED_BYTES // 10**6:,} MB. "
                        "Save it as CSV."
                    )
    except _DAMAGE as error:
        raise _no_workbook(name) from error


def _n_unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, n_most: int) -> int:
    """Bytes that a member unpacks to; counting stops soon after `n_most`."""
    # The stated size may be a lie: state more than will be read, and count what is there.
    member.file_size = n_most + 2 * _CHUNK_BYTES
    n_bytes = 0
    with archive.open(member) as stream:
        while n_bytes <= n_most and (chunk := stream.read(_CHUNK_BYTES)):
            n_bytes += len(chunk)
    return n_bytes


def _no_workbook(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"{name} is not an Excel workbook (.xlsx), or is damaged or locked with a password. "
        "Save it again as .xlsx or as CSV."
    )
