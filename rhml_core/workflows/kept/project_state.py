"""Names the state of a project, so that figures are worked out again only when it has changed."""

from dataclasses import dataclass
from datetime import datetime

from rhml_core.store import kept_agreement, message_facts
from rhml_core.store.database import Reader
from rhml_core.workflows.agreement.machine_rater import rating_run

TALK = (
    "backed_up",
    "challenged",
    "commented",
    "dialogue_opened",
    "exported",
    "flagged",
    "held",
    "invited",
    "machine_asked",
    "read",
    "review_rated",
    "reviewed",
    "signed_in",
    "skipped",
    "training_started",
    "visit",
)
"""
Acts after which every figure of judgements and learning is what it was.

An act that is not named here counts as a change: figures may be worked out once too often, and
never once too rarely.
"""


@dataclass(frozen=True)
class ProjectState:
    """
    Equal states mean equal figures.

    Attributes:
        newest: place of the newest event that bears on figures.
        run_id: the run that speaks; "" where there is none.
        n_answers: messages that it has answered.
    """

    newest: int
    run_id: str
    n_answers: int


def project_state(
    db: Reader, project_id: str, *, counts_label_reviews: bool = False
) -> ProjectState:
    """
    The state of all that is judged, taught and known in a project.

    Args:
        db: the store.
        project_id: an existing project.
        counts_label_reviews: whether labels that somebody let stand make a new state.
    """
    run = rating_run(db, project_id)
    quiet = TALK if counts_label_reviews else (*TALK, "label_stands")
    return ProjectState(
        newest=message_facts.newest_act(db, project_id, apart_from=quiet),
        run_id=run.run_id if run else "",
        n_answers=kept_agreement.count_answers(db, run.run_id) if run else 0,
    )


def leases_state(db: Reader, project_id: str) -> tuple[int, int]:
    """What tells that a message was given out, answered or given back since."""
    return message_facts.newest_lease(db, project_id)


def figures_made_at(db: Reader, project_id: str) -> datetime | None:
    """When the figures of agreement were last made; None where they never were."""
    made = kept_agreement.made_from(db, project_id, "current")
    return made[2] if made else None
