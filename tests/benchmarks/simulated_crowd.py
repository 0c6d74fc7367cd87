"""A crowd whose habits are known, so that every measure of its judgements has a true value."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from rhml_core.measures.ratings import Ratings


@dataclass(frozen=True, eq=False)
class Crowd:
    """
    Who errs how, and how common each label is.

    Attributes:
        prior: shape (labels,): shares of the true labels.
        confusion: shape (raters, true labels, given labels).
    """

    prior: np.ndarray
    confusion: np.ndarray

    @property
    def competence(self):
        """Chance that each rater is right on a message drawn from all: shape (raters,)."""
        return np.einsum("rtt,t->r", self.confusion, self.prior)

    @property
    def percent(self):
        """Chance that two raters drawn for a message agree."""
        n = len(self.confusion)
        both = self.confusion.sum(axis=0) ** 2 - (self.confusion**2).sum(axis=0)
        return float(self.prior @ both.sum(axis=1)) / (n * (n - 1))

    @property
    def given(self):
        """Shares of the given labels: shape (labels,)."""
        return self.prior @ self.confusion.mean(axis=0)

    @property
    def alpha(self):
        """Krippendorff's, which is Fleiss' kappa on messages without number."""
        by_chance = (self.given**2).sum()
        return (self.percent - by_chance) / (1 - by_chance)

    @property
    def ac1(self):
        """Gwet's."""
        by_chance = (self.given * (1 - self.given)).sum() / (self.given.size - 1)
        return (self.percent - by_chance) / (1 - by_chance)

    def kappa(self, a, b):
        """Cohen's, of two raters by number."""
        first, second = self.confusion[a], self.confusion[b]
        agree = float(self.prior @ (first * second).sum(axis=1))
        by_chance = float((self.prior @ first) @ (self.prior @ second))
        return (agree - by_chance) / (1 - by_chance)


def make_crowd(n_raters, prior, *, right, seed):
    """Raters who are right with a chance drawn from `right`, and err by habits of their own."""
    random = np.random.default_rng(seed)
    n_labels = len(prior)
    chances = random.uniform(*right, size=(n_raters, n_labels, 1))
    errors = random.dirichlet(np.full(n_labels - 1, 2.0), size=(n_raters, n_labels))
    is_right = np.eye(n_labels, dtype=bool)
    confusion = np.zeros((n_raters, n_labels, n_labels))
    confusion[:, ~is_right] = ((1 - chances) * errors).reshape(n_raters, -1)
    confusion[:, is_right] = chances[..., 0]
    return Crowd(np.asarray(prior), confusion)


def judge(crowd, n_messages, *, n_each, seed):
    """
    The crowd at work: each message is judged by as many raters as one of `n_each` says.

    The numbers in `n_each` are taken in turns, so their mean is met exactly.
    """
    random = np.random.default_rng(seed)
    n_raters, n_labels, _ = crowd.confusion.shape
    truth = random.choice(n_labels, n_messages, p=crowd.prior)
    n_judges = np.resize(np.asarray(n_each), n_messages)
    message = np.repeat(np.arange(n_messages), n_judges)
    place = np.arange(message.size) - np.repeat(np.cumsum(n_judges) - n_judges, n_judges)
    panels = np.argsort(random.random((n_messages, n_raters), dtype=np.float32), axis=1)
    rater = panels[message, place]
    up_to = crowd.confusion[rater, truth[message]].cumsum(axis=1)
    label = (random.random((message.size, 1)) > up_to).sum(axis=1).clip(0, n_labels - 1)
    return Ratings(
        message=message.astype(np.int32),
        rater=rater.astype(np.int32),
        label=label.astype(np.int32),
        messages=pl.Series([f"m{number:07}" for number in range(n_messages)]),
        raters=tuple(f"r{number:03}" for number in range(n_raters)),
        labels=tuple(f"label {number}" for number in range(n_labels)),
    )


def again(ratings):
    """The same judgements with nothing worked out yet, so that every measure starts anew."""
    return Ratings(
        message=ratings.message,
        rater=ratings.rater,
        label=ratings.label,
        messages=ratings.messages,
        raters=ratings.raters,
        labels=ratings.labels,
    )


def as_frame(ratings):
    """The judgements with their names, one row each."""
    names = {"message_id": ratings.messages.gather(ratings.message)}
    names["expert_id"] = pl.Series(ratings.raters).gather(ratings.rater)
    names["label"] = pl.Series(ratings.labels).gather(ratings.label)
    return pl.DataFrame(names)
