"""How good the machine is by the labels it was taught on, and whether more would help."""

from rhml_core.domain import Person, Role
from rhml_core.measures.stopping import advise_stopping
from rhml_core.workflows.permission import require
from rhml_core.workflows.training.curve_room import LabelCurve
from rhml_core.workflows.workplace import Workplace

LEAST_ROUND = 40
"""Labels that a team gives before it looks again, at least: the outlook is for so many."""


def label_curve(place: Workplace, person: Person, project_id: str) -> LabelCurve:
    """
    Macro-F1 of the fast head by the number of labels that it is taught on, from 10 to all.

    Worked out beside the page: what is known comes at once, and says whether newer is coming.

    Raises:
        NotAllowedError: the person may not see the project's figures.
    """
    require(person, Role.VIEWER, "see how the machine learns")
    return place.curves.look(project_id)


def more_labels(curve: LabelCurve) -> str:
    """Whether more labels would pay, in one sentence; empty where there is no curve yet."""
    if not curve.points:
        return ""
    n_next = max(LEAST_ROUND, curve.points[-1].n_labels // 4)
    sentence = advise_stopping(curve.points, n_next=n_next).sentence
    return f"By the fast recipe: {sentence[0].lower()}{sentence[1:]}"
