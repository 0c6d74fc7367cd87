"""How runs and their figures are put into words."""

from app.components.counted import counted
from app.components.run_states import state_name
from app.components.times import duration
from rhml_core.domain import Person, Run, RunState
from rhml_core.figures import CoveragePoint, LabelMetrics, Metrics, percent
from rhml_core.workflows.training.choice import thin_labels
from rhml_core.workflows.training.recipe_names import recipe_name
from rhml_core.workflows.training.time import TrainingTime
from rhml_core.workflows.training.training import Readiness

RECIPE_WORDS = {
    "fast": "Learns on top of the way the machine already reads. Good after each round of labels.",
    "setfit": (
        "Also changes how the machine reads, by telling pairs of messages apart. For 8 or "
        "more labels of each kind."
    ),
    "setfit-stock": (
        "SetFit just as its own library trains it, to compare with. Slow: it learns from "
        "pairs, and they grow with the square of the labels."
    ),
    "two-branch": (
        "One branch learns from the labels as they fall, one from as many of each kind. For "
        "labels that are rare."
    ),
}
"""What a recipe does and what it is good for."""

WELL_ANSWERED = 0.9
"""Share of right answers at which one may think of letting the machine answer alone."""


def recipe_words(recipe: str) -> str:
    """What a recipe does and what it is good for; empty for one that has no description."""
    return RECIPE_WORDS.get(recipe, "")


def time_words(time: TrainingTime) -> str:
    """How long a training takes and what that rests on, as in `About 2 min, from 3 runs`."""
    return f"About {duration(max(time.seconds, 1.0))}, {time.basis}."


def rare_words(readiness: Readiness) -> str:
    """Which labels are rare among what teaches; empty where none is."""
    rare = thin_labels(readiness.per_label)
    if rare.is_empty():
        return ""
    label, n, share = rare.row(0)
    others = f", and {counted(rare.height - 1, 'other')} below 10 %" if rare.height > 1 else ""
    return (
        f"Uneven: {label} has {n:,} of {readiness.n_training:,} messages that teach "
        f"({percent(share)}){others}."
    )


def measured_words(metrics: Metrics) -> str:
    """What the figures stand on, as in `n = 240 hold-out messages`."""
    if metrics.measured_on == "hold-out":
        return f"n = {metrics.n:,} hold-out messages"
    return f"n = {metrics.n:,} cross-validated messages"


def figure_words(metrics: Metrics | None) -> str:
    """Macro-F1 with interval and basis; says so where there is none."""
    if metrics is None:
        return "not measured"
    f1 = metrics.macro_f1
    return f"macro-F1 {f1.value:.2f} [{f1.low:.2f}, {f1.high:.2f}], {measured_words(metrics)}"


def run_words(run: Run) -> str:
    """Number, recipe and standing, as in `Run 7 (Fast), promoted`."""
    return f"Run {run.number} ({recipe_name(run.recipe)}), {state_name(run.state)}"


def coverage_words(points: tuple[CoveragePoint, ...]) -> str:
    """How many messages the machine could answer alone at nine in ten right; empty if unknown."""
    if not points:
        return ""
    good = [one for one in points if one.accuracy.value >= WELL_ANSWERED]
    if not good:
        surest = points[0]
        return (
            f"Even of the surest {percent(surest.coverage)} of messages it is right on no more "
            f"than {surest.accuracy}: nothing to leave to it alone yet."
        )
    most = max(good, key=lambda one: one.coverage)
    return (
        f"On the surest {percent(most.coverage)} of messages (probability {most.threshold:.2f} and "
        f"up) its answers are right at {most.accuracy}."
    )


def answer(runs: list[Run], readiness: Readiness) -> str:
    """The first line: how good the machine is, or what is missing to know it."""
    shown = next((run for run in runs if run.state is RunState.PROMOTED), None)
    if shown is not None:
        return f"Run {shown.number} (promoted): {figure_words(shown.metrics)}"
    if runs:
        newest = runs[0]
        return f"Run {newest.number} (not promoted): {figure_words(newest.metrics)}"
    if not readiness.can_train:
        return "Nothing to train on yet"
    return f"Ready for the first run: {readiness.n_training:,} judged messages teach it"


def advice(runs: list[Run], readiness: Readiness, more: str) -> str:
    """The second line: what would make the machine better, or measure it better."""
    lines = [more] if more else []
    lines += readiness.missing
    shown = next((run for run in runs if run.state is RunState.PROMOTED), runs[0] if runs else None)
    if shown is not None and shown.metrics is not None:
        lines.append(
            f"Judged by now: {readiness.n_training:,} to learn from "
            f"(run {shown.number}: {shown.n_training:,}), "
            f"{readiness.n_holdout_judged:,} of {readiness.n_holdout:,} hold-out."
        )
    return " ".join(lines)


def weakest_words(metrics: Metrics, readiness: Readiness) -> str:
    """The label that is recognised worst, and how many messages teach it; empty without one."""
    known = [one for one in metrics.per_label if one.f1 is not None and one.n]
    if not known:
        return ""
    weakest = min(known, key=lambda one: one.f1 or 0.0)
    taught = dict(readiness.per_label.select("label", "n_training").iter_rows())
    return (
        f"Weakest label: {weakest.label}, F1 {weakest.f1:.2f}{_bounds(weakest)}, "
        f"n = {weakest.n:,}, taught by {counted(taught.get(weakest.label, 0), 'message')} by now."
    )


def _bounds(one: LabelMetrics) -> str:
    if one.f1_low is None or one.f1_high is None:
        return ""
    return f" [{one.f1_low:.2f}, {one.f1_high:.2f}]"


def name_of(person_id: str, people: dict[str, Person]) -> str:
    """A person's name, or the identifier of someone unknown."""
    return people[person_id].name if person_id in people else person_id
