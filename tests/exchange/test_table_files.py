"""Tables into files: whatever stands in a cell comes back, and nothing runs as a formula."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.exchange import table_files
from rhml_core.exchange.safe_cells import unguard_formulas
from rhml_core.exchange.table_files import TableForm, table_file
from rhml_core.exchange.tables import read_table

SCHEMA = {"text": pl.String, "share": pl.Float64, "at": pl.Datetime("us", "UTC")}
CELL = st.text(
    st.one_of(
        st.sampled_from("'=+-@\t\"\n,;|"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"),
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


def written(path, form, *frames):
    with table_file(path, form, SCHEMA) as write:
        for frame in frames:
            write(frame)
    return read_table(path, path.name).frame


def rows(*texts):
    moment = datetime(2025, 3, 3, 14, 2, 1, 500, tzinfo=UTC)
    return pl.DataFrame([(text, 0.5, moment) for text in texts], schema=SCHEMA, orient="row")


@given(texts=st.lists(CELL.filter(str.strip), min_size=1, max_size=5))
def test_texts_come_back_from_csv(folder, texts):
    """A first row sets the separator that is guessed, so each file has a column beside."""
    found = written(folder / "t.csv", TableForm.CSV, rows(*texts))

    assert unguard_formulas(found)["text"].to_list() == texts
    assert not [text for text in found["text"] if text[0] in "=+-@\t"]


@given(texts=st.lists(CELL, max_size=5))
def test_texts_come_back_from_parquet_as_they_are(folder, texts):
    frame = rows(*texts)

    with table_file(folder / "t.parquet", TableForm.PARQUET, SCHEMA) as write:
        write(frame)

    assert pl.read_parquet(folder / "t.parquet").equals(frame)


@pytest.mark.parametrize("form", list(TableForm))
def test_parts_follow_each_other_below_one_head(tmp_path, form):
    found = written(tmp_path / f"t.{form}", form, rows("a", "b"), rows(), rows("=c"))

    # Parquet is no spreadsheet's format: nothing needs a guard there.
    last = "=c" if form is TableForm.PARQUET else "'=c"
    assert found["text"].to_list() == ["a", "b", last]
    assert found["at"].to_list() == ["2025-03-03T14:02:01.000500Z"] * 3
    assert set(found["share"]) == {"0.5"}


@pytest.mark.parametrize("form", list(TableForm))
def test_empty_table_has_its_head(tmp_path, form):
    path = tmp_path / f"t.{form}"

    with pytest.raises(InvalidInputError, match="no rows"):
        written(path, form)

    if form is TableForm.PARQUET:
        assert dict(pl.read_parquet(path).schema) == SCHEMA


def test_sheet_that_excel_cannot_hold_is_refused(tmp_path, monkeypatch):
    """Excel would drop the rest without a word."""
    monkeypatch.setattr(table_files, "_MOST_SHEET_ROWS", 2)

    with pytest.raises(InvalidInputError, match="csv or parquet"):
        written(tmp_path / "t.xlsx", TableForm.XLSX, rows("a"), rows("b", "c"))
