"""
Five ways to share a decision between the team's terms and the machine, as value types.

From full control to none: the lexicon alone; the lexicon weighed; with similar words; with what
the machine surfaced; all words and meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rhml_core.machine.protocol import Encoder, Vectors

Lexicon = Mapping[str, tuple[str, ...]]


class ControlMode(StrEnum):
    """How much of the decision is the team's, most first."""

    LEXICON = "lexicon"
    WEIGHED = "weighed"
    SIMILAR = "similar"
    SURFACED = "surfaced"
    ALL = "all"


@dataclass(frozen=True)
class ModeLesson:
    """
    What every mode is tried on.

    Attributes:
        texts, labels, vectors: judged messages of the pool, aligned.
        held_texts, held_vectors: hold-out messages, whose labels are not here.
        pool_texts, pool_vectors: messages of the pool, judged or not, a sample where they are many.
        lexicon: the team's terms of each label; at least one.
        rejected: terms that people called wrong reasons, each with its label.
        all_labels: of the codebook, in its order.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    vectors: Vectors
    held_texts: tuple[str, ...]
    held_vectors: Vectors
    pool_texts: tuple[str, ...]
    pool_vectors: Vectors
    lexicon: Lexicon
    rejected: frozenset[tuple[str, str]]
    all_labels: tuple[str, ...]
    encoder: Encoder


@dataclass(frozen=True)
class AddedTerm:
    """A term that the mode adds to a label, and where it comes from."""

    term: str
    label: str
    origin: str


@dataclass(frozen=True)
class TriedMode:
    """
    What one mode did.

    Attributes:
        cross_validated: its answer to each judged message, never having seen its label.
        held_out: its answer to each hold-out message, taught by all judged ones.
        seconds_to_fit: from judged messages that the encoder has read.
        seconds_a_thousand: to answer a thousand new messages, reading them where it must.
        n_own: terms of the team that it reads.
        added: terms that one can read and strike out, beside the team's.
        n_hidden: features that nobody can read.
        own_share: of what speaks for the answers to the judged messages, the share that comes
            from the team's terms, 0 to 1; None where nothing speaks.
    """

    mode: ControlMode
    cross_validated: tuple[str, ...]
    held_out: tuple[str, ...]
    seconds_to_fit: float
    seconds_a_thousand: float
    n_own: int
    added: tuple[AddedTerm, ...]
    n_hidden: int
    own_share: float | None
