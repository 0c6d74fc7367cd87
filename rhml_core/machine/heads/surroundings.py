"""What a machine may know of a project beside its judgements: other messages and the lexicon."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.wording import NO_WORDING, Readings, Wording, commonest_terms
from rhml_core.machine.one_thread import one_thread
from rhml_core.machine.protocol import Vectors
from rhml_core.machine.terms.grammar import normal_terms


@dataclass(frozen=True)
class Surroundings:
    """
    What a head may know beside the judged messages.

    Attributes:
        texts: messages of which no label is used; none of them hold-out.
        embeddings: shape (n_texts, d), as the published encoder reads them.
        wording: what a head reads beside the embeddings.
        is_random_draw: whether the judged messages of each label are drawn at random from all
            of that label, so that the texts tell more about them. A queue draws otherwise:
            what it chooses lies where labels meet, and smoothed there it would be taken for
            its neighbours across the border.
    """

    texts: tuple[str, ...] = ()
    embeddings: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    wording: Wording = NO_WORDING
    is_random_draw: bool = False

    def readings(self) -> Readings:
        """What the wording reads of the texts."""
        return self.wording.read(self.texts)


def survey(
    texts: Sequence[str],
    embeddings: Vectors,
    *,
    judged: Sequence[str],
    lexicon: Sequence[str] = (),
    reads_letters: bool = True,
    is_random_draw: bool = False,
    seed: int,
) -> Surroundings:
    """
    The surroundings that some messages and a lexicon make.

    Args:
        texts: messages that may be looked at without their labels; none of them hold-out.
        embeddings: shape (n_texts, d), theirs.
        judged: texts that say how spelling differs where there are no others.
        lexicon: the team's terms; of very many, a head reads those that most texts contain.
        reads_letters: whether a head also reads how a text is spelt.
        is_random_draw: whether the judged messages of each label are a random draw.
        seed: fixes the sample that the space of spellings is fitted to.

    Raises:
        InvalidInputError: a term breaks the notation.
    """
    with one_thread():
        letters = fit_letters(list(texts) or list(judged), seed=seed) if reads_letters else None
    terms = commonest_terms(list(texts) or list(judged), normal_terms(lexicon))
    wording = Wording(terms, letters)
    return Surroundings(tuple(texts), embeddings, wording, is_random_draw)
