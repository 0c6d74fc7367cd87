"""The parts of the page Training, and the run that the address names."""

from collections.abc import Sequence

from app.components.address import filter_value, set_filter
from app.components.address_choice import choose_in_list
from app.components.address_tabs import open_part
from app.views.training.words import run_words
from rhml_core.domain import Run, RunState

TABS = ("Curves", "Per label", "Confusion", "Calibration", "Compare", "All runs")
TAB_KEY = "training_tab"
RUN = "run"
"""The filter in the address that names the run whose figures are shown, in every part."""
COMPARED = ("first", "second")
"""The filters that name the two runs that are compared."""


def promoted_else_newest(runs: Sequence[Run]) -> Run:
    """The run that the page speaks of unless another is chosen; `runs` are newest first."""
    return next((run for run in runs if run.state is RunState.PROMOTED), runs[0])


def run_in_address(runs: Sequence[Run]) -> Run:
    """The run that the address names; where it names none of these, as if it named none."""
    wanted = filter_value(RUN)
    return next((run for run in runs if run.run_id == wanted), promoted_else_newest(runs))


def open_comparison() -> None:
    """Have the newest run and the promoted one compared when the page is drawn next."""
    for name in COMPARED:
        set_filter(name, None)
    open_part("Compare")


def choose_run(
    runs: Sequence[Run],
    *,
    key: str,
    name: str = RUN,
    title: str = "Run",
    default: Run | None = None,
) -> Run:
    """
    Draw the choice of a run that lives in the address.

    Args:
        runs: newest first; at least one.
        key: the widget's key.
        name: the filter in the address.
        title: what is chosen, for screen readers.
        default: chosen where the address names none of the runs; the promoted one, else the
            newest, unless given.
    """
    by_id = {run.run_id: run for run in runs}
    chosen = choose_in_list(
        name,
        {run_id: run_words(run) for run_id, run in by_id.items()},
        key=key,
        title=title,
        default=(default or promoted_else_newest(runs)).run_id,
        width="stretch" if default else 260,
    )
    return by_id[chosen]
