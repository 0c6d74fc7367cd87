"""How good the team's terms alone were at the end of each cycle, without any machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rhml_core.domain import Run
from rhml_core.figures import Interval
from rhml_core.machine.reflection import measure_reflection
from rhml_core.store import concepts, messages, runs
from rhml_core.store.database import Reader
from rhml_core.workflows.training_data import MIN_HOLDOUT, training_set


@dataclass(frozen=True)
class LexiconAlone:
    """
    The terms that stood in the lexicon when a cycle ended, as a model of their own.

    Attributes:
        macro_f1: on the hold-out; None where `missing` says why there is none.
        n_terms: adopted by then.
        n_hit: hold-out messages that contain one; 0 where nothing was measured.
        missing: a sentence for people; "" where there is a figure.
    """

    macro_f1: Interval | None
    n_terms: int = 0
    n_hit: int = 0
    missing: str = ""


def lexicon_alone(db: Reader, project_id: str, closing: Sequence[Run]) -> dict[int, LexiconAlone]:
    """
    The lexicon alone, cycle by cycle, on the hold-out that measures the machine.

    The terms are those that were adopted when the run that closed the cycle was registered;
    the reference of the hold-out is that of today, the same for all cycles. Messages without a
    term get the label that taught that run most often.

    Args:
        db: the store.
        project_id: an existing project.
        closing: the runs that closed a cycle.

    Returns:
        Run number -> figure; empty where no term was adopted before the last of these runs.
    """
    lexicons = {run.number: _lexicon_at(db, project_id, run.created_at) for run in closing}
    if not any(lexicons.values()):
        return {}
    holdout = training_set(db, project_id).holdout.join(
        messages.message_texts(db, project_id).select("message_id", "text"), on="message_id"
    )
    texts, truth = holdout["text"].to_list(), holdout["label"].to_list()
    found = {}
    for run in closing:
        lexicon = lexicons[run.number]
        taught = runs.training_labels(db, run.run_id)["label"].to_list()
        missing = _missing(lexicon, len(texts), taught)
        n_terms = len({term for terms in lexicon.values() for term in terms})
        if missing:
            found[run.number] = LexiconAlone(None, n_terms, missing=missing)
            continue
        figure = measure_reflection(texts, truth, lexicon, taught=taught)
        found[run.number] = LexiconAlone(figure.macro_f1, n_terms, figure.n_hit)
    return found


def _lexicon_at(db: Reader, project_id: str, at: datetime) -> dict[str, list[str]]:
    lexicon: dict[str, list[str]] = {}
    for label, terms in concepts.adopted_at(db, project_id, at=at):
        lexicon.setdefault(label, []).extend(terms)
    return lexicon


def _missing(lexicon: dict[str, list[str]], n_holdout: int, taught: list[str]) -> str:
    if not lexicon:
        return "No term was adopted when this cycle ended."
    if n_holdout < MIN_HOLDOUT:
        return (
            f"Only {n_holdout} hold-out messages have a reference label; from "
            f"{MIN_HOLDOUT} on, the lexicon alone is measured on them."
        )
    return "" if taught else "What taught this cycle's run is not on record."
