"""Judged messages and what is surfaced of them, for tests of surfacing."""

import numpy as np

from rhml_core.machine.evidence.surface import Judged, surface_concepts

LABELS = ["ham", "spam"]


def judged_messages(texts_by_label):
    texts = [text for group in texts_by_label.values() for text in group]
    labels = [label for label, group in texts_by_label.items() for _ in group]
    ids = [f"m{row}" for row in range(len(texts))]
    return Judged(tuple(ids), tuple(texts), tuple(labels))


def surfaced(judged, spam, lexicon=(), **options):
    """Concepts where the judged messages are all messages, with these spam probabilities."""
    spam = np.asarray(spam, dtype=np.float64)
    return surface_concepts(
        judged,
        texts=judged.texts,
        probabilities=np.column_stack([1 - spam, spam]),
        all_labels=LABELS,
        lexicon=lexicon,
        seed=1,
        **options,
    )
