"""The team's terms, and what the machine reads of messages beside their meaning."""

import polars as pl

from rhml_core.domain import Split
from rhml_core.lexicon import Lexicon
from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.wording import Readings, Wording, commonest_terms
from rhml_core.machine.terms.grammar import read_term
from rhml_core.store import codebooks, lexicons, messages
from rhml_core.store.database import Database, Reader
from rhml_core.workflows.kept.in_memory import KeptInMemory

_SEED = 0
_MOST_PROJECTS = 8

_kept: KeptInMemory[Lexicon] = KeptInMemory(most_places=_MOST_PROJECTS)


def current_lexicon(db: Database, project_id: str) -> Lexicon:
    """The lexicon as it stands, kept in memory until it or the codebook has a new version."""
    state = (
        lexicons.newest_version(db, project_id),
        codebooks.newest_version(db, project_id),
    )
    return _kept.get(
        (str(db.path), project_id),
        state,
        lambda: lexicons.get_lexicon(db, project_id, state[0]),
    )


def lexicon_terms(db: Reader, project_id: str) -> tuple[str, ...]:
    """The expressions of the team's terms that have a label and can be read, each once, sorted."""
    lexicon = lexicons.get_lexicon(db, project_id)
    found = {term.expression for term in lexicon.terms if term.label}
    return tuple(sorted(expression for expression in found if read_term(expression)))


def read_wording(
    db: Reader, project_id: str, keys: pl.DataFrame, terms: tuple[str, ...]
) -> tuple[Wording, Readings]:
    """
    What a project's texts say beside their meaning; hold-out texts shape none of it.

    Args:
        db: the store.
        project_id: an existing project.
        keys: `message_id, split` of the messages to read.
        terms: the team's, normalised; of very many, those that most pool messages contain are
            read.

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
    wording = Wording(commonest_terms(pool, terms), fit_letters(pool, seed=_SEED))
    return wording, wording.read(texts["text"].to_list())
