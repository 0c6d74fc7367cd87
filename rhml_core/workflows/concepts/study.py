"""What heads are taught and measured by that differ in one decision on a concept alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from rhml_core.domain import Concept, ConceptStatus, Split
from rhml_core.errors import NotEnoughDataError
from rhml_core.machine.evidence.ablation import Knowledge, Study
from rhml_core.machine.heads.counterexamples import Rejected
from rhml_core.machine.heads.letters import MOST_TEXTS, fit_letters
from rhml_core.machine.heads.wording import commonest_terms
from rhml_core.machine.protocol import Vectors
from rhml_core.machine.terms.grammar import parse_term
from rhml_core.store import concepts, lexicons, messages
from rhml_core.store.database import Database
from rhml_core.store.embeddings import read_messages
from rhml_core.workflows.concepts.rejected_terms import rejected_terms, wrong_reasons
from rhml_core.workflows.lexicon.adoption import usable_terms
from rhml_core.workflows.lexicon.reading import lexicon_terms
from rhml_core.workflows.live.machine import MachineRoom
from rhml_core.workflows.live.training import SPEAKS_FROM, told_by_run
from rhml_core.workflows.training.data import training_set

SEED = 0
CHANGED_NOTHING = "It changed nothing"
"""How the sentence on a decision begins that left the machine as it was."""


@dataclass(frozen=True)
class ReadHoldout:
    """Hold-out messages with a reference label; shape (n, d) of their vectors."""

    texts: Sequence[str]
    labels: Sequence[str]
    embeddings: Vectors


@dataclass(frozen=True)
class ConceptStudy:
    """
    One look at what is judged, and at what people have told the machine.

    Attributes:
        judged: the training messages.
        held_out: what measures.
        labels: of the codebook, in order.
        knowledge: as it stands now.
        pool: `message_id, text` (String) of the messages that are not held out.
        taught_ids: of the training messages, aligned with `judged`.
        encoder_id: who read them.
    """

    db: Database
    project_id: str
    judged: Study
    held_out: ReadHoldout
    labels: list[str]
    knowledge: Knowledge
    pool: pl.DataFrame
    taught_ids: list[str]
    encoder_id: str

    def worlds(
        self, concept: Concept, before: ConceptStatus, after: ConceptStatus
    ) -> tuple[Knowledge, Knowledge]:
        """
        What the machine knows before a decision on a concept and after it, all else as now.

        A term that stands in the lexicon for another reason too, or is rejected with another
        concept, is known in both.
        """
        terms, pairs = set(self.knowledge.terms), set(self.knowledge.rejected)
        with_terms, with_pairs = terms | self._new_terms(concept), pairs | self._pairs(concept)
        if concept.status is ConceptStatus.ADOPTED:
            terms, with_terms = terms - self._terms_of_alone(concept), terms
        if concept.status is ConceptStatus.REJECTED:
            others = {pair for one in self._others(concept) for pair in self._pairs(one)}
            pairs, with_pairs = pairs - (self._pairs(concept) - others), pairs

        def world(status: ConceptStatus) -> Knowledge:
            return Knowledge(
                tuple(sorted(with_terms if status is ConceptStatus.ADOPTED else terms)),
                tuple(sorted(with_pairs if status is ConceptStatus.REJECTED else pairs)),
            )

        return world(before), world(after)

    def why_nothing_changes(
        self, concept: Concept, before: ConceptStatus, after: ConceptStatus
    ) -> str:
        """Why a decision leaves the machine as it is, as a part of a sentence; "" where not."""
        first, second = self.worlds(concept, before, after)
        if first != second:
            return ""
        decided = {before, after}
        if ConceptStatus.ADOPTED in decided and set(usable_terms(concept)) & set(first.terms):
            return "the term stood in the lexicon already"
        if ConceptStatus.REJECTED in decided and self._pairs(concept):
            return "the term was rejected for the label already, with another concept"
        return "the machine reads none of its terms"

    def _pairs(self, concept: Concept) -> set[Rejected]:
        return set(wrong_reasons(self.db, self.project_id, concept))

    def _others(self, concept: Concept) -> list[Concept]:
        """Concepts on which was decided as on this one."""
        return [
            one
            for one in concepts.list_concepts(self.db, self.project_id)
            if one.status is concept.status and one.concept_id != concept.concept_id
        ]

    def _new_terms(self, concept: Concept) -> set[str]:
        """What adopting a concept would bring that is not read by now, however it is written."""
        known = {parse_term(term) for term in self.knowledge.terms}
        return {term for term in usable_terms(concept) if parse_term(term) not in known}

    def _terms_of_alone(self, concept: Concept) -> set[str]:
        """What would leave the lexicon with an adopted concept: in it for no other reason."""
        lexicon = lexicons.get_lexicon(self.db, self.project_id)
        brought = [term for term in lexicon.terms if term.source_id == concept.concept_id]
        own = {term.expression for term in brought}
        others = {term.expression for term in lexicon.terms if term.label and term not in brought}
        adopted = {term for one in self._others(concept) for term in usable_terms(one)}
        return own - others - adopted

    def honest_answers(self, knowledge: Knowledge, *, most: int) -> list[str]:
        """Cross-validated answers to the training messages of a head that knows something."""
        found = self.judged.taught(knowledge, seed=SEED, most=most)
        return [self.labels[column] for column in found.out_of_fold.argmax(axis=1)]


def open_study(
    db: Database, machines: MachineRoom, project_id: str, *, is_base: bool = False
) -> ConceptStudy:
    """
    What is judged now, as the machine that speaks reads it.

    Args:
        db: the store.
        machines: whose encoder reads.
        project_id: an existing project.
        is_base: whether the packaged encoder reads instead: one that a run tuned was told the
            training labels, and answers to those messages would flatter it.

    Raises:
        NotEnoughDataError: the machine knows too little to speak.
    """
    encoder_id, encoder = machines.encoder_of(project_id)
    if is_base:
        encoder = machines.base_encoder()
        encoder_id = encoder.encoder_id
    data = training_set(db, project_id)
    if data.missing:
        raise NotEnoughDataError(" ".join(data.missing))
    training, vectors = _read(db, project_id, encoder_id, data.training)
    if training.height < SPEAKS_FROM:
        raise NotEnoughDataError(f"The machine speaks from {SPEAKS_FROM} judged messages on.")
    held_out, held_vectors = _read(db, project_id, encoder_id, data.holdout)
    told = told_by_run(db, encoder_id)
    pool = messages.message_texts(db, project_id).filter(pl.col("split") == Split.POOL.value)
    sample = pool["text"].sample(min(MOST_TEXTS, pool.height), seed=SEED).to_list()
    return ConceptStudy(
        db=db,
        project_id=project_id,
        judged=Study(
            texts=training["text"].to_list(),
            embeddings=vectors,
            labels=training["label"].to_list(),
            weights=training["weight"].to_numpy(),
            all_labels=data.labels,
            letters=fit_letters(sample, seed=SEED),
            encode=encoder.encode,
            is_honest=np.array([name not in told for name in training["message_id"]]),
        ),
        held_out=ReadHoldout(held_out["text"].to_list(), held_out["label"].to_list(), held_vectors),
        labels=data.labels,
        knowledge=Knowledge(
            commonest_terms(sample, lexicon_terms(db, project_id)), rejected_terms(db, project_id)
        ),
        pool=pool.select("message_id", "text"),
        taught_ids=training["message_id"].to_list(),
        encoder_id=encoder_id,
    )


def _read(
    db: Database, project_id: str, encoder_id: str, known: pl.DataFrame
) -> tuple[pl.DataFrame, Vectors]:
    """Those of the judged messages that are read, with text, and their vectors."""
    found, vectors = read_messages(db, project_id, encoder_id, known["message_id"].to_list())
    return found.join(known, on="message_id", how="left", maintain_order="left"), vectors
