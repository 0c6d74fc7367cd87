"""Small tables of judgements, written out or drawn, and what a measure makes of them."""

import numpy as np
import polars as pl
from hypothesis import strategies as st

from rhml_core.domain import MACHINE_RATER
from rhml_core.errors import MeasureUndefinedError

SCHEMA = {"message_id": pl.String, "expert_id": pl.String, "label": pl.String}
MESSAGES = ["m1", "m2", "m3", "m4", "m5", "m6"]
RATERS = ["ana", "ben", "cleo", MACHINE_RATER]
LABELS = ["ham", "spam", "threat"]

votes = st.dictionaries(
    st.tuples(st.sampled_from(MESSAGES), st.sampled_from(RATERS)),
    st.sampled_from(LABELS),
    max_size=24,
)


def frame(of):
    """The labels frame of a dictionary `{(message, rater): label}`."""
    return pl.DataFrame([(*key, label) for key, label in of.items()], schema=SCHEMA, orient="row")


def shared(**of_rater):
    """Labels of messages 0, 1, ... as one list a rater; None where skipped."""
    return frame(
        {
            (f"m{number:05}", rater): label
            for rater, labels in of_rater.items()
            for number, label in enumerate(labels)
            if label is not None
        }
    )


def outcome(measure, labels):
    """The measure, or None where it is undefined."""
    try:
        return measure(labels)
    except MeasureUndefinedError:
        return None


def simulated(n_messages, *, seed, n_raters=3, p_spam=0.3, p_right=0.85):
    """Raters of two labels who are each right with a known chance, alpha known by arithmetic."""
    random = np.random.default_rng(seed)
    truth = random.random(n_messages) < p_spam
    is_right = random.random((n_raters, n_messages)) < p_right
    said = np.where(np.where(is_right, truth, ~truth), "spam", "ham")
    p_said = p_spam * p_right + (1 - p_spam) * (1 - p_right)
    alpha = 1 - p_right * (1 - p_right) / (p_said * (1 - p_said))
    return shared(**{f"r{rater}": labels.tolist() for rater, labels in enumerate(said)}), alpha
