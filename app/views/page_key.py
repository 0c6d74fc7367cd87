"""The key under which a page's figures are kept for every look at it."""

from collections.abc import Hashable

from rhml_core.domain import Person, Project
from rhml_core.workflows.kept.project_state import project_state
from rhml_core.workflows.workplace import Workplace

PageKey = tuple[Hashable, ...]


def page_key(
    place: Workplace,
    person: Person,
    project: Project,
    *others: Hashable,
    counts_label_reviews: bool = False,
) -> PageKey:
    """
    Names whose figures these are and all that they depend on; equal keys mean equal figures.

    What people say to each other changes no figure, and so no key.

    Args:
        place: the workplace.
        person: who looks: not everyone may see everything.
        project: where.
        others: what these figures depend on beside what is judged, taught and known.
        counts_label_reviews: as for `project_state`.
    """
    state = project_state(place.db, project.project_id, counts_label_reviews=counts_label_reviews)
    return (
        str(place.settings.database),
        project.project_id,
        person.person_id,
        person.role.value,
        (state.newest, state.run_id, state.n_answers),
        *others,
    )
