"""New insights: what the machine sees on the messages on which the lexicon alone was measured."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from rhml_core.domain import Person, Role, Run
from rhml_core.figures import Interval
from rhml_core.machine.protocol import Floats
from rhml_core.measures.classification import measure_classification
from rhml_core.measures.comparison import RunComparison, compare_runs
from rhml_core.store import codebooks, kept_agreement, message_facts, messages, runs
from rhml_core.store.database import Database
from rhml_core.store.judged import judged_texts
from rhml_core.workflows.insights.machine_answers import (
    MachineAnswers,
    answers_of_live,
    answers_of_run,
)
from rhml_core.workflows.insights.words import comparing_sentence
from rhml_core.workflows.kept.beside import KeptBeside, Looked
from rhml_core.workflows.lexicon.reading import current_lexicon
from rhml_core.workflows.live.explanations import LiveMachine
from rhml_core.workflows.live.training import SPEAKS_FROM
from rhml_core.workflows.permission import require
from rhml_core.workflows.reflection.taught_terms import taught_terms
from rhml_core.workflows.training.data import MIN_HOLDOUT, TrainingSet, training_set
from rhml_core.workflows.workplace import Workplace

_MOST_PROJECTS = 16


@dataclass(frozen=True)
class InsightFigures:
    """
    Both models as they stand, on the same messages.

    Attributes:
        sentence: what the hold-out says of the two, or what is missing to say it.
        note: on what that rests; "" where nothing was compared.
        comparison: of Reflection (first) and the machine (second); None where `sentence` says why.
        reflection, machine: macro-F1 on the hold-out messages that both answered; None likewise.
        machine_name: such as `run 3`; "" where there is no machine.
        labels: of the codebook, in its order.
        message_ids: judged messages of the pool that both models answered.
        reflected: shape (n_messages, n_labels), Reflection's probabilities out of fold.
        answered: the same, of the machine.
        plot_missing: why there is nothing to draw; "" where there is.
    """

    sentence: str
    note: str
    comparison: RunComparison | None
    reflection: Interval | None
    machine: Interval | None
    machine_name: str
    labels: tuple[str, ...]
    message_ids: tuple[str, ...]
    reflected: Floats
    answered: Floats
    plot_missing: str

    @property
    def widest_label(self) -> str:
        """The label on which the models differ most; the codebook's first where they do not."""
        if not self.message_ids:
            return self.labels[0]
        return self.labels[int(np.abs(self.reflected - self.answered).sum(axis=0).argmax())]


_kept: KeptBeside[InsightFigures] = KeptBeside(most_places=_MOST_PROJECTS)


def look_at_insights(place: Workplace, person: Person, project_id: str) -> Looked[InsightFigures]:
    """
    Both models' figures as last worked out; newer ones are begun beside where something changed.

    The hold-out speaks in aggregates alone. Who may see which judged message of the pool is
    decided where messages are drawn and listed.

    Raises:
        NotAllowedError: the person may not see the project's figures.
    """
    require(person, Role.VIEWER, "see what the machine noticed")
    db = place.db
    run = runs.promoted_run(db, project_id)
    live = None if run else place.machines.live(project_id)
    return _kept.look(
        (str(db.path), project_id),
        _state(db, project_id, run, live),
        lambda: make_insights(db, project_id, run, live),
        place.machines.do_later,
    )


