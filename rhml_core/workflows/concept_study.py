"""What heads are taught and measured by that differ in one decision on a concept alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from rhml_core.domain import Concept, ConceptStatus, Split
from rhml_core.errors import NotEnoughDataError
from rhml_core.machine.evidence.ablation import Knowledge, Study
from rhml_core.machine.heads.letters import MOST_TEXTS, fit_letters
from rhml_core.machine.heads.wording import commonest_terms
from rhml_core.machine.protocol import Vectors
from rhml_core.store import messages
from rhml_core.store.database import Database
from rhml_core.store.vectors import read_messages
from rhml_core.workflows.lexicon_adoption import usable_terms
from rhml_core.workflows.lexicon_reading import lexicon_terms
from rhml_core.workflows.live_machine import MachineRoom
from rhml_core.workflows.live_training import SPEAKS_FROM, told_by_run
from rhml_core.workflows.rejected_terms import rejected_terms, wrong_reasons
from rhml_core.workflows.training_data import training_set

SEED = 0


@dataclass(frozen=True)
class HeldOut:
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
        encoder_id: who read them.
    """

    db: Database
    project_id: str
    judged: Study
    held_out: HeldOut
    labels: list[str]
    knowledge: Knowledge
    pool: pl.DataFrame
    encoder_id: str

    def worlds(
        self, concept: Concept, before: ConceptStatus, after: ConceptStatus
    ) -> tuple[Knowledge, Knowledge]:
        """What the machine knows before a decision on a concept and after it, all else as now."""
        terms, pairs = usable_terms(concept), wrong_reasons(self.db, self.project_id, concept)
        now = self.knowledge.terms
        # Where the concept stands adopted, its terms are in the lexicon now.
        without = tuple(set(now) - set(terms)) if concept.status is ConceptStatus.ADOPTED else now
        rejected = tuple(set(self.knowledge.rejected) - set(pairs))

        def world(status: ConceptStatus) -> Knowledge:
            has_terms = status is ConceptStatus.ADOPTED
            has_pairs = status is ConceptStatus.REJECTED
            return Knowledge(
                (*without, *terms) if has_terms else without,
                (*rejected, *pairs) if has_pairs else rejected,
            )

        return world(before), world(after)

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
        held_out=HeldOut(held_out["text"].to_list(), held_out["label"].to_list(), held_vectors),
        labels=data.labels,
        knowledge=Knowledge(
            commonest_terms(sample, lexicon_terms(db, project_id)), rejected_terms(db, project_id)
        ),
        pool=pool.select("message_id", "text"),
        encoder_id=encoder_id,
    )


def _read(
    db: Database, project_id: str, encoder_id: str, known: pl.DataFrame
) -> tuple[pl.DataFrame, Vectors]:
    """Those of the judged messages that are read, with text, and their vectors."""
    found, vectors = read_messages(db, project_id, encoder_id, known["message_id"].to_list())
    return found.join(known, on="message_id", how="left", maintain_order="left"), vectors
