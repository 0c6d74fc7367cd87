"""Terms of the lexicon whose judged messages are mostly of another label: to be re-examined."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rhml_core.machine.evidence.judged import Judged
from rhml_core.machine.terms.matching import find_terms

LEAST_AGAINST = 3
"""Judged messages of one other label that a term needs to be held against the lexicon."""


def conflicting_terms(
    judged: Judged, by_label: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, str]]:
    """
    Terms that mislead, by the label that most of their judged messages have.

    Args:
        judged: messages with their reference label.
        by_label: the lexicon's expressions under each of its labels.

    Returns:
        Label, then expression, then the label under which the lexicon has it. A term is there
        where more than half of the judged messages with it, and at least three, have one label
        under which it does not stand. Empty where there is none.
    """
    labels_of: dict[str, list[str]] = {}
    for label, expressions in by_label.items():
        for expression in expressions:
            labels_of.setdefault(expression, []).append(label)
    if not labels_of or not judged.texts:
        return {}
    found = find_terms(judged.texts, list(labels_of)).tocsc()
    conflicts: dict[str, dict[str, str]] = {}
    for column, (expression, own) in enumerate(labels_of.items()):
        rows = found.indices[found.indptr[column] : found.indptr[column + 1]]
        if len(rows) < LEAST_AGAINST:
            continue
        label, n = Counter(judged.labels[row] for row in rows).most_common(1)[0]
        if label not in own and n >= LEAST_AGAINST and 2 * n > len(rows):
            conflicts.setdefault(label, {})[expression] = own[0]
    return conflicts