def make_insights(
    db: Database, project_id: str, run: Run | None, live: LiveMachine | None
) -> InsightFigures:
    """
    Work out all figures as things stand; seconds, so no work for a page.

    Args:
        db: the store.
        project_id: where.
        run: the promoted one; None where none is.
        live: the machine that speaks where no run is promoted; None while it keeps silent.
    """
    lexicon = current_lexicon(db, project_id)
    known = training_set(db, project_id)
    texts = judged_texts(db, project_id).select("message_id", "text")
    judged = known.training.join(texts, on="message_id", how="inner", maintain_order="left")
    holdout = known.holdout.join(texts, on="message_id", how="inner", maintain_order="left")
    by_label = lexicon.by_label()
    model, why = taught_terms(
        (str(db.path), project_id, "now"),
        (lexicon.version, known.codebook_version),
        judged["text"].to_list(),
        judged["label"].to_list(),
        by_label,
        known.labels,
    )
    said = _machine_says(db, run, live, known)
    missing = _missing(why, said, holdout.height, has_terms=bool(by_label))
    if model is None or said is None:
        return _nothing(missing, said, tuple(known.labels))
    both = judged.with_row_index("row").filter(pl.col("message_id").is_in(list(said.rows)))
    answered = said.shares[[said.rows[name] for name in both["message_id"]]]
    figures = InsightFigures(
        sentence=missing,
        note="",
        comparison=None,
        reflection=None,
        machine=None,
        machine_name=said.name,
        labels=tuple(known.labels),
        message_ids=tuple(both["message_id"]),
        reflected=model.out_of_fold[both["row"].to_numpy()],
        answered=answered.reshape(both.height, len(known.labels)),
        plot_missing="" if both.height else "No judged message has been answered by the machine.",
    )
    held = holdout.filter(pl.col("message_id").is_in(list(said.rows)))
    if missing or held.height < MIN_HOLDOUT:
        return figures
    of_terms = model.predict_proba(held["text"].to_list())
    of_machine = said.shares[[said.rows[name] for name in held["message_id"]]]
    return _with_comparison(figures, held["label"].to_list(), of_terms, of_machine, said, judged)


def _with_comparison(
    figures: InsightFigures,
    truth: list[str],
    of_terms: Floats,
    of_machine: Floats,
    said: MachineAnswers,
    judged: pl.DataFrame,
) -> InsightFigures:
    labels = figures.labels
    first = [labels[at] for at in of_terms.argmax(axis=1).tolist()]
    second = [labels[at] for at in of_machine.argmax(axis=1).tolist()]
    names = sorted({*truth, *first, *second})
    comparison = compare_runs(truth, first, second, names)
    alone, machine = (
        measure_classification(truth, one, names, measured_on="hold-out").macro_f1
        for one in (first, second)
    )
    return replace(
        figures,
        sentence=comparing_sentence(comparison, said.name),
        note=(
            f"Macro-F1: lexicon {alone.value:.2f} [{alone.low:.2f}, {alone.high:.2f}], machine "
            f"{machine.value:.2f} [{machine.low:.2f}, {machine.high:.2f}], the same "
            f"{machine.n:,} hold-out messages. The terms were weighed by {judged.height:,} judged "
            f"messages, the machine learnt from {said.n_taught:,}; none of them is of the hold-out."
        ),
        comparison=comparison,
        reflection=alone,
        machine=machine,
    )


def _machine_says(
    db: Database, run: Run | None, live: LiveMachine | None, known: TrainingSet
) -> MachineAnswers | None:
    wanted = {*known.training["message_id"], *known.holdout["message_id"]}
    if run is not None:
        return answers_of_run(db, run, wanted)
    return answers_of_live(live, wanted) if live is not None else None


def _missing(why: str, said: MachineAnswers | None, n_holdout: int, *, has_terms: bool) -> str:
    if not has_terms:
        return "The lexicon has no term yet, so there is nothing to compare the machine with."
    if why:
        return why
    if said is None:
        return (
            f"The machine speaks from {SPEAKS_FROM} judged messages of at least two labels on. "
            "Judge some more, then compare it with the lexicon here."
        )
    if n_holdout < MIN_HOLDOUT:
        return (
            f"Lexicon and machine are compared from {MIN_HOLDOUT} hold-out messages with a "
            f"reference label on; {n_holdout} have one."
        )
    return ""


def _nothing(missing: str, said: MachineAnswers | None, labels: tuple[str, ...]) -> InsightFigures:
    return InsightFigures(
        sentence=missing,
        note="",
        comparison=None,
        reflection=None,
        machine=None,
        machine_name=said.name if said else "",
        labels=labels,
        message_ids=(),
        reflected=np.zeros((0, len(labels))),
        answered=np.zeros((0, len(labels))),
        plot_missing=missing,
    )


def _state(db: Database, project_id: str, run: Run | None, live: LiveMachine | None) -> Hashable:
    return (
        current_lexicon(db, project_id).version,
        codebooks.newest_version(db, project_id),
        message_facts.newest_judging(db, project_id),
        tuple(messages.count_messages(db, project_id).values()),
        (run.run_id, kept_agreement.count_answers(db, run.run_id)) if run else None,
        id(live) if live is not None else None,
    )
