"""A file scored by a run: every row as the run sees it, and a killed scoring goes on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from rhml_core import cli
from rhml_core.domain import Label, RunState
from rhml_core.errors import (
    ConflictError,
    InvalidInputError,
    JobCancelledError,
    MachineError,
    NotAllowedError,
    NotFoundError,
)
from rhml_core.machine import scoring as machine_scoring
from rhml_core.machine.heads.head import load_head
from rhml_core.workflows import projects
from rhml_core.workflows.files import scoring
from rhml_core.workflows.files.scorable_file import chunks_of, look_through_file
from rhml_core.workflows.training import promotion
from tests.machine.fakes import HashingEncoder
from tests.workflows.training.quick_runs import judge_all, trainer

TEXTS = [f"{'prize' if n % 3 else 'lunch'} number {n}" for n in range(50)]
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def fake_encoder(monkeypatch):
    """The texts that were read are counted; chunks are small."""
    encoder = HashingEncoder()
    monkeypatch.setattr(machine_scoring, "load_base_encoder", lambda _: encoder)
    monkeypatch.setattr(scoring, "CHUNK_ROWS", 8)
    return encoder


@pytest.fixture
def train(place, team, project, monkeypatch, add_messages, add_labels):
    judge_all(add_messages, add_labels)
    return trainer(place, team["sue"], project, monkeypatch)


@pytest.fixture
def run(train):
    return train()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "posts.csv"
    pl.DataFrame({"id": [f"p{n}" for n in range(50)], "text": TEXTS}).write_csv(path)
    return path


@pytest.fixture
def score(settings, run, file, tmp_path):
    def score(name="out.parquet", *, source=file, on_progress=lambda _: None, **options):
        readable = look_through_file(source)
        out = tmp_path / name
        scoring.score_file(settings, run, readable, out, on_progress=on_progress, **options)
        return out

    return score


def stop_after(n_rows):
    """Progress that ends the work as Ctrl-C does."""

    def tell(line):
        if line.step >= n_rows:
            raise KeyboardInterrupt

    return tell


def test_each_row_has_the_runs_answer(score, settings, run):
    found = pl.read_parquet(score())

    head = load_head(settings.runs_folder / run.folder / "head.npz")
    expected = head.predict_proba(HashingEncoder().encode(TEXTS), head.wording.read(TEXTS))
    ordered = expected.copy()
    ordered.sort(axis=1)
    assert found.columns == [
        *("row", "id", "text_hash", "label", "probability", "margin"),
        *("probability_ham", "probability_spam"),
    ]
    assert found["row"].to_list() == list(range(2, 52))  # as a person counts, with the header
    assert found["id"].to_list() == [f"p{n}" for n in range(50)]
    assert found.select("probability_ham", "probability_spam").to_numpy() == pytest.approx(expected)
    assert found["label"].to_list() == [head.labels[best] for best in expected.argmax(axis=1)]
    assert found["probability"].to_numpy() == pytest.approx(expected.max(axis=1))
    assert found["margin"].to_numpy() == pytest.approx(ordered[:, -1] - ordered[:, -2])


def test_texts_are_kept_when_asked_for(score):
    assert pl.read_parquet(score(with_text=True))["text"].to_list() == TEXTS


def test_file_says_what_made_it(score, run):
    """A Parquet file travels; months later somebody asks which run it is from."""
    about = json.loads(pl.read_parquet_metadata(score())["rhml"])

    assert about["run_id"] == run.run_id
    assert about["text_column"] == "text"


@pytest.mark.parametrize("name", ["posts.jsonl", "posts.parquet", "posts.tsv", "posts.xlsx"])
def test_every_format_gives_the_same_answers(score, tmp_path, name):
    frame = pl.DataFrame({"id": [f"p{n}" for n in range(50)], "text": TEXTS})
    path = tmp_path / name
    match path.suffix:
        case ".jsonl":
            frame.write_ndjson(path)
        case ".parquet":
            frame.write_parquet(path)
        case ".tsv":
            frame.write_csv(path, separator="\t")
        case _:
            frame.write_excel(path)

    found = pl.read_parquet(score(source=path))

    assert found.drop("row").equals(pl.read_parquet(score("csv.parquet")).drop("row"))


def test_each_distinct_text_of_a_chunk_is_read_once(score, tmp_path, fake_encoder):
    """The encoder is what takes the time; the fake reads what it is given."""
    path = tmp_path / "same.csv"
    path.write_text("id,text\n" + "".join(f"{n},the same\n" for n in range(16)))

    found = pl.read_parquet(score(source=path))

    assert found.height == 16
    assert found["probability"].n_unique() == 1
    assert fake_encoder.n_encoded == 2


def test_stopped_scoring_goes_on_and_ends_with_the_same_bytes(score, fake_encoder):
    whole = score("whole.parquet").read_bytes()
    fake_encoder.n_encoded = 0
    with pytest.raises(JobCancelledError, match="same command again"):
        score(on_progress=stop_after(24))
    n_first = fake_encoder.n_encoded

    out = score()

    assert n_first == 24
    assert fake_encoder.n_encoded == 50
    assert out.read_bytes() == whole
    assert not scoring.parts_folder(out).exists()


def test_stop_leaves_no_file_that_looks_finished(score, tmp_path):
    with pytest.raises(JobCancelledError):
        score(on_progress=stop_after(24))

    assert not (tmp_path / "out.parquet").exists()
    assert scoring.parts_folder(tmp_path / "out.parquet").is_dir()


KILLED = """
import sys, time
from pathlib import Path
from rhml_core.machine import scoring as machine_scoring
from rhml_core.settings import Settings
from rhml_core.workflows.files import scoring
from rhml_core.workflows import workplace
from rhml_core.workflows.files.scorable_file import look_through_file
from rhml_core.store import runs
from tests.machine.fakes import HashingEncoder

