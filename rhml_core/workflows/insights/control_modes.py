"""
Five modes of control, from the lexicon alone to all words, measured on this project when asked.

Choosing by the hold-out would use it up a little each time, so that advice goes by the answers to
judged messages that a mode had not seen; the hold-out is shown beside them.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rhml_core.domain import Job, JobKind, JobState, Person, Role
from rhml_core.errors import InvalidInputError
from rhml_core.store import codebooks, jobs, kept_agreement, lexicons, message_facts, messages
from rhml_core.store.database import Reader
from rhml_core.store.events import add_event
from rhml_core.workflows.background.queued_job import queued_job
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.insights.control_figures import ModeFigure, advised_mode, figures_from_json
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.training.data import training_set

if TYPE_CHECKING:  # the workplace's background measures them
    from rhml_core.workflows.workplace import Workplace

"""Of the job that measures."""
PART = "control modes"
"""Under which the figures are kept."""
_MAKING = "1"
"""Grows when modes are measured in another way, so that what was kept is not read."""


@dataclass(frozen=True)
class ModesLook:
    """
    What there is to show.

    Attributes:
        modes: as last measured, most control first; empty where they never were.
        advised: name of the mode to choose; "" where nothing was measured.
        measured_at: when; None where they never were.
        n_judged: messages that taught them.
        is_current: whether nothing that they depend on has changed since.
        missing: what is missing to measure them now; "" where nothing is.
    """

    modes: tuple[ModeFigure, ...]
    advised: str
    measured_at: datetime | None
    n_judged: int
    is_current: bool
    missing: str


def look_at_modes(place: "Workplace", person: Person, project_id: str) -> ModesLook:
    """
    The modes as last measured; nothing is measured by looking.

    Raises:
        NotAllowedError: the person may not see the project's figures.
    """
    require(person, Role.VIEWER, "see the modes of control")
    kept = kept_agreement.kept_figures(place.db, project_id, PART)
    missing = what_is_missing(place.db, project_id)
    if kept is None or not kept.made_from.startswith(f"{_MAKING}:"):
        return ModesLook((), "", None, 0, is_current=False, missing=missing)
    modes = figures_from_json(kept.figures)
    return ModesLook(
        modes,
        advised_mode(modes),
        kept.made_at,
        kept.n_judgements,
        is_current=kept.made_from == modes_state(place.db, project_id),
        missing=missing,
    )


def start_measuring(place: "Workplace", person: Person, project_id: str, *, key: str) -> Job:
    """
    Queue the measuring of all five modes; a second one waits for the first.

    Args:
        place: the workplace.
        person: who asks.
        project_id: where.
        key: identifies this act; a repeated one starts nothing.

    Raises:
        NotAllowedError: only supervisors start what takes long.
        InvalidInputError: there is no term, or too little is judged.
    """
    require(person, Role.SUPERVISOR, "measure the modes of control")
    now = place.now()
    with place.db.atomic() as transaction:
        active = jobs.list_jobs(
            transaction, project_id, states=[JobState.QUEUED.value, JobState.RUNNING.value]
        )
        running = [job for job in active if job.kind is JobKind.MODES]
        if not transaction.claim(act_key(person, "modes", project_id, key), at=now) and not running:
            known = jobs.list_jobs(transaction, project_id, limit=1_000)
            return next(job for job in known if job.kind is JobKind.MODES)
        if running:
            return running[0]
        missing = what_is_missing(transaction, project_id)
        if missing:
            raise InvalidInputError(missing)
        job = queued_job(project_id, JobKind.MODES, person_id=person.person_id, at=now)
        jobs.add_job(transaction, job, parameters={}, seed=0)
        add_event(
            transaction,
            kind="modes_measured",
            subject=f"job:{job.job_id}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
            detail={},
        )
    place.jobs.submit(job.job_id)
    return job


def what_is_missing(db: Reader, project_id: str) -> str:
    """What is missing before the modes can be measured, for people; "" where nothing is."""
    if not current_terms(db, project_id):
        return "The lexicon has no term yet. Add one, or adopt a concept."
    return " ".join(training_set(db, project_id).missing)


def current_terms(db: Reader, project_id: str) -> dict[str, tuple[str, ...]]:
    """The lexicon's expressions by label."""
    return lexicons.get_lexicon(db, project_id).by_label()


def modes_state(db: Reader, project_id: str) -> str:
    """Names all that the modes depend on."""
    n_messages = messages.count_messages(db, project_id)
    parts = (
        _MAKING,
        lexicons.newest_version(db, project_id),
        codebooks.newest_version(db, project_id),
        message_facts.newest_judging(db, project_id),
        hashlib.sha256(repr(rejected_terms(db, project_id)).encode()).hexdigest()[:12],
        *n_messages.values(),
    )
    return ":".join(str(part) for part in parts)
