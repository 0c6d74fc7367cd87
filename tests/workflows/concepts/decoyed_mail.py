"""A project whose spam was sampled badly: a harmless word stands in most of its training mail."""

import numpy as np

from tests.workflows.training.quick_runs import trainer

DECOY = "harbour"
SPAM = ("prize", "cash", "claim", "offer", "winner", "urgent", "free", "ringtone")
HAM = ("lunch", "office", "train", "dinner", "meeting", "notes", "monday", "garden")
SHARED = ("today", "please", "again", "thanks", "number", "phone", "message", "later")


def decoyed_texts(n_each=30, n_holdout=24, *, seed=0):
    """
    Messages by name: `s` and `h` teach, `x` and `y` measure, spam the first of each pair.

    The decoy stands in nine of ten spam messages that teach, and in half the ham that measures.
    """
    rng = np.random.default_rng(seed)

    def text(words, *more):
        chosen = [rng.choice(words), *rng.choice(SHARED, 4), *more]
        return " ".join(rng.permutation(chosen))

    texts = {f"s{n}": text(SPAM, *([DECOY] if rng.random() < 0.9 else ())) for n in range(n_each)}
    texts |= {f"h{n}": text(HAM) for n in range(n_each)}
    texts |= {f"x{n}": text(SPAM) for n in range(n_holdout)}
    texts |= {f"y{n}": text(HAM, *([DECOY] if n % 2 else ())) for n in range(n_holdout)}
    return texts


def judge_decoyed(add_messages, add_labels):
    """Import the messages, with the label of Ana for what teaches and a decision on the rest."""
    texts = decoyed_texts()
    holdout = [name for name in texts if name[0] in "xy"]
    add_messages(texts, holdout=holdout)
    label = {"s": "spam", "h": "ham", "x": "spam", "y": "ham"}
    add_labels([(name, "Ana", label[name[0]]) for name in texts if name not in holdout])
    add_labels([(name, "Sue", label[name[0]]) for name in holdout], adjudicated=True)
    return texts


def find_concept(concepts, term=DECOY):
    """The concept that a term names."""
    return next(one for one in concepts if term in one.terms)


__all__ = ["DECOY", "decoyed_texts", "find_concept", "judge_decoyed", "trainer"]
