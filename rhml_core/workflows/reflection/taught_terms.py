"""The team's terms weighed by what was judged: fitted once for each state, and measured."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rhml_core.errors import InvalidInputError, NotEnoughDataError
from rhml_core.figures import Interval
from rhml_core.machine.reflection import TaughtReflection, fit_reflection
from rhml_core.measures.classification import measure_classification
from rhml_core.workflows.kept.in_memory import KeptInMemory

_MOST_KEPT = 128

_kept: KeptInMemory[tuple[TaughtReflection | None, str]] = KeptInMemory(most_places=_MOST_KEPT)


@dataclass(frozen=True)
class HeldOut:
    """Hold-out messages with a reference label: texts and labels, aligned."""

    texts: tuple[str, ...]
    truth: tuple[str, ...]


def taught_terms(
    place: Hashable,
    state: Hashable,
    texts: Sequence[str],
    labels: Sequence[str],
    lexicon: Mapping[str, Sequence[str]],
    all_labels: Sequence[str],
) -> tuple[TaughtReflection | None, str]:
    """
    The terms weighed by judged messages; fitted once for each place and state.

    Args:
        place: what the model is of, such as a run.
        state: names everything beside the judged messages that the model depends on.
        texts: of judged messages of the pool.
        labels: theirs, aligned.
        lexicon: the terms of each label.
        all_labels: of the codebook.

    Returns:
        The model and "", or None and a sentence for people that says what is missing.
    """

    def fit() -> tuple[TaughtReflection | None, str]:
        try:
            return fit_reflection(texts, labels, lexicon, all_labels=all_labels), ""
        except (InvalidInputError, NotEnoughDataError) as error:
            return None, str(error)

    return _kept.get(place, (state, hash((tuple(texts), tuple(labels)))), fit)


def measure_taught(model: TaughtReflection, held: HeldOut) -> Interval:
    """
    Macro-F1 of the weighed terms on the hold-out, measured as the plain hit shares are.

    Raises:
        MeasureUndefinedError: there is no hold-out message.
    """
    best = model.predict_proba(held.texts).argmax(axis=1)
    said = [model.labels[at] for at in best.tolist()]
    labels = sorted({*held.truth, *said})
    return measure_classification(held.truth, said, labels, measured_on="hold-out").macro_f1
