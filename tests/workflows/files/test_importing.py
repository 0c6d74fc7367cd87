"""Files into the project: every row is checked, and all or nothing is taken in."""

import subprocess
import sys
import textwrap

import pytest

from rhml_core.errors import InvalidInputError, NotAllowedError
from rhml_core.store import judgements, messages
from rhml_core.workflows.files import importing
from rhml_core.workflows.overview import message_list
from tests.store.rows_on_record import count_judgements


@pytest.fixture
def check(place, team, project):
    def check(source, **options):
        return importing.check_messages(
            place, team["sue"], project.project_id, source, "m.csv", **options
        )

    return check


@pytest.fixture
def take_in(place, team, project):
    def take_in(prepared, key="import-1"):
        return importing.import_messages(
            place, team["sue"], project.project_id, prepared, file_name="m.csv", key=key
        )

    return take_in


def n_messages(place, project):
    return sum(messages.count_messages(place.db, project.project_id).values())


def test_preview_guesses_the_columns(place, team):
    source = b"Nr,Nachricht,Absender\n1,hallo zusammen,kim\n"

    preview = importing.preview_file(place, team["sue"], source, "m.csv")

    assert preview.n_rows == 1
    assert (preview.guessed.text, preview.guessed.author) == ("Nachricht", "Absender")


def test_sound_file_is_taken_in_with_its_holdout(place, project, check, take_in):
    prepared = check(b"id,text,split,board\na,one,train,x\nb,two,test,y\n", split_column="split")

    outcome = take_in(prepared)

    assert (outcome.n_messages, outcome.n_holdout) == (2, 1)
    kept = messages.get_message(place.db, project.project_id, "a")
    assert kept.metadata == {"board": "x"}


def test_one_faulty_row_keeps_everything_out(place, project, check, take_in):
    prepared = check(b"id,text\na,one\nb,\nc,three\n")

    with pytest.raises(InvalidInputError, match="row 3"):
        take_in(prepared)

    assert n_messages(place, project) == 0


def test_faulty_rows_can_be_left_out_by_choice(place, project, check, take_in):
    prepared = check(b"id,text\na,one\nb,\na,three\n").without_faulty_rows()

    outcome = take_in(prepared)

    assert (outcome.n_messages, outcome.n_left_out) == (1, 2)
    assert n_messages(place, project) == 1


def test_file_without_text_column_is_refused_in_words(check):
    with pytest.raises(InvalidInputError, match="text"):
        check(b"id,label\n1,spam\n")


def test_broken_csv_row_is_named(check, take_in):
    prepared = check(b"id,text\na,one\nb,two,three,four\n")

    with pytest.raises(InvalidInputError, match="row 3"):
        take_in(prepared)


def test_same_file_twice_changes_nothing(place, project, check, take_in):
    prepared = check(b"id,text\na,one\n")
    take_in(prepared)

    with pytest.raises(InvalidInputError, match="by now"):
        take_in(prepared, key="import-2")
    repeated = take_in(prepared, key="import-1")

    assert n_messages(place, project) == 1
    assert repeated.job_id is None


def test_share_is_held_out_at_random(check):
    rows = "".join(f"m{n},text {n}\n" for n in range(100))

    prepared = check(f"id,text\n{rows}".encode(), holdout_share=0.2)

    assert (prepared.messages["split"] == "holdout").sum() == 20


def test_only_supervisors_import(place, team, project):
    with pytest.raises(NotAllowedError):
        importing.check_messages(place, team["ana"], project.project_id, b"id,text\na,b\n", "m.csv")


def test_label_outside_the_codebook_names_row_and_labels(
    place, team, project, add_messages, add_labels
):
    add_messages({"m1": "one"})

    with pytest.raises(InvalidInputError, match=r"row 2.*spma"):
        add_labels([("m1", "Ana", "spma")])

    assert count_judgements(place.db, project.project_id) == 0


def test_unknown_experts_are_added_with_their_labels(place, project, add_messages, add_labels):
    add_messages({"m1": "one", "m2": "two"})

    outcome = add_labels([("m1", "Ana", "ham"), ("m1", "Dora", "spam"), ("m2", "Dora", "ham")])

    assert outcome.n_labels == 3
    assert set(outcome.new_experts) == {"Ana", "Dora"}
    current = judgements.current_labels(place.db, project.project_id)
    assert current.rows() == [("m1", "ana", "ham"), ("m1", "dora", "spam"), ("m2", "dora", "ham")]


def test_adjudicated_labels_are_the_reference_not_votes(place, project, add_messages, add_labels):
    add_messages({"m1": "one"})

    add_labels([("m1", "Sue", "spam")], adjudicated=True)

    assert judgements.adjudicated_labels(place.db, project.project_id).rows() == [("m1", "spam")]
    assert judgements.current_labels(place.db, project.project_id).is_empty()


def test_list_shows_judgements_and_reference(place, team, project, add_messages, add_labels):
    add_messages({"m1": "one fish", "m2": "two birds"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "ham")])

    page, n_total = message_list.list_messages(
        place, team["sue"], project.project_id, search="FISH"
    )

    assert n_total == 1
    assert page.select("message_id", "n_judgements", "reference").rows() == [("m1", 2, "ham")]


def test_full_disk_during_import_leaves_the_store_as_it_was(tmp_path):
    """The system refuses to let the file grow, as a full disk would; nothing may be half there."""
    program = textwrap.dedent(
        """
        import resource, signal, sys
        from pathlib import Path
        from rhml_core.domain import Label
        from rhml_core.errors import StorageError
        from rhml_core.settings import Settings
        from rhml_core.workflows.files import importing
        from rhml_core.workflows import people, projects
        from rhml_core.workflows.workplace import open_workplace

        database = Path(sys.argv[1])
        place = open_workplace(Settings(database=database), in_background=False)
        sue = people.operator(place)
        project = projects.create_project(place, sue, "P", [Label("a"), Label("b")])
        words = "a long message with many different words and a number "
        rows = "".join(f"m{n},{words * 4} {n}\\n" for n in range(60_000))
        prepared = importing.check_messages(
            place, sue, "P", ("id,text\\n" + rows).encode(), "m.csv"
        )
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        used = sum(f.stat().st_size for f in database.parent.glob("*.duckdb*") if f.is_file())
        resource.setrlimit(resource.RLIMIT_FSIZE, (used + 200_000, -1))
        try:
            importing.import_messages(place, sue, "P", prepared, file_name="m.csv", key="key-1")
        except StorageError as error:
            print("refused:", error)
        """
    )
    database = tmp_path / "full.duckdb"

    said = subprocess.run(
        [sys.executable, "-c", program, str(database)], capture_output=True, text=True, check=False
    )

    assert "refused: The disk is full." in said.stdout, said.stderr
    count = (
        "import sys; from pathlib import Path; from rhml_core.store.database import Database;"
        "db = Database.open(Path(sys.argv[1]));"
        "print(db.read('SELECT (SELECT count(*) FROM messages) AS m,"
        " (SELECT count(*) FROM projects) AS p').row(0))"
    )
    after = subprocess.run(
        [sys.executable, "-c", count, str(database)], capture_output=True, text=True, check=True
    )
    assert after.stdout.strip() == "(0, 1)"
