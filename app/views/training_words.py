"""How runs and their figures are put into words."""

from app.components.counted import counted
from rhml_core.domain import LabelMetrics, Metrics, Person, Run, RunState
from rhml_core.workflows.training import Readiness

RECIPE_WORDS = {
    "fast": (
        "Fast",
        (
            "Seconds. Learns on top of the way the machine already reads. Good after each round "
            "of labels."
        ),
    ),
    "setfit": (
        "SetFit",
        (
            "Minutes. Also changes how the machine reads, by telling pairs of messages apart. "
            "Good with 8 or more labels of each kind."
        ),
    ),
}


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
    """Number, recipe and standing, as in `Run 7, fast, promoted`."""
    return f"Run {run.number}, {run.recipe}, {run.state.value}"


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


def advice(runs: list[Run], readiness: Readiness) -> str:
    """The second line: what would make the machine better, or measure it better."""
    lines = list(readiness.missing)
    shown = next((run for run in runs if run.state is RunState.PROMOTED), runs[0] if runs else None)
    if shown is None or shown.metrics is None:
        return " ".join(lines)
    known = [one for one in shown.metrics.per_label if one.f1 is not None and one.n]
    if known:
        weakest = min(known, key=lambda one: one.f1 or 0.0)
        taught = dict(readiness.per_label.select("label", "n_training").iter_rows())
        lines.append(
            f"Weakest label: {weakest.label}, F1 {weakest.f1:.2f}{_bounds(weakest)}, "
            f"n = {weakest.n:,}, taught by {counted(taught.get(weakest.label, 0), 'message')}."
        )
    lines.append(
        f"Judged by now: {readiness.n_training:,} to learn from "
        f"(run {shown.number}: {shown.n_training:,}), "
        f"{readiness.n_holdout_judged:,} of {readiness.n_holdout:,} hold-out."
    )
    return " ".join(lines)


def _bounds(one: LabelMetrics) -> str:
    if one.f1_low is None or one.f1_high is None:
        return ""
    return f" [{one.f1_low:.2f}, {one.f1_high:.2f}]"


def name_of(person_id: str, people: dict[str, Person]) -> str:
    """A person's name, or the identifier of someone unknown."""
    return people[person_id].name if person_id in people else person_id
