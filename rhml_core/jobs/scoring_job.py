"""One scoring job: chunks of texts in, parts on disk, one Parquet file out."""

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import polars as pl

from rhml_core.jobs.pace import Pace
from rhml_core.jobs.protocol import ProgressLine
from rhml_core.jobs.score_parts import (
    ScoringOrder,
    join_parts,
    keep_part,
    only_here,
    resume_parts,
)
from rhml_core.machine.scoring import Scorer, score_chunk

MIN_SECONDS_BETWEEN_LINES = 0.2


def run_scoring(
    chunks: Iterable[pl.DataFrame],
    scorer: Scorer,
    order: ScoringOrder,
    *,
    folder: Path,
    out: Path,
    n_rows: int,
    on_progress: Callable[[ProgressLine], None],
    clock: Callable[[], float],
) -> int:
    """
    Score chunks into a file, from where an earlier run of the same order stopped.

    One chunk is held at a time. Whatever stops the work leaves the finished parts.

    Args:
        chunks: `row` (Int64), `id`, `text` (String); the same ones whenever they are asked for.
        scorer: the run.
        order: what makes this scoring this one.
        folder: of the parts; gone at the end.
        out: the file, which appears at the end.
        n_rows: rows in all chunks.
        on_progress: told how far it is; what it raises stops the work.
        clock: seconds that only move forward.

    Returns:
        Rows that had been scored before.

    Raises:
        ConflictError: another process works in the folder.
        InvalidInputError: the folder holds parts of another order.
        MachineError: its files are damaged.
        StorageError: they cannot be written.
    """
    teller = _Teller(n_rows, on_progress, clock)
    with only_here(folder):
        done = resume_parts(folder, order)
        n_before = done.n_rows
        teller.tell(n_before)
        for chunk in islice(chunks, done.n_parts, None):
            answers = score_chunk(
                scorer, chunk, with_text=order.with_text, on_progress=teller.inside(chunk.height)
            )
            done = keep_part(folder, order, done, answers)
            teller.tell(done.n_rows)
        teller.tell(done.n_rows, detail="Writing the file")
        join_parts(folder, order, done, out)
    return n_before


class _Teller:
    """Tells how far a scoring is, not more often than a person can read."""

    def __init__(
        self,
        n_rows: int,
        on_progress: Callable[[ProgressLine], None],
        clock: Callable[[], float],
    ) -> None:
        self._n_rows = n_rows
        self._on_progress = on_progress
        self._clock = clock
        self._pace = Pace()
        self._n_done = 0
        self._told_at = 0.0
        self._ends_at: float | None = None

    def tell(self, n_done: int, detail: str = "Scoring") -> None:
        """Tell that so many rows are on disk."""
        # Inside a chunk the long texts come first, so that only whole chunks tell the pace.
        now = self._clock()
        left = self._pace.seconds_left(n_done, self._n_rows, at=now)
        self._n_done, self._ends_at = n_done, None if left is None else now + left
        self._say(n_done, detail, now)

    def inside(self, height: int) -> Callable[[int, int], None]:
        """What the encoder is given to tell how far it is in a chunk of so many rows."""

        def tell(n_read: int, n_distinct: int) -> None:
            now = self._clock()
            if now - self._told_at >= MIN_SECONDS_BETWEEN_LINES:
                self._say(self._n_done + height * n_read // n_distinct, "Scoring", now)

        return tell

    def _say(self, step: int, detail: str, now: float) -> None:
        self._told_at = now
        left = None if self._ends_at is None else max(0.0, self._ends_at - now)
        self._on_progress(ProgressLine(step, self._n_rows, left, detail))
