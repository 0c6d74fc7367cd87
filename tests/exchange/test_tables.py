"""Reading files of each format, clean and damaged, into tables of text."""

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.exchange import xlsx_tables
from rhml_core.exchange.csv_layout import record_layout
from rhml_core.exchange.tables import read_table


def workbook(rows, first_row=0):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet()
    for number, cells in enumerate(rows, start=first_row):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(number, column, cell)
    book.close()
    return target.getvalue()


def found(table):
    return table.problems.select("row", "problem").rows()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found(separator):
    data = f"id{separator}text\n1{separator}a b\n2{separator}c d\n".encode()

    table = read_table(data, "m.csv")

    assert table.frame.to_dict(as_series=False) == {"id": ["1", "2"], "text": ["a b", "c d"]}


def test_commas_in_texts_do_not_hide_the_semicolon():
    data = b"id;text\n1;yes, no, maybe\n2;plain\n3;well, well\n"

    table = read_table(data, "m.csv")

    assert table.frame["text"].to_list() == ["yes, no, maybe", "plain", "well, well"]


def test_excels_separator_hint_is_obeyed_and_counted():
    table = read_table(b"sep=;\r\nid;text\r\n1;a\r\n", "m.csv")

    assert table.frame.rows() == [("1", "a")]
    assert table.rows.to_list() == [3]


def test_rows_are_numbered_by_the_physical_line_on_which_they_start():
    data = b'id,text\r\n1,"two\r\nlines"\r\n\r\n2,plain\r\n3,"say ""hi"", you"\r\n'

    table = read_table(data, "m.csv")

    assert table.rows.to_list() == [2, 5, 6]
    assert table.frame["text"].to_list() == ["two\r\nlines", "plain", 'say "hi", you']
    assert table.frame.schema == {"id": pl.String, "text": pl.String}


def test_leading_blank_lines_are_counted():
    table = read_table(b"\n\nid,text\n1,a\n2\n", "m.csv")

    assert table.rows.to_list() == [4]
    assert found(table) == [(5, "broken_row")]


def test_short_and_long_rows_are_kept_apart():
    """Polars fills a short row in silence, which would put a wrong text into the project."""
    data = b"id,text,author\n1,a,x\n2,b\n3,c,z,more\n4,d,w\n"

    table = read_table(data, "m.csv")

    assert table.frame["id"].to_list() == ["1", "4"]
    assert found(table) == [(3, "broken_row"), (4, "broken_row")]
    assert "3 columns, this row 2" in table.problems["explanation"][0]
    assert table.n_rows == 4


def test_a_quotation_mark_never_closed_costs_one_row():
    data = b'id,text\n1,a\n2,"open\n3,"good, really"\n4,d\n'

    table = read_table(data, "m.csv")

    assert table.frame["id"].to_list() == ["1", "3", "4"]
    assert found(table) == [(3, "broken_row")]


def test_inch_marks_inside_plain_fields_are_text():
    data = b'id,text\n1,a 5" nail\n2,a 3" nail\n'

    table = read_table(data, "m.csv")

    assert table.frame["text"].to_list() == ['a 5" nail', 'a 3" nail']
    assert table.problems.is_empty()


