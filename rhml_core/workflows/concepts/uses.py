"""Where concepts stand in what people judged: in messages, and in the reasons that they gave."""

import json
from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.domain import Concept, ConceptKind
from rhml_core.machine.terms.matching import find_terms
from rhml_core.store import codebooks, concept_life, message_facts
from rhml_core.store.database import Database
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.lexicon.adoption import usable_terms

_USES: dict[str, pl.DataType | type[pl.DataType]] = {
    "concept_id": pl.String,
    "message_id": pl.String,
    "expert_id": pl.String,
    "is_for": pl.Boolean,
    "made_at": pl.Datetime("us", "UTC"),
}
_kept_uses: KeptInMemory[pl.DataFrame] = KeptInMemory(most_places=64)


def concepts_in(texts: Sequence[str], concepts: Sequence[Concept]) -> pl.DataFrame:
    """
    Which texts contain which concepts, by any of a concept's terms; clusters are in none.

    Returns:
        `row` (Int64, of the text), `concept_id` (String), by row and then as the concepts come.
        The same columns and no rows if none is contained.
    """
    terms_of = [() if one.kind is ConceptKind.CLUSTER else usable_terms(one) for one in concepts]
    expressions = sorted({term for terms in terms_of for term in terms})
    if not expressions or not len(texts):
        return pl.DataFrame(schema={"row": pl.Int64, "concept_id": pl.String})
    column = {term: place for place, term in enumerate(expressions)}
    pairs = [(column[term], place) for place, terms in enumerate(terms_of) for term in terms]
    rows, columns = zip(*pairs, strict=True)
    belongs = csr_matrix(
        (np.ones(len(pairs), dtype=np.int32), (rows, columns)),
        shape=(len(expressions), len(concepts)),
    )
    found = (find_terms(texts, expressions).astype(np.int32) @ belongs).tocoo()
    names = dict(enumerate(concept.concept_id for concept in concepts))
    return (
        pl.DataFrame({"row": found.row.astype(np.int64), "place": found.col.astype(np.int64)})
        .sort("row", "place")
        .select("row", concept_id=pl.col("place").replace_strict(names, return_dtype=pl.String))
    )


def reason_uses(db: Database, project_id: str, concepts: Sequence[Concept]) -> pl.DataFrame:
    """
    Who gave a concept's term as a reason, in the words that they marked or in a sentence.

    Messages of the hold-out and adjudications are left out. Kept until something new is judged or
    surfaced, or the codebook changes.

    Args:
        db: the store.
        project_id: whose judgements.
        concepts: all of the project's.

    Returns:
        `concept_id, message_id, expert_id` (String), `is_for` (Boolean: the label given is the
        concept's), `made_at` (Datetime, UTC, of the newest such judgement), once for each concept,
        message and person, newest first. The same columns and no rows if nobody did.
    """
    state = (
        message_facts.newest_judging(db, project_id),
        concept_life.newest_concept_event(db, project_id),
        codebooks.newest_version(db, project_id),
    )
    return _kept_uses.get(
        (str(db.path), project_id), state, lambda: _reason_uses(db, project_id, concepts)
    )


def said_in_reason(rationale: str, reason: str, text: str) -> str:
    r"""
    The words that a person marked, and the reason that they wrote, one below the other.

    >>> said_in_reason("[[0, 4], [9, 14]]", "an offer", "free and money")
    'free\nmoney\nan offer'
    """
    marked = [text[start:end] for start, end in json.loads(rationale)]
    return "\n".join([*marked, reason] if reason else marked)


def _reason_uses(db: Database, project_id: str, concepts: Sequence[Concept]) -> pl.DataFrame:
    given = concept_life.reasons_given(db, project_id)
    said = [said_in_reason(*row) for row in given.select("rationale", "reason", "text").iter_rows()]
    label_of = pl.DataFrame(
        [(one.concept_id, one.label) for one in concepts],
        schema={"concept_id": pl.String, "speaks_for": pl.String},
        orient="row",
    )
    found = (
        concepts_in(said, concepts)
        .join(given.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)), on="row")
        .join(label_of, on="concept_id")
        .with_columns(is_for=pl.col("label") == pl.col("speaks_for"))
        .sort("row", descending=True)
        .unique(["concept_id", "message_id", "expert_id"], keep="first", maintain_order=True)
    )
    return found.select([pl.col(name).cast(dtype) for name, dtype in _USES.items()])
