"""One state of the machine that speaks while people label, and how it explains itself."""

from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from rhml_core.domain import Concept
from rhml_core.evidence import Explanation, Faithfulness, NoticedConcept, Opinion, WordInfluence
from rhml_core.machine.evidence.contrast import Flip
from rhml_core.machine.evidence.explain import explain_words, nearest_judged
from rhml_core.machine.heads.head import LinearHead
from rhml_core.machine.protocol import Encoder
from rhml_core.machine.terms.grammar import normal_term
from rhml_core.machine.terms.matching import find_terms

_N_NEIGHBOURS = 3
_N_CONCEPTS = 3


@dataclass(frozen=True)
class LiveMachine:
    """
    One state of the machine that speaks; a retraining makes another.

    Attributes:
        name: for people and records, for example `live machine on run 3, 64 labels`.
        labels: in the order of the probabilities' columns.
        rows: row of each message's vector and probabilities.
        probabilities: (n, n_labels); out of fold where the message was learnt from.
        judged: `message_id, text, label` of the judged pool messages.
        judged_rows: their rows.
        concepts: those of the journal that were not rejected, adopted ones first.
        explanations: those worked out so far, by message; they end with this state.
        flips: the fewest words without which the answer changes, worked out alike.
    """

    name: str
    labels: tuple[str, ...]
    encoder: Encoder
    head: LinearHead
    rows: dict[str, int]
    vectors: np.ndarray
    probabilities: np.ndarray
    judged: pl.DataFrame
    judged_rows: np.ndarray
    concepts: tuple[Concept, ...] = ()
    explanations: dict[str, Explanation] = field(default_factory=dict)
    flips: dict[str, Flip | None] = field(default_factory=dict)

    def opinion(self, message_id: str) -> Opinion | None:
        """What the machine says of a message; None for one that it has not read yet."""
        row = self.rows.get(message_id)
        if row is None:
            return None
        shares = self.probabilities[row]
        by_label = {name: float(share) for name, share in zip(self.labels, shares, strict=True)}
        return Opinion(self.labels[int(shares.argmax())], by_label, self.name)

    def predict(self, texts: list[str]) -> np.ndarray:
        """Probabilities of shape (n_texts, n_labels)."""
        readings = self.head.wording.read(texts)
        return self.head.predict_proba(self.encoder.encode(texts), readings)

    def explain(self, message_id: str, text: str) -> Explanation | None:
        """
        What the machine noticed in a message: words, phrases, concepts, nearest judged messages.

        Returns:
            None for a message that it has not read yet. Directions, concepts' and neighbours'
            labels are in it; the turn holds them back until the reveal.
        """
        row = self.rows.get(message_id)
        if row is None:
            return None
        if message_id not in self.explanations:
            found = explain_words(
                text,
                self.predict,
                labels=self.labels,
                label_index=int(self.probabilities[row].argmax()),
            )
            self.flips[message_id] = found.flip
            self.explanations[message_id] = Explanation(
                words=found.words,
                neighbours=nearest_judged(
                    self.vectors[row],
                    self.vectors[self.judged_rows],
                    self.judged["message_id"].to_list(),
                    self.judged["text"].to_list(),
                    self.judged["label"].to_list(),
                    k=_N_NEIGHBOURS,
                    exclude=message_id,
                ),
                machine=self.name,
                phrases=found.phrases,
                shown=found.shown,
                concepts=_concepts_in(text, self.concepts),
                faithfulness=found.faithfulness,
            )
        return self.explanations[message_id]

    def smallest_flip(self, message_id: str, text: str) -> Flip | None:
        """
        The fewest words without which the machine would answer otherwise.

        Returns:
            None where no three of the strongest words change its answer, where it has not read
            the message, or where by now, having learnt from it, it would answer otherwise.
        """
        self.explain(message_id, text)
        return self.flips.get(message_id)

    def contrast(self, message_id: str, text: str) -> str:
        """One line that says which words decide, such as `would say Sale without “dm”`."""
        flip = self.smallest_flip(message_id, text)
        if flip is None:
            return ""
        quoted = [f"“{word}”" for word in flip.words]
        words = " and ".join([part for part in (", ".join(quoted[:-1]), quoted[-1]) if part])
        return f"would say {flip.after} without {words}"


def hide_answer(explanation: Explanation) -> Explanation:
    """The explanation without labels, names and directions, fit to be shown before the reveal."""
    return replace(
        explanation,
        words=_undirected(explanation.words),
        phrases=_undirected(explanation.phrases),
        shown=_undirected(explanation.shown),
        concepts=tuple(replace(concept, label="") for concept in explanation.concepts),
        neighbours=tuple(
            replace(neighbour, label="", said=()) for neighbour in explanation.neighbours
        ),
        faithfulness=explanation.faithfulness and _undirected_test(explanation.faithfulness),
    )


def _undirected(words: tuple[WordInfluence, ...]) -> tuple[WordInfluence, ...]:
    return tuple(replace(word, influence=abs(word.influence)) for word in words)


def _concepts_in(text: str, concepts: tuple[Concept, ...]) -> tuple[NoticedConcept, ...]:
    """The first concepts that a text contains, each by the term that it does."""
    terms = [(normal_term(term), concept) for concept in concepts for term in concept.terms]
    terms = [(term, concept) for term, concept in terms if term]
    found = find_terms([text], [term for term, _ in terms]).toarray()[0]
    noticed: dict[str, NoticedConcept] = {}
    for (term, concept), is_there in zip(terms, found, strict=True):
        if is_there:
            noticed.setdefault(
                concept.concept_id, NoticedConcept(term, concept.label, concept.status)
            )
    return tuple(noticed.values())[:_N_CONCEPTS]


def _undirected_test(tested: Faithfulness) -> Faithfulness:
    """Without how many words speak for the answer, which beside those shown tells direction."""
    return replace(tested, n_words=0, fall=abs(tested.fall), random_fall=abs(tested.random_fall))