database, source, out, run_id = sys.argv[1:]
place = workplace.open_workplace(Settings(database=Path(database)), in_background=False)
run = runs.get_run(place.db, run_id)
settings = place.settings
place.close()
machine_scoring.load_base_encoder = lambda _: HashingEncoder()
scoring.CHUNK_ROWS = 8

def slowly(line):
    print(line.step, flush=True)
    time.sleep(0.2)

scoring.score_file(
    settings, run, look_through_file(Path(source)), Path(out), on_progress=slowly
)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_killed_process_leaves_parts_that_the_next_one_goes_on_with(
    place, score, run, file, fake_encoder, number
):
    whole = score("whole.parquet").read_bytes()
    out = file.with_name("out.parquet")
    place.close()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(place.db.path), str(file), str(out), run.run_id],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    for line in process.stdout:
        if int(line) >= 24:
            break
    process.send_signal(number)
    said = process.communicate()[1]
    fake_encoder.n_encoded = 0

    score()

    assert process.returncode != 0, said
    assert "Traceback" not in said or number == signal.SIGINT, said
    assert ("same command again" in said) == (number == signal.SIGINT)
    assert 0 < fake_encoder.n_encoded <= 34  # at least two parts of eight were kept
    assert out.read_bytes() == whole


def test_other_file_run_or_option_is_told_apart(score, train, settings, file, tmp_path):
    """Else half of a file would be one run's and half another's."""
    with pytest.raises(JobCancelledError):
        score(on_progress=stop_after(24))
    readable, out = look_through_file(file), tmp_path / "out.parquet"

    with pytest.raises(InvalidInputError, match="other options"):
        score(with_text=True)
    other = train("train-2")
    with pytest.raises(InvalidInputError, match="another run"):
        scoring.score_file(settings, other, readable, out, on_progress=lambda _: None)
    file.write_text(file.read_text() + "p99,one more\n")
    with pytest.raises(InvalidInputError, match=r"has changed.*delete that folder"):
        score()


def test_two_processes_do_not_score_into_one_file(score):
    def begin_another(line):
        if line.step == 16:
            score()

    with pytest.raises(ConflictError, match="Another process"):
        score(on_progress=begin_another)


def test_existing_file_is_replaced_only_on_demand(score, tmp_path):
    (tmp_path / "out.parquet").write_text("precious")

    with pytest.raises(InvalidInputError, match="--overwrite"):
        score()
    kept = (tmp_path / "out.parquet").read_text()
    score(overwrite=True)

    assert kept == "precious"
    assert pl.read_parquet(tmp_path / "out.parquet").height == 50


def test_file_is_not_scored_into_itself(score, file):
    with pytest.raises(InvalidInputError, match="Name another file"):
        score(file.name, overwrite=True)


def test_rows_without_a_text_are_named_and_left_out_only_on_demand(score, file):
    rows = file.read_text().splitlines()
    rows[5], rows[20] = "p4,", "p19,with,too many"
    file.write_text("\n".join(rows))

    with pytest.raises(InvalidInputError, match=r"2 rows .*first is row 6: It has no text.*skip"):
        score()
    found = pl.read_parquet(score(skip_bad=True))

    assert found.height == 48
    assert not set(found["id"]) & {"p4", "p19"}


def test_missing_columns_are_told_with_those_there_are(file):
    with pytest.raises(InvalidInputError, match=r'no column "body".*id, text'):
        look_through_file(file, text_column="body")


