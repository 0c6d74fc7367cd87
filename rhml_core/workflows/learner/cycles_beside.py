"""Both learners by cycle, worked out beside the pages that show them."""

from rhml_core.domain import Person, Role
from rhml_core.store import projects
from rhml_core.workflows.kept.beside import KeptBeside, Looked
from rhml_core.workflows.kept.project_state import project_state
from rhml_core.workflows.learner.learning import LearnersByCycle, learners_by_cycle
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

_MOST_PROJECTS = 16

_kept: KeptBeside[LearnersByCycle] = KeptBeside(most_places=_MOST_PROJECTS)


def look_at_cycles(place: Workplace, person: Person, project_id: str) -> Looked[LearnersByCycle]:
    """
    Both learners as last worked out; newer figures are begun beside where something has changed.

    They are aggregates and the same for everyone; see `learners_by_cycle`.

    Raises:
        NotAllowedError: the person may not see the project's figures.
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "see how the team learns")
    where = projects.get_project(place.db, project_id).project_id
    return _kept.look(
        (str(place.db.path), where),
        project_state(place.db, where),
        lambda: learners_by_cycle(place, person, where),
        place.machines.do_later,
    )
