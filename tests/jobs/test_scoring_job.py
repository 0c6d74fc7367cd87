"""A scoring in parts: what lies on disk decides what is still to do."""

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from rhml_core.errors import ConflictError, InvalidInputError, MachineError, StorageError
from rhml_core.jobs import score_parts
from rhml_core.jobs.score_parts import (
    PartsDone,
    ScoringOrder,
    join_parts,
    keep_part,
    only_here,
    resume_parts,
)
from rhml_core.jobs.scoring_job import run_scoring
from rhml_core.machine.heads.head import LinearHead
from rhml_core.machine.scoring import Scorer
from tests.machine.fakes import HashingEncoder

ORDER = ScoringOrder(10, "aa", "run-1", "bb", "fake-hashing", None, "text", False, 2)  # noqa: FBT003
ANSWERS = pl.DataFrame({"row": [1, 2], "label": ["a", "b"]})


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "out.parquet.partial"
    folder.mkdir()
    return folder


@pytest.fixture
def keep(folder):
    """Keep parts of two rows each."""

    def keep(n_parts):
        done = resume_parts(folder, ORDER)
        for _ in range(n_parts):
            done = keep_part(folder, ORDER, done, ANSWERS)
        return done

    return keep


def test_done_is_what_was_kept(folder, keep):
    keep(3)

    assert resume_parts(folder, ORDER) == PartsDone(n_parts=3, n_rows=6)


def test_part_that_was_cut_off_is_made_again(folder, keep):
    """A killed process may leave a part that its manifest does not know."""
    keep(1)
    (folder / "part-000001.parquet").write_bytes(b"half")
    (folder / "part-000001.unfinished").write_bytes(b"half")

    done = keep(1)

    assert done == PartsDone(n_parts=2, n_rows=4)
    assert pl.read_parquet(folder / "part-000001.parquet").equals(ANSWERS)


def test_joined_file_holds_all_parts_in_order_and_the_folder_goes(folder, keep, tmp_path):
    done = keep(3)

    join_parts(folder, ORDER, done, tmp_path / "out.parquet")

    assert pl.read_parquet(tmp_path / "out.parquet").equals(pl.concat([ANSWERS] * 3))
    assert not folder.exists()


def test_row_groups_are_bounded(folder, keep, tmp_path, monkeypatch):
    """Readers hold a row group at a time; one a part would be slow, one in all would be large."""
    monkeypatch.setattr(score_parts, "GROUP_ROWS", 5)

    join_parts(folder, ORDER, keep(5), tmp_path / "out.parquet")

    about = pq.ParquetFile(tmp_path / "out.parquet").metadata
    assert [about.row_group(n).num_rows for n in range(about.num_row_groups)] == [4, 4, 2]


@pytest.mark.parametrize("damage", ["missing", "cut", "other rows"])
def test_damaged_parts_make_no_file(folder, keep, tmp_path, damage):
    done = keep(2)
    part = folder / "part-000001.parquet"
    if damage == "missing":
        part.unlink()
    elif damage == "cut":
        part.write_bytes(part.read_bytes()[:20])
    else:
        ANSWERS.head(1).write_parquet(part)

    with pytest.raises(MachineError, match="begin again"):
        join_parts(folder, ORDER, done, tmp_path / "out.parquet")

    assert not (tmp_path / "out.parquet").exists()


def test_damaged_manifest_is_told(folder, keep):
    keep(1)
    (folder / "manifest.json").write_text("{}")

    with pytest.raises(MachineError, match="manifest is damaged"):
        resume_parts(folder, ORDER)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"file_sha256": "cc"}, "changed, or is another"),
        ({"run_id": "run-2"}, "another run"),
        ({"run_sha256": "cc"}, "another run"),
        ({"encoder_id": "other"}, "another run"),
        ({"with_text": True}, "other options"),
        ({"text_column": "body"}, "other options"),
    ],
)
def test_another_order_is_refused_by_its_difference(folder, keep, change, words):
    keep(1)

    with pytest.raises(InvalidInputError, match=words):
        resume_parts(folder, ScoringOrder(**{**ORDER.__dict__, **change}))


def test_folder_is_had_by_one_at_a_time(folder):
    with (
        only_here(folder),
        pytest.raises(ConflictError, match="Another process"),
        only_here(folder),
    ):
        pass
    with only_here(folder):
        pass  # free again


def test_folder_that_cannot_be_made_is_told_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(StorageError, match="same command again"),
        only_here(tmp_path / "file" / "x"),
    ):
        pass


def test_time_left_counts_whole_chunks_alone(tmp_path):
    """Long texts come first in a chunk: its first rows would promise far too long a wait."""
    now = iter(range(1_000))
    told = []
    head = LinearHead(("a", "b"), np.ones((2, 64)), np.zeros(2))
    chunks = [
        pl.DataFrame({"row": [n, n + 1], "id": ["a", "b"], "text": [f"one {n}", f"two {n}"]})
        for n in range(0, 8, 2)
    ]

    n_before = run_scoring(
        chunks,
        Scorer(("a", "b"), HashingEncoder(), head),
        ORDER,
        folder=tmp_path / "parts",
        out=tmp_path / "out.parquet",
        n_rows=8,
        on_progress=told.append,
        clock=lambda: float(next(now)),
    )

    assert n_before == 0
    assert [line.step for line in told] == [0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 8]
    assert [line.seconds_left for line in told[:3]] == [None, None, None]
    # A chunk takes 3 ticks of the clock; three chunks are left after the first.
    assert told[3].seconds_left == pytest.approx(9.0)
    assert told[4].seconds_left == pytest.approx(8.0)
    assert told[-1].seconds_left == pytest.approx(0.0)
