"""
The words of the product as value types; the same words stand in SQL, screens and docs.

Nothing here reads, writes, computes or knows the time.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from rhml_core.figures import Interval, Metrics

LABEL_COLOURS = (
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#CC79A7",
    "#D55E00",
    "#0072B2",
    "#F0E442",
    "#999999",
)
"""Okabe and Ito's colours, told apart by colour-blind readers, given out in codebook order."""

MACHINE_RATER = "model"
"""Name of the machine wherever it stands among the raters."""


REFERENCE_RATER = "reference"
"""Stands for whoever adjudicated where an imported file names nobody; nobody's sign-in."""


class Role(StrEnum):
    """What a person may do; each role also may do what those before it may."""

    VIEWER = "viewer"
    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Split(StrEnum):
    """Whether a message may teach the machine or only measures it."""

    POOL = "pool"
    HOLDOUT = "holdout"


class Mode(StrEnum):
    """How much of the machine an expert sees, and when."""

    RECIPROCAL = "reciprocal"
    IMMEDIATE = "immediate"
    BLIND = "blind"


class Phase(StrEnum):
    """The step of a turn in which a judgement was made."""

    COMMIT = "commit"
    REVISED = "revised"
    FINAL = "final"
    ADJUDICATED = "adjudicated"


class Confidence(StrEnum):
    """How sure an expert says to be."""

    GUESS = "guess"
    FAIRLY = "fairly"
    SURE = "sure"


class TurnState(StrEnum):
    """Where a turn stands; only forward steps exist."""

    OPEN = "open"
    EXPLAINED = "explained"
    REVEALED = "revealed"
    DONE = "done"
    SKIPPED = "skipped"
    EXPIRED = "expired"


class DrawnBecause(StrEnum):
    """
    Why the queue chose a message for an expert.

    `PROBE` and `BASELINE` are hold-out messages whose answer is known and that the expert judges
    without the machine; the baseline comes before the expert has heard the machine at all.
    """

    OVERLAP = "overlap"
    COVERAGE = "coverage"
    UNCERTAIN = "uncertain"
    CONTESTED = "contested"
    CONFLICT = "conflict"
    RARE = "rare"
    RANDOM = "random"
    HOLDOUT = "holdout"
    REOPENED = "reopened"
    PROBE = "probe"
    BASELINE = "baseline"


class RunState(StrEnum):
    """A trained run's standing in the registry."""

    CANDIDATE = "candidate"
    PROMOTED = "promoted"
    RETIRED = "retired"


class JobState(StrEnum):
    """Where a background job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class JobKind(StrEnum):
    """What a background job does."""

    EMBED = "embed"
    SCORE = "score"
    TRAIN = "train"
    MODES = "modes"
    """Measures the five modes of control."""


class ConceptKind(StrEnum):
    """What a concept consists of."""

    TERM = "term"
    """One word."""
    PHRASE = "phrase"
    """Two or three words in a row."""
    PATTERN = "pattern"
    """Two words in one message, or another pattern of the lexicon."""
    CLUSTER = "cluster"
    """No term: messages that no judged one is like; maybe a label is missing."""


class ConceptStatus(StrEnum):
    """What people made of a concept that a run surfaced."""

    NEW = "new"
    ADOPTED = "adopted"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Person:
    """Someone who can sign in, or a simulated expert, always marked as such."""

    person_id: str
    name: str
    role: Role
    is_simulated: bool = False

    @property
    def full_name(self) -> str:
        """The name, with the word simulated where it applies; for wherever a name stands alone."""
        return f"{self.name} (simulated)" if self.is_simulated else self.name

    def may(self, role: Role) -> bool:
        """Whether this person's role includes what `role` may do."""
        order = list(Role)
        return order.index(self.role) >= order.index(role)


@dataclass(frozen=True)
class Label:
    """One entry of a codebook."""

    name: str
    definition: str = ""
    examples: tuple[str, ...] = ()
    colour: str = ""
    key: str = ""


@dataclass(frozen=True)
class Codebook:
    """One version of a project's labels, in the order in which experts see them."""

    version: int
    labels: tuple[Label, ...]
    changed_by: str = ""
    changed_at: datetime | None = None
    note: str = ""

    @property
    def names(self) -> list[str]:
        """The labels' names in codebook order."""
        return [label.name for label in self.labels]


@dataclass(frozen=True)
class QueueShares:
    """
    How the queue mixes messages; the remainder to 1 is drawn at random.

    Until the machine knows enough to be unsure of anything, messages that stand for many others
    take the place of the first four. Probes are a share of all that an expert is given; the others
    are shares of what nobody has begun.

    Attributes:
        uncertain: that the machine is least sure of.
        contested: like those that experts differ on.
        conflict: like those on which the machine contradicts the experts.
        rare: likely of a label with few examples.
        holdout: from the hold-out, to measure.
        probe: whose answer is known, judged without the machine, to measure the expert.
    """

    uncertain: float = 0.4
    contested: float = 0.1
    conflict: float = 0.1
    rare: float = 0.1
    holdout: float = 0.1
    probe: float = 0.1

    @property
    def random(self) -> float:
        """What remains for chance, 0 to 1."""
        return max(0.0, 1.0 - sum(self.by_reason().values()))

    def by_reason(self) -> dict[DrawnBecause, float]:
        """Each share that is not chance, by the reason that a message drawn by it gets."""
        return {
            DrawnBecause.HOLDOUT: self.holdout,
            DrawnBecause.PROBE: self.probe,
            DrawnBecause.UNCERTAIN: self.uncertain,
            DrawnBecause.CONTESTED: self.contested,
            DrawnBecause.CONFLICT: self.conflict,
            DrawnBecause.RARE: self.rare,
        }


