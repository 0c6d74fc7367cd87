"""What a job is told and what it tells, as values and as JSON; nothing is pickled."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from rhml_core.domain import JobKind
from rhml_core.errors import InvalidInputError

BASE_ENCODER = "base"


@dataclass(frozen=True)
class EmbedSpec:
    """
    Texts to turn into vectors.

    Attributes:
        encoder: `base`, or the path of a run's folder whose tuned body is to read.
        cache_folder: where the base encoder's exported files lie.
        model_folder: the base encoder's own files; None takes the packaged one.
        precision: of the base encoder, `fp32` or `int8`.
    """

    encoder: str = BASE_ENCODER
    cache_folder: str = ""
    model_folder: str | None = None
    precision: str = "fp32"


@dataclass(frozen=True)
class TrainSpec:
    """
    A run to train.

    Attributes:
        recipe: `fast` or `setfit`.
        labels: in codebook order.
        encoder_id: whose vectors the job's `embeddings.npy` holds.
        parameters: the recipe's own; absent ones take their defaults.
        lexicon: the team's terms, to tell new concepts from known ones.
        model_folder: the model that `setfit` starts from; None takes the packaged one.
        lexicon_by_label: the same by their label, to tell where the messages contradict them.
        rejected: terms, each with the label that it is no reason for.
        cache_folder, precision: of the base encoder, as in an `EmbedSpec`; it reads varied copies
            of messages where something is rejected.
    """

    recipe: str
    labels: tuple[str, ...]
    seed: int
    encoder_id: str
    parameters: dict[str, Any] = field(default_factory=dict)
    lexicon: tuple[str, ...] = ()
    model_folder: str | None = None
    lexicon_by_label: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rejected: tuple[tuple[str, str], ...] = ()
    cache_folder: str = ""
    precision: str = "fp32"


@dataclass(frozen=True)
class ProgressLine:
    """
    How far a job is.

    Attributes:
        step, n_steps: messages when embedding, steps of equal cost when training.
        seconds_left: None until it can be estimated.
        detail: one line for people.
        loss: of the last step; None where there is none.
    """

    step: int
    n_steps: int
    seconds_left: float | None
    detail: str
    loss: float | None = None


@dataclass(frozen=True)
class DoneLine:
    """The job's last word: what it made."""

    result: dict[str, Any]


@dataclass(frozen=True)
class FailedLine:
    """The job's last word: why it made nothing, for people."""

    message: str


Line = ProgressLine | DoneLine | FailedLine
Spec = EmbedSpec | TrainSpec

_LINES: dict[str, type[Line]] = {
    "progress": ProgressLine,
    "done": DoneLine,
    "failed": FailedLine,
}


def format_line(line: Line) -> str:
    """
    One line of JSON, without its line end.

    >>> format_line(FailedLine("No room."))
    '{"kind": "failed", "message": "No room."}'
    """
    kind = next(name for name, of_kind in _LINES.items() if isinstance(line, of_kind))
    return json.dumps({"kind": kind, **asdict(line)}, ensure_ascii=False)


def parse_line(text: str) -> Line | None:
    """A worker's line; None for anything else, which a library may have printed."""
    try:
        fields = json.loads(text)
        return _LINES[fields.pop("kind")](**fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def format_spec(spec: Spec) -> str:
    """A job's order as JSON."""
    kind = JobKind.EMBED if isinstance(spec, EmbedSpec) else JobKind.TRAIN
    return json.dumps({"kind": kind, **asdict(spec)}, indent=2, ensure_ascii=False) + "\n"


def parse_spec(text: str) -> Spec:
    """
    A job's order.

    Raises:
        InvalidInputError: it is not one.
    """
    try:
        fields = json.loads(text)
        kind = fields.pop("kind")
        if kind == JobKind.EMBED:
            return EmbedSpec(**fields)
        if kind == JobKind.TRAIN:
            lists = {name: tuple(fields[name]) for name in ("labels", "lexicon")}
            rejected = tuple((term, label) for term, label in fields.pop("rejected", ()))
            by_label = {
                label: tuple(terms) for label, terms in fields.pop("lexicon_by_label", {}).items()
            }
            return TrainSpec(
                **{**fields, **lists, "rejected": rejected, "lexicon_by_label": by_label}
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInputError("The job's order cannot be read. Start the job again.") from error
    raise InvalidInputError(f"There is no job of kind {kind!r}. Start the job again.")
