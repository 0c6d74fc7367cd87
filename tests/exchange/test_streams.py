"""Files read as a stream: the very rows and faults that reading them whole gives."""

import json

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.exchange import parquet_stream, text_blocks
from rhml_core.exchange.csv_stream import stream_csv
from rhml_core.exchange.jsonl_stream import stream_jsonl
from rhml_core.exchange.report import gather_problems
from rhml_core.exchange.streams import stream_table, texts_of
from rhml_core.exchange.tables import read_table


def joined(tables):
    """Rows with their places, faults, and how many tables they came in."""
    tables = list(tables)
    frames = [table.frame.with_columns(place=table.rows) for table in tables]
    found = gather_problems(*(table.problems for table in tables))
    return pl.concat(frames, how="diagonal"), found, len(tables)


def whole(path):
    table = read_table(path, path.name)
    return table.frame.with_columns(place=table.rows), table.problems


@pytest.fixture
def file(tmp_path):
    def write(name, data):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


CSV_FILES = {
    "plain": "id,text\n" + "".join(f"{n},message number {n}\n" for n in range(40)),
    "quoted": "id,text\n" + "".join(f'{n},"line one, {n}\nline ""two"""\n' for n in range(40)),
    "windows line ends": "id;text\r\n" + "".join(f"{n};a {n}\r\n" for n in range(40)),
    "old line ends": "id,text\r" + "".join(f"{n},a {n}\r" for n in range(40)),
    "hint and blank lines": "sep=;\nid;text\n\n" + "".join(f"{n};a\n\n" for n in range(40)),
    "wrong widths": "id,text\n" + "".join(f"{n},a{',x' * (n % 7 == 0)}\n" for n in range(80)),
    "stray marks": "id,text\n" + "".join(f"{n}," + '"' * (n == 3) + f"a {n}\n" for n in range(40)),
    "marks inside": "id,text\n" + "".join(f'{n},the "best" {n}\n' for n in range(40)),
    "no last line end": "id,text\n" + "\n".join(f"{n},a {n}" for n in range(40)),
    "beyond ascii": "id,text\n" + "".join(f"{n},Grüße 🙂 {n}\n" for n in range(40)),
}
ENCODED_FILES = {
    "utf-16": CSV_FILES["beyond ascii"].encode("utf-16"),
    "utf-8 with mark": CSV_FILES["beyond ascii"].encode("utf-8-sig"),
    "cp1252": CSV_FILES["beyond ascii"].replace("🙂", "€").encode("cp1252"),
    "damaged": CSV_FILES["beyond ascii"].encode().replace(b"12\n", b"\xc3(\n"),
}


@pytest.mark.parametrize("name", [*CSV_FILES, *ENCODED_FILES])
@pytest.mark.parametrize("block_bytes", [120, 1_000_000])
def test_csv_stream_gives_the_rows_of_the_whole_file(file, monkeypatch, name, block_bytes):
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", block_bytes)
    path = file("m.csv", (CSV_FILES | ENCODED_FILES)[name])

    rows, problems, n_tables = joined(stream_csv(path, "m.csv", None, block_bytes=block_bytes))

    expected_rows, expected_problems = whole(path)
    assert rows.equals(expected_rows)
    assert problems.drop("explanation").equals(expected_problems.drop("explanation"))
    assert n_tables > 2 if block_bytes == 120 else n_tables <= 2


cells = st.text(alphabet='ab ,"\n\r;ü', max_size=12)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=30), st.integers(60, 400))
def test_any_well_quoted_file_is_read_alike(tmp_path_factory, records, block_bytes):
    """Marks, separators and line ends inside texts are where a block must not be cut."""
    path = tmp_path_factory.mktemp("streams") / "m.csv"
    quoted = [[cell.replace('"', '""') for cell in record] for record in records]
    body = "".join(f'"{one}","{other}"\n' for one, other in quoted)
    path.write_bytes(f"id,text\n{body}".encode())

    rows, problems, _ = joined(stream_csv(path, "m.csv", ",", block_bytes=block_bytes))

    assert rows.select("id", "text").rows() == records
    assert problems.is_empty()


def test_stray_mark_costs_its_line_and_no_more(file):
    """Else one typing error would draw a large file into memory."""
    lines = [f"{n},some words to fill the line {n}" for n in range(200)]
    lines[20] = '20,"never closed'
    path = file("m.csv", "\n".join(["id,text", *lines]) + "\n")

    rows, problems, n_tables = joined(stream_csv(path, "m.csv", ",", block_bytes=1_000))

    assert rows.height == 199
    assert problems.select("row", "problem").rows() == [(22, "broken_row")]
    assert n_tables > 5


def test_jsonl_stream_gives_the_rows_of_the_whole_file(file):
    extra = {30: {"author": "a"}}
    lines = [json.dumps({"id": n, "text": f"Grüße {n}", **extra.get(n, {})}) for n in range(40)]
    lines[7] = "not json"
    path = file("m.jsonl", "\n".join(lines))

    rows, problems, n_tables = joined(stream_jsonl(path, "m.jsonl", block_bytes=200))

    expected_rows, expected_problems = whole(path)
    assert n_tables > 3
    assert rows.select("id", "text", "place").equals(expected_rows.select("id", "text", "place"))
    assert problems.equals(expected_problems)


def test_parquet_stream_gives_the_rows_of_the_whole_file(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_stream, "BATCH_ROWS", 16)
    path = tmp_path / "m.parquet"
    frame = pl.DataFrame({"id": range(50), "text": [None, *"ab" * 24, "c"], "more": [[1.0]] * 50})
    frame.write_parquet(path)

    rows, _, n_tables = joined(stream_table(path, "m.parquet"))
    narrow, _, _ = joined(stream_table(path, "m.parquet", ["text"]))

    assert rows.equals(whole(path)[0])
    assert n_tables == 4
    assert narrow.columns == ["text", "place"]


def test_workbook_is_one_table(tmp_path):
    path = tmp_path / "m.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("id", "text"))
    sheet.write_row(1, 0, ("1", "a"))
    book.close()

    rows, _, n_tables = joined(stream_table(path, "m.xlsx"))

    assert (rows.rows(), n_tables) == ([("1", "a", 2)], 1)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("m.csv", b"", "empty"),
        ("m.csv", b"\n \n", "empty"),
        ("m.csv", b"12,13\n1,2\n", "no header"),
        ("m.jsonl", b"[1]\n", "no JSON object"),
        ("m.parquet", b"PAR1", "not a Parquet file"),
        ("m.txt", b"a", "not a known ending"),
        ("m.csv", b"a\x00b\x00,\x00\n\x00", "zero bytes"),
    ],
)
def test_unfit_files_are_refused_with_the_remedy(file, name, data, reason):
    with pytest.raises(InvalidInputError, match=reason):
        list(stream_table(file(name, data), name))


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="no such file"):
        next(stream_table(tmp_path / "m.csv", "m.csv"))


def test_absent_column_reads_as_empty_texts(file):
    path = file("m.jsonl", b'{"id": "1"}\n{"id": "2"}\n')

    table = next(stream_table(path, "m.jsonl", ["text"]))

    assert texts_of(table, "text").to_list() == ["", ""]
