"""What the machine noticed in a message: its words and its nearest judged messages."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from rhml_core.domain import Neighbour, Span, WordInfluence
from rhml_core.errors import InvalidInputError
from rhml_core.machine.protocol import Floats, Vectors

WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")  # noqa: RUF100, RUF039 - the escape is meant


def influence_of_words(
    text: str,
    predict: Callable[[list[str]], Floats],
    *,
    label_index: int | None = None,
    max_words: int = 80,
) -> tuple[WordInfluence, ...]:
    """
    How much each word moves the machine, found by leaving it out.

    The influence is the label's probability with the word minus without it, so a positive
    one speaks for the label. Words are letters, digits and underscores of any script, joined
    by an apostrophe or a hyphen.

    Args:
        text: the message.
        predict: gives texts' probabilities, shape (n, n_labels); called once.
        label_index: the label to speak of; None takes the one that the machine prefers.
        max_words: only the first so many words of a long message are examined.

    Returns:
        In text order, one per occurrence; empty where the text has no word.

    Source:
        Zeiler, Fergus: Visualizing and understanding convolutional networks (occlusion).
    """
    words = list(WORD.finditer(text))[:max_words]
    if not words:
        return ()
    without = [text[: word.start()] + text[word.end() :] for word in words]
    probabilities = predict([text, *without])
    label = int(np.argmax(probabilities[0])) if label_index is None else label_index
    influences = probabilities[0, label] - probabilities[1:, label]
    return tuple(
        WordInfluence(word.group(), Span(word.start(), word.end()), float(influence))
        for word, influence in zip(words, influences, strict=True)
    )


def nearest_judged(
    vector: Vectors,
    judged_vectors: Vectors,
    ids: Sequence[str],
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    k: int = 3,
    exclude: str | None = None,
) -> tuple[Neighbour, ...]:
    """
    The judged messages nearest in meaning, nearest first.

    Args:
        vector: shape (d,), of the message asked about.
        judged_vectors: shape (n, d), L2-normalised; `ids`, `texts`, `labels` are aligned.
        ids: of the judged messages.
        texts: theirs.
        labels: theirs.
        k: how many at most.
        exclude: identifier of the message asked about, which is not its own neighbour.

    Returns:
        Up to `k`, ties in the order given; empty where nothing else is judged.

    Raises:
        InvalidInputError: the parts are not aligned.
    """
    if not len(judged_vectors) == len(ids) == len(texts) == len(labels):
        raise InvalidInputError("Judged vectors, ids, texts and labels must be of one length.")
    if not ids:
        return ()
    similarities = judged_vectors @ vector
    nearest = [
        row for row in np.argsort(-similarities, kind="stable")[: k + 1] if ids[row] != exclude
    ]
    return tuple(
        Neighbour(ids[row], texts[row], labels[row], float(np.clip(similarities[row], -1.0, 1.0)))
        for row in nearest[:k]
    )
