"""What the machine says of one message, and what it goes by."""

from dataclasses import dataclass

from rhml_core.domain import ConceptStatus, Span


@dataclass(frozen=True)
class WordInfluence:
    """
    How much one word, or one phrase, moved the machine.

    Attributes:
        word: as it stands in the text.
        span: where it stands.
        influence: change of the probability of the machine's label that the word's
            presence brings, -1 to 1; positive speaks for the label. Before the reveal
            its size alone, 0 to 1.
    """

    word: str
    span: Span
    influence: float


@dataclass(frozen=True)
class Said:
    """What one person answered."""

    person_id: str
    name: str
    label: str


@dataclass(frozen=True)
class Neighbour:
    """
    A judged message near another one.

    Attributes:
        label: the best label known; empty before the reveal.
        similarity: the cosine, -1 to 1.
        said: the newest answer of each person who judged it; empty before the reveal.
    """

    message_id: str
    text: str
    label: str
    similarity: float
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class NoticedConcept:
    """A term of the journal that a message contains; `label` is empty before the reveal."""

    term: str
    label: str
    status: ConceptStatus


@dataclass(frozen=True)
class Faithfulness:
    """
    Whether the words shown carry the machine's answer: what it says without them.

    Attributes:
        n_words: words left out together, all of them shown and for the machine's label; 0
            before the reveal, when falls are told by their size alone.
        fall: fall of that label's probability without them, -1 to 1.
        random_fall: mean fall without as many other words that are not shown, -1 to 1.
        n_draws: such choices of other words, at least 1.
        is_convincing: whether the fall is worth mentioning and clearly above chance.
    """

    n_words: int
    fall: float
    random_fall: float
    n_draws: int
    is_convincing: bool


@dataclass(frozen=True)
class Explanation:
    """
    What the machine noticed in a message, without its answer.

    Attributes:
        words: every word that was examined with its influence, in text order; signs are
            relative to the label that the machine prefers, which is not named here.
        neighbours: nearest judged messages, nearest first; their labels are held back
            until the reveal.
        machine: name of the model that was asked.
        phrases: two or three adjacent words that move the machine together by more than
            one by one, strongest first; none overlap.
        shown: the words and phrases that moved it most, strongest first.
        concepts: terms of the journal in the message.
        faithfulness: of the shown words; None where they cannot be held against others.
    """

    words: tuple[WordInfluence, ...]
    neighbours: tuple[Neighbour, ...]
    machine: str
    phrases: tuple[WordInfluence, ...] = ()
    shown: tuple[WordInfluence, ...] = ()
    concepts: tuple[NoticedConcept, ...] = ()
    faithfulness: Faithfulness | None = None


@dataclass(frozen=True)
class Opinion:
    """The machine's answer: `probabilities` by label (sum 1), in codebook order."""

    label: str
    probabilities: dict[str, float]
    machine: str

    @property
    def probability(self) -> float:
        """Probability of the preferred label, 0 to 1."""
        return self.probabilities[self.label]
