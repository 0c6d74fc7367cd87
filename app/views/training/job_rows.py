"""Background work on a page: watched only while it lasts, and offered again where it failed."""

import streamlit as st

from app.components.empty import show_error
from app.components.plain_lines import quiet_line
from app.components.progress_row import job_name, progress_row
from app.components.training_charts import loss_chart
from rhml_core.domain import Job, JobState, Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.safe_text import plain
from rhml_core.workflows.training.training import (
    active_jobs,
    cancel_job,
    job_losses,
    recent_jobs,
    retry_job,
)
from rhml_core.workflows.workplace import Workplace

_SECONDS_BETWEEN_LOOKS = 1.0
_FEWEST_LOSSES = 2
"""Steps from which on there is a curve to draw."""
_UNFINISHED = (JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED)
_WORDS = {
    JobState.FAILED: "failed",
    JobState.CANCELLED: "was cancelled",
    JobState.INTERRUPTED: "was interrupted",
}


def show_jobs(
    place: Workplace, person: Person, project: Project, *, kind: str, key: str, expected: str = ""
) -> bool:
    """
    Draw the jobs of one kind that wait or run, or the newest one if it ended without a result.

    Args:
        place: the workplace.
        person: who looks; supervisors may cancel and start again.
        project: whose jobs.
        kind: `train` or `embed`.
        key: the rows' key.
        expected: how long such a job takes, told until the job knows it itself.

    Returns:
        Whether such a job is under way.
    """
    watched = [job.job_id for job in _active(place, project, kind)]
    if watched:
        watch = st.fragment(_watch, run_every=_SECONDS_BETWEEN_LOOKS)
        watch(place, person, project, watched, kind=kind, key=key, expected=expected)
        return True
    newest = next((j for j in recent_jobs(place, project.project_id) if j.kind == kind), None)
    if newest is not None and newest.state in _UNFINISHED:
        _offer_again(place, person, newest, key)
    return False


def _active(place: Workplace, project: Project, kind: str) -> list[Job]:
    return [job for job in active_jobs(place, project.project_id) if job.kind == kind]


def _watch(
    place: Workplace,
    person: Person,
    project: Project,
    watched: list[str],
    *,
    kind: str,
    key: str,
    expected: str,
) -> None:
    jobs = _active(place, project, kind)
    if [job.job_id for job in jobs] != watched:
        st.rerun(scope="app")
    may_cancel = person.may(Role.SUPERVISOR)
    for place_in_row, job in enumerate(jobs):
        if progress_row(job, key=f"{key}_{place_in_row}", can_cancel=may_cancel):
            try:
                cancel_job(place, person, job.job_id)
            except RhmlError as error:
                show_error(error)
        if expected and job.seconds_left is None:
            quiet_line(expected)
        losses = job_losses(place, job.job_id)
        if len(losses) >= _FEWEST_LOSSES:
            loss_chart(losses, key=f"{key}_loss_{place_in_row}", n_steps=job.n_steps)


def _offer_again(place: Workplace, person: Person, job: Job, key: str) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", border=True, key=f"{key}_ended"
    ):
        detail = f": {plain(job.detail)}" if job.state is JobState.FAILED and job.detail else "."
        with st.container(width="stretch"):
            icon = "error" if job.state is JobState.FAILED else "info"
            st.markdown(f":material/{icon}: **{plain(job_name(job))}** {_WORDS[job.state]}{detail}")
        if person.may(Role.SUPERVISOR) and st.button(
            "Try again", icon=":material/refresh:", key=f"{key}_again", width="content"
        ):
            try:
                retry_job(place, person, job.job_id)
            except RhmlError as error:
                show_error(error)
            else:
                st.rerun()