def test_endless_misplaced_quotation_marks_are_refused():
    data = b"id,text\n" + b'1,"a"b\n' * 1_002

    with pytest.raises(InvalidInputError, match="misplaced quotation"):
        read_table(data, "m.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_encodings_are_read_without_warning(encoding):
    table = read_table("id,text\n1,Grüße\n".encode(encoding), "m.csv")

    assert table.frame["text"].to_list() == ["Grüße"]
    assert table.frame.columns == ["id", "text"]
    assert table.problems.is_empty()


def test_utf16_without_its_mark_is_refused():
    with pytest.raises(InvalidInputError, match="UTF-8"):
        read_table("id,text\n1,a\n".encode("utf-16-le"), "m.csv")


def test_damaged_utf16_is_refused():
    with pytest.raises(InvalidInputError, match="damaged"):
        read_table("id,text\n1,a\n".encode("utf-16") + b"x", "m.csv")


def test_windows_1252_is_read_with_a_warning():
    table = read_table("id;text\n1;plain\n2;Grüße zu 5 €\n".encode("cp1252"), "m.csv")

    assert table.frame["text"].to_list() == ["plain", "Grüße zu 5 €"]
    assert table.encoding == "cp1252"
    assert table.problems.select("row", "problem", "severity").rows() == [
        (3, "guessed_encoding", "warning")
    ]
    assert "Grüße" in table.problems["explanation"][0]


def test_damaged_lines_in_utf8_are_kept_apart():
    data = "id,text\n1,Grüße\n2,".encode() + b"Gr\xfc\xdfe\n3,plain\n"

    table = read_table(data, "m.csv")

    assert table.frame["text"].to_list() == ["Grüße", "plain"]
    assert found(table) == [(3, "bad_encoding")]


def test_bytes_that_fit_no_encoding_are_kept_apart():
    table = read_table(b"id,text\n1,\xff\xfe\n2,plain\n", "m.csv")

    assert table.frame["id"].to_list() == ["2"]
    assert found(table) == [(2, "bad_encoding")]


@given(
    st.lists(
        st.tuples(
            *[st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('",\n;'))]
            * 3
        ),
        min_size=1,
        max_size=8,
    )
)
def test_csv_reads_back_what_was_written(rows):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "text", "author"), *rows])

    table = read_table(text.getvalue().encode(), "m.csv")

    assert table.frame.rows() == rows
    assert table.problems.is_empty()


@given(st.lists(st.lists(st.text('ab",\n', max_size=6), min_size=2, max_size=2), min_size=1))
def test_layout_agrees_with_the_standard_librarys_reader(rows):
    """The layout decides whether the fast reading may be trusted."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    reader = csv.reader(io.StringIO(text.getvalue(), newline=""))
    expected, start = [], 1
    for fields in reader:
        expected.append((start, len(fields)))
        start = reader.line_num + 1

    layout = record_layout(text.getvalue().encode(), ",")

    assert layout.select("line", "n_fields").rows() == expected
    assert layout["is_regular"].all()


def test_fast_and_slow_reading_agree(tmp_path):
    """A broken last row forces the slow way; the other rows must come out the same."""
    clean = 'id,text\n1,"a, ""b"""\n2,\n\n3,"x\ny"\n'
    path = tmp_path / "m.csv"
    path.write_text(clean + "broken\n")

    fast, slow = read_table(clean.encode(), "m.csv"), read_table(path, path.name)

    assert fast.frame.equals(slow.frame)
    assert fast.rows.to_list() == slow.rows.to_list() == [2, 3, 5]
    assert found(slow) == [(7, "broken_row")]


def test_progress_runs_from_nothing_to_all():
    steps = []
    data = b"id,text\n1,a\nbroken\n"

    read_table(data, "m.csv", on_progress=lambda done, total: steps.append((done, total)))

    assert steps[0] == (0, len(data))
    assert steps[-1] == (len(data), len(data))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "m.csv", "empty"),
        (b" \n\n", "m.csv", "empty"),
        (b"id,text\n", "m.csv", "no rows"),
        (b"1,hello\n2,you\n", "m.csv", "no header"),
        (b",,\n1,2,3\n", "m.csv", "no header"),
        (b"text,text\n1,2\n", "m.csv", "more than one column"),
        (b'id,"text\n1,a\n', "m.csv", "header"),
        (b"id,text\n1,a\n", "m.pdf", "known ending"),
        (b"id,text\n1,a\n", "m.xlsx", "not an Excel workbook"),
        (b"id,text\n1,a\n", "m.parquet", "not a Parquet file"),
        (b"id,text\n1,a\n", "m.jsonl", "no JSON object"),
    ],
)
def test_unusable_files_are_refused_with_a_reason(data, name, reason):
    with pytest.raises(InvalidInputError, match=reason):
        read_table(data, name)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match=r"absent\.csv cannot be read"):
        read_table(tmp_path / "absent.csv", "absent.csv")


def test_jsonl_keeps_numbers_as_written_and_reports_broken_lines():
    lines = [
        '{"id": 731636917079432960123, "text": "a", "score": 1.50}',
        "",
        "[1, 2]",
        '{"id": "x", "text": null, "tags": ["é", 1], "ok": true}',
        '{"id": "y", "text": "\\ud83d"}',
        '{"id": "z"',
    ]

    table = read_table("\n".join(lines).encode(), "m.jsonl")

    assert table.frame.to_dicts() == [
        {"id": "731636917079432960123", "text": "a", "score": "1.50", "tags": "", "ok": ""},
        {"id": "x", "text": "", "score": "", "tags": '["é", "1"]', "ok": "true"},
    ]
    assert table.rows.to_list() == [1, 4]
    assert found(table) == [(3, "broken_row"), (5, "bad_encoding"), (6, "broken_row")]


