"""What leaves the workplace comes back as it was, and says no more than one may know."""

import csv
import json
import zipfile
from io import BytesIO

import fastexcel
import polars as pl
import pytest

from rhml_core.errors import InvalidInputError, NotAllowedError, StorageError
from rhml_core.exchange.table_files import TableForm
from rhml_core.exchange.tables import read_table
from rhml_core.machine.recipes.run_folder import seal_run_folder
from rhml_core.store import events, judgements, messages
from rhml_core.store.adjudications import ErrorKind
from rhml_core.workflows import people
from rhml_core.workflows.disputes import adjudication
from rhml_core.workflows.files import exported_rows, exporting, importing
from rhml_core.workflows.files.exporting import export_download, export_project
from rhml_core.workflows.kept.project_reference import project_reference
from rhml_core.workflows.training import promotion
from tests.app.store_fixtures import add_run
from tests.workflows.files.taking_in import take_in

HOSTILE = "=cmd|' /C calc'!A0"
TEXTS = {
    "m1": "win a prize",
    "m2": "see you at noon",
    "-3": "'=1+1, said with an apostrophe",
    "@m4": "line one\nline two, with a comma",
    "h1": "held out",
    "h2": "held out too",
}


@pytest.fixture
def judged(place, team, project, add_labels):
    """Messages with hostile texts and names; votes, a tie, decisions, one of them taken back."""
    rows = [{"id": name, "text": text, "board": HOSTILE} for name, text in TEXTS.items()]
    frame = pl.DataFrame(rows).with_columns(
        split=pl.when(pl.col("id").str.starts_with("h")).then(pl.lit("test")).otherwise(pl.lit(""))
    )
    sink = BytesIO()
    frame.write_csv(sink)
    prepared = importing.check_messages(
        place, team["sue"], project.project_id, sink.getvalue(), "m.csv", split_column="split"
    )
    importing.import_messages(
        place, team["sue"], project.project_id, prepared, file_name="m.csv", key="m"
    )
    add_labels([("m1", "Ana", "spam"), ("m1", "Ben", "spam"), ("m2", "Ana", "ham")])
    add_labels([("-3", "Ana", "ham"), ("-3", "Ben", "spam"), ("@m4", "@eve", "ham")])
    add_labels([("m2", "Ana", "spam")])  # newer than the one before
    add_labels([("h1", "", "spam")], adjudicated=True)
    for message in ("-3", "m2"):
        adjudication.adjudicate(
            place,
            team["sue"],
            project.project_id,
            message,
            label="ham",
            error_kind=ErrorKind.AMBIGUOUS,
            reason="- it says so,\nthat is why",
            key=message,
        )
    adjudication.undo_adjudication(place, team["sue"], project.project_id, "m2", key="undo")
    return project


@pytest.fixture
def export(place, team, judged, tmp_path):
    """Export into a folder: `export("parquet")`."""

    def export(form="csv", *, to="out", **options):
        out = tmp_path / to
        form = TableForm(form)
        return export_project(place, team["sue"], judged.project_id, out, form=form, **options)

    return export


def standing(place, project_id):
    """Everything that counts, with people by their names."""
    names = {one.person_id: one.name for one in people.list_people(place)}
    votes = judgements.current_labels(place.db, project_id)
    return (
        [(message, names[expert], label) for message, expert, label in votes.iter_rows()],
        judgements.adjudicated_labels(place.db, project_id).rows(),
        project_reference(place.db, project_id).rows(),
    )


def cells(file):
    """A CSV file's rows by its first column."""
    with file.open(encoding="utf-8", newline="") as stream:
        return {next(iter(row.values())): row for row in csv.DictReader(stream)}


@pytest.mark.parametrize("form", list(TableForm))
def test_same_labels_stand_where_an_export_is_taken_in(place, judged, export, elsewhere, form):
    """Names, identifiers and texts that a spreadsheet would run come back as they were."""
    where = take_in(elsewhere, export(form).files)

    assert standing(elsewhere, where) == standing(place, judged.project_id)
    ids = list(TEXTS)
    assert messages.get_messages(elsewhere.db, where, ids) == messages.get_messages(
        place.db, judged.project_id, ids
    )


def test_second_export_says_what_the_first_said(export, elsewhere, tmp_path):
    """Times, phases, reasons and who is simulated are in the files, so none may be lost."""
    first = export("csv").files
    where = take_in(elsewhere, first)

    again = export_project(elsewhere, people.operator(elsewhere), where, tmp_path / "again").files

    assert [file.read_text() for file in again] == [file.read_text() for file in first]


