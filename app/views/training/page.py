"""Training: is the machine good enough, and what would make it better?"""

from app.components.address_tabs import tabs_in_address
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.marks import label_colours
from app.views.training.calibration import show_calibration
from app.views.training.compare import show_comparison
from app.views.training.curves import show_curves
from app.views.training.figures import show_confusion
from app.views.training.labels import show_labels
from app.views.training.parts import TAB_KEY, TABS
from app.views.training.runs import show_runs
from app.views.training.start import show_start
from app.views.training.words import advice, answer
from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.overview.message_list import reading_progress
from rhml_core.workflows.training.learning_curves import label_curve, more_labels
from rhml_core.workflows.training.run_registry import list_runs
from rhml_core.workflows.training.training import training_readiness
from rhml_core.workflows.workplace import Workplace

FIRST_STEP = "Label some messages first; a handful of each kind is enough for a first run."


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    runs = list_runs(place, project.project_id)
    readiness = training_readiness(place, project.project_id)
    curve = label_curve(place, person, project.project_id)
    first_line(answer(runs, readiness), note=advice(runs, readiness, more_labels(curve)))
    colours = label_colours(get_codebook(place, project.project_id))
    show_start(place, person, project, readiness, colours)
    if not runs:
        if readiness.can_train:
            show_curves(place, person, project, curve)
        else:
            _show_first_step(place, person, project)
        return
    tabs = tabs_in_address(TABS, key=TAB_KEY)
    curves, labels, confused, calibrated, compared, every = tabs
    if curves.open:
        with curves:
            show_curves(place, person, project, curve)
    if labels.open:
        with labels:
            show_labels(place, person, project, runs, readiness, colours)
    if confused.open:
        with confused:
            show_confusion(place, person, project, runs, colours)
    if calibrated.open:
        with calibrated:
            show_calibration(place, person, project, runs)
    if compared.open:
        with compared:
            show_comparison(place, person, project, runs)
    if every.open:
        with every:
            show_runs(place, person, project, runs)


def _show_first_step(place: Workplace, person: Person, project: Project) -> None:
    _, n_messages = reading_progress(place, project.project_id)
    if n_messages:
        empty_state(
            FIRST_STEP,
            action="Label messages" if person.may(Role.EXPERT) else "",
            view="label",
            key="training_to_label",
            icon="label",
        )
    else:
        empty_state(
            "There are no messages yet. Once some are in and judged, the machine can be trained.",
            action="Import messages" if person.may(Role.SUPERVISOR) else "",
            view="messages",
            key="training_to_messages",
        )
