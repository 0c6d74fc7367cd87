"""Tables as an Excel workbook in which no text can run as a formula."""

import re
from collections.abc import Mapping
from io import BytesIO

import polars as pl

from rhml_core.exchange.safe_cells import guard_formulas

_MOST_OF_NAME = 31
_MOST_OF_CELL = 32_767
"""Characters that Excel takes, line breaks included."""
_CUT = f"… (cut: Excel takes {_MOST_OF_CELL:,} characters)"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def workbook(sheets: Mapping[str, pl.DataFrame]) -> bytes:
    """
    The tables as an Excel file, a sheet each, with a bold head that stays in sight.

    A text that begins as a formula does gets an apostrophe before it, a column's name likewise; one
    that is longer than a cell may be is cut, and says so. Times have no zone in Excel and are
    written as in UTC.
    """
    import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415 -- no types; for reports alone

    sink = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(sink, options) as book:
        bold = book.add_format({"bold": True})
        for name, frame in sheets.items():
            sheet = book.add_worksheet(_FORBIDDEN.sub(" ", name)[:_MOST_OF_NAME])
            safe = guard_formulas(frame.with_columns(pl.selectors.temporal().cast(pl.String)))
            for column, title in enumerate(safe.columns):
                sheet.write_string(0, column, fitting(title), bold)
            for number, row in enumerate(safe.iter_rows(), start=1):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, column, fitting(value))
                    elif value is not None:
                        sheet.write(number, column, value)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(len(safe.columns) - 1, 0), 16)
    return sink.getvalue()


def fitting(text: str) -> str:
    """A text as one cell takes it; characters beyond U+FFFF count twice there."""
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if length <= _MOST_OF_CELL:
        return text
    most = _MOST_OF_CELL - len(_CUT)
    return (
        text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore") + _CUT
    )