def test_ids_are_left_empty_where_there_are_none(score, tmp_path):
    path = tmp_path / "bare.csv"
    path.write_text("text\nfirst\nsecond\n")

    found = pl.read_parquet(score(source=path))

    assert found["id"].to_list() == [None, None]
    assert found["row"].to_list() == [2, 3]


def test_file_that_changes_while_it_is_read_is_refused(file):
    readable = look_through_file(file)
    chunks = chunks_of(readable, 8)
    next(chunks)
    os.utime(file, ns=(0, 0))

    with pytest.raises(ConflictError, match="changed while"):
        list(chunks)


def test_damaged_run_scores_nothing(score, settings, run, tmp_path):
    (settings.runs_folder / run.folder / "head.npz").write_bytes(b"")

    with pytest.raises(MachineError, match="was changed"):
        score()

    assert not (tmp_path / "out.parquet").exists()


def test_run_on_another_encoder_is_refused(score, monkeypatch):
    other = HashingEncoder()
    other.encoder_id = "base-other"
    monkeypatch.setattr(machine_scoring, "load_base_encoder", lambda _: other)

    with pytest.raises(MachineError, match="RHML_ENCODER"):
        score()


def test_progress_ends_at_the_last_row_with_time_left_in_between(score):
    told = []

    score(on_progress=told.append)

    assert told[0].step == 0
    assert told[0].seconds_left is None
    assert [line.step for line in told] == sorted(line.step for line in told)
    assert (told[-1].step, told[-1].n_steps) == (50, 50)
    assert any(line.seconds_left is not None for line in told)


def test_run_is_found_by_number_identifier_or_promotion(place, team, project, run):
    sue = team["sue"]

    with pytest.raises(NotFoundError, match=r"No run of 'Mail' is promoted.*its runs are 1"):
        scoring.find_run(place, sue, None, None)
    with pytest.raises(NotFoundError, match="has no run 7"):
        scoring.find_run(place, sue, "7", "Mail")
    promotion.promote_run(place, sue, run.run_id, key="p")

    found = [scoring.find_run(place, sue, name, None) for name in (None, "1", run.run_id)]
    assert {each.run_id for each in found} == {run.run_id}
    assert found[0].state is RunState.PROMOTED


def test_one_of_several_projects_has_to_be_named(place, team, project, run):
    labels = [Label("a", "one"), Label("b", "two")]
    projects.create_project(place, team["sue"], "Other", labels)

    with pytest.raises(InvalidInputError, match=r"--project.*'Mail', 'Other'"):
        scoring.find_run(place, team["sue"], "1", None)
    with pytest.raises(NotFoundError, match="'Other' has no run"):
        scoring.find_run(place, team["sue"], run.run_id, "Other")


def test_experts_do_not_score(place, team, run):
    """Answers about messages that they have yet to judge would end their blindness."""
    with pytest.raises(NotAllowedError):
        scoring.find_run(place, team["ana"], "1", None)


@pytest.fixture
def rhml(place, run, monkeypatch, capsys, settings):
    """Give a command as on the command line: exit status, stdout, stderr."""
    place.close()

    def rhml(*words):
        monkeypatch.setattr(sys, "argv", ["rhml", *map(str, words), "--db", str(settings.database)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return rhml


def test_command_prints_one_document(rhml, file, tmp_path, run):
    out = tmp_path / "out.parquet"

    status, said, progress = rhml("score", file, "--run", 1, "--out", out, "--json")

    document = json.loads(said)
    assert status == 0
    assert document["run_id"] == run.run_id
    assert (document["n_rows"], document["n_skipped"], document["n_before"]) == (50, 0, 0)
    assert sum(document["n_by_label"].values()) == 50
    assert "50 of 50 rows" in progress
    assert pl.read_parquet(out).height == 50


def test_command_names_bad_rows_and_fails_with_one_reason(rhml, file, tmp_path):
    file.write_text(file.read_text() + "p50,\n")

    status, said, told = rhml("score", file, "--run", 1, "--out", tmp_path / "o.parquet", "--json")

    assert (status, said) == (1, "")
    assert "row 52: error: It has no text." in told
    assert told.strip().splitlines()[-1].startswith("rhml: 1 rows")


def test_command_without_a_file_is_wrong_usage(rhml):
    assert rhml("score")[0] == 2


def test_command_leaves_torch_alone(tmp_path):
    """Scoring runs where pages are served from; torch would double its memory."""
    code = (
        "import rhml_core.cli.scoring, rhml_core.workflows.files.scoring, sys;"
        "print(sorted({'torch', 'setfit', 'transformers'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