def test_each_message_has_the_label_that_counts(export):
    found = cells(export().files[0])

    said = {
        name: (row["label"], row["label_source"], row["label_probability"], row["n_votes"])
        for name, row in found.items()
    }
    assert said == {
        "m1": ("spam", "consensus", "1.0", "2"),
        "m2": ("spam", "consensus", "1.0", "1"),
        "'-3": ("ham", "adjudicated", "1.0", "2"),
        "'@m4": ("ham", "consensus", "1.0", "1"),
        "h1": ("spam", "adjudicated", "1.0", "0"),
        "h2": ("", "", "", "0"),
    }


def test_judgements_stand_in_the_order_in_which_they_were_made(export):
    with export().files[1].open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert [(row["message_id"], row["expert"], row["label"], row["phase"]) for row in rows] == [
        ("m1", "Ana", "spam", "final"),
        ("m1", "Ben", "spam", "final"),
        ("'-3", "Ana", "ham", "final"),
        ("'-3", "Ben", "spam", "final"),
        ("'@m4", "'@eve", "ham", "final"),
        ("m2", "Ana", "spam", "final"),
        ("h1", "reference", "spam", "adjudicated"),
        ("'-3", "Sue", "ham", "adjudicated"),
    ]
    assert rows[-1]["reason"] == "'- it says so,\nthat is why"


def test_machine_answers_only_where_the_hold_out_is_settled(place, team, judged, export):
    """Whoever knew its answer to an open message of the hold-out could settle it by that."""
    add_run(place, judged, 1, {"m1": ("ham", 0.7), "h1": ("spam", 0.9), "h2": ("ham", 0.8)})
    folder = place.settings.runs_folder / "run-1"
    folder.mkdir(parents=True)
    seal_run_folder(folder)
    promotion.promote_run(place, team["sue"], "run-1", key="promote")

    done = export()

    machine = {
        name: (row["machine_label"], row["machine_probability"], row["machine_run"])
        for name, row in cells(done.files[0]).items()
    }
    assert machine["m1"] == ("ham", "0.7", "1")
    assert machine["h1"] == ("spam", "0.9", "1")
    assert machine["h2"] == machine["m2"] == ("", "", "")
    assert (done.run, done.n_silent) == (1, 1)


def test_answers_do_not_come_in_as_metadata(export, elsewhere):
    """Metadata is shown to experts who have still to judge the message."""
    where = take_in(elsewhere, export().files)

    found = messages.get_message(elsewhere.db, where, "m1")

    assert found.metadata == {"board": HOSTILE}


@pytest.mark.parametrize("form", [TableForm.CSV, TableForm.XLSX])
def test_no_cell_runs_as_a_formula(export, form):
    for file in export(form).files:
        texts = read_table(file, file.name).frame
        for row in texts.rows():
            assert not [cell for cell in row if cell[:1] in set("=+-@\t\r") and cell]


def test_more_messages_than_a_block_come_in_order(export, monkeypatch):
    monkeypatch.setattr(exported_rows, "_BLOCK", 2)

    assert list(cells(export().files[0])) == ["m1", "m2", "'-3", "'@m4", "h1", "h2"]


def test_workbook_holds_all_three_tables(export):
    (file,) = export(to="all.xlsx").files

    book = fastexcel.read_excel(file)

    assert book.sheet_names == ["messages", "judgements", "codebook"]
    assert book.load_sheet("judgements").to_polars().height == 8
    assert book.load_sheet("codebook").to_polars()["label"].to_list() == ["ham", "spam"]


def test_archive_for_a_browser_holds_the_three_files(place, team, judged, export):
    in_folder = export().files

    pack = zipfile.ZipFile(BytesIO(export_download(place, team["sue"], judged.project_id)))

    assert pack.namelist() == [file.name for file in in_folder]
    assert [pack.read(file.name) for file in in_folder] == [file.read_bytes() for file in in_folder]


def test_only_supervisors_export_and_it_is_on_record(place, team, judged, export, tmp_path):
    with pytest.raises(NotAllowedError, match="may not export"):
        export_project(place, team["ana"], judged.project_id, tmp_path / "hers")
    export()

    found = events.list_events(place.db, judged.project_id, kinds=["exported"])

    assert not (tmp_path / "hers").exists()
    assert found["person_id"].to_list() == ["sue"]
    assert json.loads(found["detail"][0])["n_messages"] == len(TEXTS)


def test_nothing_is_overwritten_unless_it_is_said(export, tmp_path):
    export()

    with pytest.raises(InvalidInputError, match="exists already"):
        export()

    assert export(overwrite=True).n_messages == len(TEXTS)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "codebook.csv",
        "judgements.csv",
        "messages.csv",
    ]


@pytest.mark.parametrize("to", ["labels.csv", "nowhere/out"])
def test_place_that_cannot_hold_an_export_is_named(export, to):
    with pytest.raises(InvalidInputError, match=to.split("/")[0]):
        export(to=to)


def test_failed_export_leaves_nothing(export, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "write_codebook", full)

    with pytest.raises(StorageError, match="No space left"):
        export()

    assert not (tmp_path / "out").exists()