def test_jsonl_nested_beyond_reason_is_a_broken_row():
    deep = "[" * 100_000

    table = read_table(f'{{"text": "a"}}\n{{"text": {deep}\n'.encode(), "m.jsonl")

    assert found(table) == [(2, "broken_row")]


def test_parquet_values_become_text(tmp_path):
    path = tmp_path / "m.parquet"
    pl.DataFrame(
        {
            "text": ["a", None],
            "n": [1, 2],
            "at": [datetime(2024, 5, 1, 12, 30, tzinfo=UTC), None],
            "day": [date(2024, 5, 1), None],
            "tags": [["é"], None],
        }
    ).write_parquet(path)

    table = read_table(path, path.name)

    assert table.frame["text"].to_list() == ["a", ""]
    assert table.frame["n"].to_list() == ["1", "2"]
    assert datetime.fromisoformat(table.frame["at"][0]) == datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
    assert table.frame["day"].to_list() == ["2024-05-01", ""]
    assert json.loads(table.frame["tags"][0]) == ["é"]
    assert table.rows.to_list() == [1, 2]


def test_parquet_bytes_that_are_no_text_are_refused():
    target = io.BytesIO()
    pl.DataFrame({"text": [b"\xff"]}).write_parquet(target)

    with pytest.raises(InvalidInputError, match='column "text"'):
        read_table(target.getvalue(), "m.parquet")


@pytest.mark.parametrize("first_row", [0, 2])
def test_workbook_rows_have_the_numbers_of_the_sheet(first_row):
    rows = [["id", "text", "at"], [1, "a", datetime(2024, 5, 1, 12, 30)], [None] * 3, ["x", "b"]]  # noqa: DTZ001 - Excel knows no zones

    table = read_table(workbook(rows, first_row), "m.xlsx")

    assert table.frame.rows() == [("1", "a", "2024-05-01 12:30:00"), ("x", "b", "")]
    assert table.rows.to_list() == [first_row + 2, first_row + 4]


def test_workbook_that_unpacks_too_far_is_refused(monkeypatch):
    monkeypatch.setattr(xlsx_tables, "MAX_UNPACKED_BYTES", 50_000)
    data = workbook([["id", "text"], *([str(n), "a" * 500] for n in range(2_000))])

    with pytest.raises(InvalidInputError, match="unpack"):
        read_table(data, "m.xlsx")


def test_a_bomb_that_lies_about_its_size_is_counted_as_it_unpacks(monkeypatch):
    """The sizes stated in a zip are the attacker's words."""
    monkeypatch.setattr(xlsx_tables, "MAX_UNPACKED_BYTES", 50_000)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 200_000)
    lying = target.getvalue().replace((200_000).to_bytes(4, "little"), (9).to_bytes(4, "little"))

    with pytest.raises(InvalidInputError, match="unpack"):
        read_table(lying, "m.xlsx")


def test_zip_that_is_no_workbook_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("hello.txt", "hello")

    with pytest.raises(InvalidInputError, match="not an Excel workbook"):
        read_table(target.getvalue(), "m.xlsx")


def sheets(**rows_of):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, rows in rows_of.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    return target.getvalue()


def test_of_several_sheets_the_one_with_the_most_rows_is_read():
    book = sheets(Notes=[["for us alone"]], Data=[["id"], ["1"], ["2"]], Empty=[])

    table = read_table(book, "m.xlsx")

    assert (table.sheet, table.sheets) == ("Data", ("Notes", "Data"))
    assert table.frame["id"].to_list() == ["1", "2"]


def test_another_sheet_can_be_asked_for():
    book = sheets(A=[["id"], ["1"], ["2"]], B=[["id"], ["9"]])

    assert read_table(book, "m.xlsx", sheet="B").frame["id"].to_list() == ["9"]
    with pytest.raises(InvalidInputError, match=r'no sheet "C"\. Its sheets are A, B'):
        read_table(book, "m.xlsx", sheet="C")
