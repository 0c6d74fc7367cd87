"""A job as it begins: waiting, with nothing done."""

import uuid
from datetime import datetime

from rhml_core.domain import Job, JobKind, JobState


def queued_job(
    project_id: str, kind: JobKind, *, recipe: str = "", person_id: str, at: datetime
) -> Job:
    """A new job of a kind, not yet stored."""
    return Job(
        job_id=f"job-{uuid.uuid4().hex[:12]}",
        project_id=project_id,
        kind=kind,
        recipe=recipe,
        state=JobState.QUEUED,
        step=0,
        n_steps=0,
        seconds_left=None,
        detail="Waiting",
        result=None,
        created_by=person_id,
        created_at=at,
    )
