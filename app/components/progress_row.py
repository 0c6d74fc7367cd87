"""A background job as one row: how far, how long still, and a way out."""

import streamlit as st

from app.components.times import duration
from rhml_core.domain import Job, JobKind, JobState
from rhml_core.safe_text import plain
from rhml_core.workflows.training.recipe_names import recipe_name

_WORDS = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
    JobState.INTERRUPTED: "interrupted",
}
_ICONS = {
    JobState.DONE: "check",
    JobState.FAILED: "error",
    JobState.CANCELLED: "close",
    JobState.INTERRUPTED: "pause",
}
_ACTIVE = (JobState.QUEUED, JobState.RUNNING)
_COUNTS_MESSAGES = (JobKind.EMBED, JobKind.SCORE)


def job_name(job: Job) -> str:
    """What the job does, in two or three words."""
    if job.kind is JobKind.EMBED:
        return "Reading messages"
    if job.kind is JobKind.SCORE:
        return "Answering messages"
    if job.kind is JobKind.MODES:
        return "Measuring modes"
    return f"Training ({recipe_name(job.recipe)})" if job.recipe else "Training"


def job_line(job: Job) -> str:
    """How far the job is: state or step, detail and time left, parted by dots."""
    parts = [_WORDS[job.state]]
    if job.state is JobState.RUNNING and job.n_steps:
        far = f"{job.step:,} of {job.n_steps:,}"
        parts = [f"{far} messages" if job.kind in _COUNTS_MESSAGES else f"step {far}"]
    if job.detail and not job.detail.startswith(job_name(job)):
        parts.append(job.detail)
    if job.state is JobState.RUNNING and job.seconds_left is not None:
        parts.append(f"{duration(job.seconds_left)} left")
    return " · ".join(parts)


def progress_row(job: Job, *, key: str, can_cancel: bool = True) -> bool:
    """Draw the job; whether its cancel button was clicked in this run of the page."""
    line = f"**{plain(job_name(job))}** · {plain(job_line(job))}"
    if job.state not in _ACTIVE:
        st.markdown(f":material/{_ICONS[job.state]}: {line}")
        return False
    share = min(job.step / job.n_steps, 1.0) if job.n_steps else 0.0
    with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"{key}_row"):
        st.progress(share, text=line)
        if not can_cancel:
            return False
        return st.button("Cancel", key=key, icon=":material/close:", width="content")
