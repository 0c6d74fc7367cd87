"""The fast head with and without a piece of knowledge, all else alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.heads.counterexamples import Rejected, make_counterexamples
from rhml_core.machine.heads.cross_fitting import teachable_folds
from rhml_core.machine.heads.head import N_FOLDS, TrainedHead, train_head
from rhml_core.machine.heads.letters import LetterSpace
from rhml_core.machine.heads.linear_head import LinearHead
from rhml_core.machine.heads.varied_texts import without_terms
from rhml_core.machine.heads.wording import Wording
from rhml_core.machine.protocol import Floats, Vectors

MOST_WEIGHED = 100
"""Messages by which a term is weighed; each is read once more without it."""


@dataclass(frozen=True)
class Knowledge:
    """
    What people told the machine beside labels.

    Attributes:
        terms: expressions that it reads as features.
        rejected: terms, each with the label that it is no reason for.
    """

    terms: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()


@dataclass
class Study:
    """
    Judged messages by which heads are taught that know different things.

    Attributes:
        texts: judged messages, none of them hold-out.
        embeddings: shape (n, d), theirs.
        labels: theirs, aligned.
        weights: shape (n,), above 0.
        all_labels: in codebook order.
        letters: how texts are spelt; None where spelling is not looked at.
        encode: reads texts as `embeddings` were read.
        is_honest: shape (n,), as in `train_head`; None says all.
        n_copies: counterexamples of the head that was taught last.
    """

    texts: Sequence[str]
    embeddings: Vectors
    labels: Sequence[str]
    weights: Floats
    all_labels: Sequence[str]
    letters: LetterSpace | None
    encode: Callable[[Sequence[str]], Vectors]
    is_honest: NDArray[np.bool_] | None = None
    n_copies: int = 0
    _read: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def taught(self, knowledge: Knowledge, *, seed: int, most: int) -> TrainedHead:
        """
        The head that knows something, with at most so many counterexamples.

        Raises:
            NotEnoughDataError: fewer than two labels have a message.
        """
        wording = Wording(tuple(sorted(set(knowledge.terms))), self.letters)
        made = make_counterexamples(
            self.texts, self.labels, self.weights, knowledge.rejected, seed=seed, most=most
        )
        self.n_copies = len(made)
        return train_head(
            np.vstack([self.embeddings, self.read(made.texts)]),
            made.extended(self.labels),
            made.weights,
            all_labels=self.all_labels,
            seed=seed,
            wording=wording,
            readings=wording.read([*self.texts, *made.texts]),
            is_honest=self.is_honest,
            origins=made.origins,
            own_weights=made.own_weights,
        )

    def falls_out_of_fold(
        self,
        knowledge: Knowledge,
        rows: Sequence[int],
        terms: Sequence[str],
        label: str,
        *,
        seed: int,
        most: int,
    ) -> Floats:
        """
        How far a label's probability falls without terms, told by heads that never saw a message.

        Args:
            knowledge: what those heads know, each taught by the other messages alone.
            rows: judged messages that contain one of the terms.
            terms: expressions.
            label: one of `all_labels`.
            seed: fixes the folds and the heads.
            most: counterexamples of each head.

        Returns:
            Shape (n,), -1 to 1; without those messages on whose absence one label alone is left.
        """
        asked, falls = set(rows), [np.empty(0)]
        for seen, held in teachable_folds(self.labels, N_FOLDS, seed=seed):
            found = [row for row in held.tolist() if row in asked]
            if found:
                head = self._only(seen).taught(knowledge, seed=seed, most=most).head
                texts = [self.texts[row] for row in found]
                vectors = self.embeddings[found]
                falls.append(term_falls(head, texts, vectors, terms, label, self.read))
        return np.concatenate(falls)

    def _only(self, rows: NDArray[np.int64]) -> "Study":
        """A study of some of the messages; what is read once is read for both."""
        return replace(
            self,
            texts=[self.texts[row] for row in rows],
            embeddings=self.embeddings[rows],
            labels=[self.labels[row] for row in rows],
            weights=self.weights[rows],
            is_honest=None if self.is_honest is None else self.is_honest[rows],
        )

    def read(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts, shape (n, d); each text is read once."""
        unread = sorted(set(texts) - set(self._read))
        if unread:
            self._read |= dict(zip(unread, self.encode(unread), strict=True))
        found = np.array([self._read[text] for text in texts], dtype=np.float32)
        return found.reshape(len(texts), self.embeddings.shape[1])


def answers(head: LinearHead, texts: Sequence[str], embeddings: Vectors) -> list[str]:
    """What a head answers, by name, aligned with the texts."""
    found = head.predict_proba(embeddings, head.wording.read(texts))
    return [head.labels[column] for column in found.argmax(axis=1)]


def term_falls(
    head: LinearHead,
    texts: Sequence[str],
    embeddings: Vectors,
    terms: Sequence[str],
    label: str,
    read: Callable[[Sequence[str]], Vectors],
) -> Floats:
    """
    How far a label's probability falls in each message when terms are left out of it.

    Args:
        head: who is asked.
        texts: messages that contain one of the terms.
        embeddings: shape (n, d), theirs.
        terms: expressions.
        label: one of the head's.
        read: reads texts as `embeddings` were read.

    Returns:
        Shape (n,), -1 to 1; above 0 where the terms speak for the label.
    """
    column = head.labels.index(label)
    cut = [without_terms(text, terms) for text in texts]
    whole = head.predict_proba(embeddings, head.wording.read(texts))[:, column]
    falls: Floats = whole - head.predict_proba(read(cut), head.wording.read(cut))[:, column]
    return falls
