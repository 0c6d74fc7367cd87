"""Labelling simulated with an oracle: who chooses the messages decides how fast it learns."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.metrics import f1_score
from small_text import random_initialization
from small_text.query_strategies import BreakingTies

from rhml_core.domain import DrawnBecause, QueueShares
from rhml_core.errors import NotEnoughDataError
from rhml_core.machine.choosing.selection import Judged, rank_read, rank_unread, reasons_to_try
from rhml_core.machine.heads.head import train_head
from rhml_core.workflows.live.machine import SPEAKS_FROM


@dataclass(frozen=True)
class Course:
    """What is raced on: the pool's and the test's vectors with their labels."""

    pool: np.ndarray
    pool_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray
    names: list


@dataclass(frozen=True)
class Standing:
    """What whoever chooses knows: the judged rows, and the trained head, if there is one."""

    course: Course
    judged: np.ndarray
    trained: object

    @property
    def free(self):
        """Rows that nobody has judged."""
        return np.setdiff1d(np.arange(len(self.course.pool)), self.judged)

    @property
    def answers(self):
        """The judged rows' labels."""
        return self.course.pool_labels[self.judged].tolist()


def run_race(course, choose, *, n_labels, step):
    """
    Macro-F1 on the test after every `step` labels.

    Args:
        course: the data.
        choose: `choose(standing, n)` gives `n` free rows.
        n_labels: where to stop.
        step: labels between two trainings.
    """
    judged, trained, curve = np.array([], dtype=np.int64), None, []
    for n_next in range(step, n_labels + 1, step):
        rows = choose(Standing(course, judged, trained), n_next - len(judged))
        judged = np.concatenate([judged, np.asarray(rows, dtype=np.int64)])
        answers = course.pool_labels[judged].tolist()
        try:
            trained = train_head(course.pool[judged], answers, all_labels=course.names, seed=0)
            said = np.array(course.names)[trained.head.predict_proba(course.test).argmax(axis=1)]
        except NotEnoughDataError:
            said = np.full(len(course.test), answers[0])
        curve.append(f1_score(course.test_labels, said, average="macro", zero_division=0.0))
    return curve


def choose_at_random(seed):
    """Whoever takes what comes."""
    rng = np.random.default_rng(seed)
    return lambda standing, n: rng.permutation(standing.free)[:n]


def choose_by_queue(seed):
    """Our queue with its default shares but for the hold-out, whose labels teach nothing."""
    rng = np.random.default_rng(seed)
    shares = _without_holdout(QueueShares())

    def choose(standing, n):
        ranked = _ranked(standing)
        chosen = []
        while len(chosen) < n:
            for because in reasons_to_try(shares, rng.random()):
                among = ranked.get(because, [])
                if because is DrawnBecause.RANDOM:
                    among = rng.permutation(standing.free)
                found = next((row for row in among if row not in chosen), None)
                if found is not None:
                    chosen.append(int(found))
                    break
        return chosen

    return choose


def choose_by_breaking_ties(seed):
    """The peer: small-text's BreakingTies on the same head, after as many random messages."""
    strategy = BreakingTies()

    def choose(standing, n):
        if standing.trained is None or len(standing.judged) < SPEAKS_FROM:
            # small-text draws from NumPy's global generator.
            np.random.seed(seed + len(standing.judged))  # noqa: NPY002
            return standing.free[random_initialization(standing.free, n)]
        places = np.array([standing.course.names.index(name) for name in standing.answers])
        return strategy.query(
            standing.trained.head,
            standing.course.pool,
            standing.free,
            standing.judged,
            places,
            n=n,
        )

    return choose


def _ranked(standing):
    course, free, judged = standing.course, standing.free, standing.judged
    n, seed = 50, 0
    if standing.trained is None or len(judged) < SPEAKS_FROM:
        return rank_unread(course.pool, free=free, judged=judged, n=n, seed=seed)
    probabilities = standing.trained.head.predict_proba(course.pool)
    probabilities[judged] = standing.trained.out_of_fold
    places = np.array([course.names.index(name) for name in standing.answers])
    known = Judged(rows=judged, labels=places, disagreement=np.zeros(len(judged)))
    return rank_read(course.pool, probabilities, free=free, judged=known, n=n, seed=seed)


def _without_holdout(shares):
    teaching = 1.0 - shares.holdout - shares.probe
    rest = {
        name: getattr(shares, name) / teaching
        for name in ("uncertain", "contested", "conflict", "rare")
    }
    return replace(shares, holdout=0.0, probe=0.0, **rest)
