"""The team's terms, and what the machine reads of messages beside their meaning."""

import polars as pl

from rhml_core.domain import ConceptStatus, Split
from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.wording import Readings, Wording
from rhml_core.store import concepts, messages
from rhml_core.store.database import Reader

_SEED = 0


def lexicon_terms(db: Reader, project_id: str) -> set[str]:
    """The terms that people adopted."""
    return {
        term
        for concept in concepts.list_concepts(db, project_id)
        if concept.status is ConceptStatus.ADOPTED
        for term in concept.terms
    }


def read_wording(
    db: Reader, project_id: str, keys: pl.DataFrame, terms: tuple[str, ...]
) -> tuple[Wording, Readings]:
    """
    What a project's texts say beside their meaning; hold-out texts shape none of it.

    Args:
        db: the store.
        project_id: an existing project.
        keys: `message_id, split` of the messages to read.
        terms: the team's, normalised.

    Returns:
        The wording, and its readings of the messages, aligned with `keys`.
    """
    texts = keys.select("message_id", "split").join(
        messages.message_texts(db, project_id).select("message_id", "text"),
        on="message_id",
        how="left",
        maintain_order="left",
    )
    pool = texts.filter(pl.col("split") == Split.POOL.value)["text"].to_list()
    wording = Wording(terms, fit_letters(pool, seed=_SEED))
    return wording, wording.read(texts["text"].to_list())