@dataclass(frozen=True)
class Project:
    """
    One classification task.

    Attributes:
        overlap: experts that judge each message.
        baseline_probes: messages that an expert judges without the machine before hearing it for
            the first time; 0 for none.
        first_round_messages: settled messages that a newcomer practises on; 0 for none.
        first_round_pass: share of them to be right before the queue opens, 0 to 1.
        shows_ranking: whether the Team page may sort people by a figure; all are told.
    """

    project_id: str
    name: str
    description: str = ""
    mode: Mode = Mode.RECIPROCAL
    overlap: int = 2
    shares: QueueShares = field(default_factory=QueueShares)
    created_at: datetime | None = None
    baseline_probes: int = 10
    first_round_messages: int = 0
    first_round_pass: float = 0.8
    shows_ranking: bool = False


@dataclass(frozen=True)
class Message:
    """One text to classify, with what is known about it."""

    message_id: str
    text: str
    author: str | None = None
    sent_at: datetime | None = None
    thread: str | None = None
    reply_to: str | None = None
    language: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    split: Split = Split.POOL


@dataclass(frozen=True)
class Span:
    """A stretch of a message's text: characters `start` (included) to `end` (excluded)."""

    start: int
    end: int


@dataclass(frozen=True)
class Judgement:
    """One person's label for one message in one phase; never changed afterwards."""

    judgement_id: str
    message_id: str
    expert_id: str
    phase: Phase
    label: str
    made_at: datetime
    confidence: Confidence | None = None
    rationale: tuple[Span, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Turn:
    """One expert's way through one message, as stored."""

    turn_id: str
    project_id: str
    message_id: str
    expert_id: str
    state: TurnState
    because: DrawnBecause
    leased_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Run:
    """
    One trained model in the registry.

    Attributes:
        number: 1, 2, ... within the project.
        encoder_id: which embeddings its head reads.
        parameters, versions: as JSON-able values.
        metrics: None where nothing could be measured; `metrics_missing` says why.
    """

    run_id: str
    project_id: str
    number: int
    recipe: str
    state: RunState
    encoder_id: str
    parameters: dict[str, Any]
    versions: dict[str, str]
    seed: int
    n_training: int
    n_experts: int
    codebook_version: int
    seconds: float
    metrics: Metrics | None
    metrics_missing: str
    folder: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class Job:
    """
    Background work and how far it is.

    Attributes:
        step, n_steps: progress; `n_steps` is 0 until it is known.
        seconds_left: None until it can be estimated.
        detail: one line for people: what is being done, or why it ended.
        result: identifier of what was made, for example a run's.
    """

    job_id: str
    project_id: str
    kind: JobKind
    recipe: str
    state: JobState
    step: int
    n_steps: int
    seconds_left: float | None
    detail: str
    result: str | None
    created_by: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Concept:
    """
    What a run surfaced as evidence for a label, or messages that no label seems to cover.

    Attributes:
        label: of a cluster, the one that the machine gave most of its messages.
        terms: the expressions that stand for it; the first names it. Of a cluster, the words that
            mark its messages off.
        strength: mean rise of the label's probability where the concept occurs, -1 to 1. Of a
            cluster, by how much less sure the machine is of it than of judged messages, 0 to 1.
        term_f1: F1 of "the message contains it" as a prediction of the label, on judged
            messages; with interval. Of a cluster, of "it contains one of the words" as a
            prediction of "it belongs", on all messages that were looked at.
        n_for, n_against: judged messages that contain it and have, or do not have, the label. Of a
            cluster, its messages without and with a judgement.
        messages_for, messages_against: identifiers of some of them.
        is_new: not in the team's lexicon when it was surfaced.
        place: 1 for the best of its label in the run; 0 where that was not kept.
        influence: mean fall of the label's probability when the term is taken out of messages
            that have it, -1 to 1; None where the machine was not asked.
        stability: share of resamples of the judged messages in which it comes up as well, 0 to 1;
            None for what is not chosen by rank, and where that was not kept.
        contradicts: label under which the lexicon had the term, though most of its judged
            messages are of this one; "" where there is none.
        is_label_gone: whether the codebook has the label no more; `label` is its last name.
    """

    concept_id: str
    label: str
    kind: ConceptKind
    terms: tuple[str, ...]
    strength: float
    term_f1: Interval
    n_for: int
    n_against: int
    messages_for: tuple[str, ...]
    messages_against: tuple[str, ...]
    is_new: bool
    status: ConceptStatus = ConceptStatus.NEW
    run_number: int | None = None
    place: int = 0
    influence: float | None = None
    stability: float | None = None
    contradicts: str = ""
    is_label_gone: bool = False


@dataclass(frozen=True)
class Comment:
    """What someone wrote on a message or a concept."""

    comment_id: str
    subject: str
    person_id: str
    text: str
    made_at: datetime
