"""What should I do now? One next step, then my queue, what changed, and the project."""

from dataclasses import replace

import streamlit as st

from app.components.address import open_view
from app.components.counted import counted
from app.components.facts import facts, leading_fact, part_title
from app.components.first_line import first_line
from app.components.marks import draw, person_mark, text_span
from app.components.meanings import meaning_of
from app.components.plain_lines import quiet_line
from app.components.progress_row import progress_row
from app.components.timeline import timeline
from app.components.times import reader_zone
from app.components.two_sides import two_sides
from app.views.home.first_steps import show_first_steps
from app.views.home.parts import show_learners, show_waiting
from app.views.training.words import figure_words
from rhml_core.domain import Person, Project, Role
from rhml_core.safe_text import plain
from rhml_core.workflows.agreement.agreement import figures_age
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.disputes.disagreements import disagreement_summary, list_experts
from rhml_core.workflows.overview.first_steps import first_steps
from rhml_core.workflows.overview.home import (
    is_first_visit,
    judgements_since_last_visit,
    next_step,
    record_visit,
    what_changed,
    what_waits,
)
from rhml_core.workflows.people import list_people
from rhml_core.workflows.training.run_registry import promoted_run
from rhml_core.workflows.training.training import active_jobs, cancel_job
from rhml_core.workflows.turn.queue import QueueProgress, queue_progress
from rhml_core.workflows.workplace import Workplace

_SECONDS_BETWEEN_LOOKS = 2
_N_CHANGES = 8
_MEANS = {
    "Waiting for you": "Messages that still need your judgement: the page Label brings them",
    "Fully judged": "Messages that nobody has to judge any more: enough people did, or the label "
    "is settled",
}


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    _record_visit_once(place, person, project)
    step = next_step(place, person, project.project_id)
    first_line(step.sentence, note=step.note or project.description)
    if st.button(
        plain(step.action), key="next_step", type="primary", icon=":material/arrow_forward:"
    ):
        open_view(step.view, **step.filters)
    if project.shows_ranking:
        quiet_line("Ranking is on in this project: supervisors can sort the Team page by a figure.")
    _show_jobs(place, person, project)
    if person.may(Role.SUPERVISOR):
        _await_agreement_once(place, person, project)
    left, right = two_sides((3, 2), (24, 18), key="home_sides")
    steps = first_steps(place, person, project.project_id)
    with left, st.container(gap="xsmall", key="since"):
        if steps:
            show_first_steps(steps)
            st.space("xsmall")
        _show_changes(place, person, project)
    with right, st.container(gap="xsmall", key="glance"):
        if person.may(Role.EXPERT) and not steps:
            progress = queue_progress(place, person, project.project_id, zone=reader_zone())
            # Supervisors have the list of all messages there, not their own.
            _show_queue(progress, leads_on=not person.may(Role.SUPERVISOR))
            st.space("xsmall")
        waiting = what_waits(place, person, project.project_id)
        # A newcomer reads the codebook first.
        show_waiting(replace(waiting, unread_digest=None) if steps else waiting)
        _show_project(place, person, project)
        if person.role is not Role.EXPERT:
            show_learners(place, person, project)


def _record_visit_once(place: Workplace, person: Person, project: Project) -> None:
    key = f"visited_{person.person_id}_{project.project_id}"
    if key not in st.session_state:
        record_visit(place, person, project.project_id)
        st.session_state[key] = True


def _await_agreement_once(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page again, once a session, when agreement is known as it stands now."""
    key = f"agreement_awaited_{person.person_id}_{project.project_id}"
    if st.session_state.get(key) or promoted_run(place, project.project_id) is None:
        return

    @st.fragment(run_every=_SECONDS_BETWEEN_LOOKS, key="agreement_age")
    def look() -> None:
        if not figures_age(place, person, project.project_id, waits=False).is_updating:
            st.session_state[key] = True
            st.rerun()

    look()


def _show_jobs(place: Workplace, person: Person, project: Project) -> None:
    """Draw the running jobs, looking again every few seconds only while there are some."""
    is_running = bool(active_jobs(place, project.project_id))

    @st.fragment(run_every=_SECONDS_BETWEEN_LOOKS if is_running else None, key="jobs")
    def look() -> None:
        jobs = active_jobs(place, project.project_id)
        for job in jobs:
            if progress_row(job, key=f"job_{job.job_id}", can_cancel=person.may(Role.SUPERVISOR)):
                cancel_job(place, person, job.job_id)
                st.rerun()
        if is_running and not jobs:
            st.rerun()  # what the ended job brought may change the whole page

    look()


def _show_changes(place: Workplace, person: Person, project: Project) -> None:
    is_first = is_first_visit(place, person, project.project_id)
    part_title("So far in this project" if is_first else "Since you were here")
    n_judged = judgements_since_last_visit(place, person, project.project_id)
    if n_judged:
        st.text(f"Colleagues made {counted(n_judged, 'judgement')}.")
    entries = what_changed(place, person, project.project_id)[:_N_CHANGES]
    if not entries and not n_judged:
        st.text("Nothing yet." if is_first else "Nothing happened since your last visit.")
    if entries:
        timeline(entries, list_people(place), key="changes", title="What changed")


def queue_facts(progress: QueueProgress) -> list[tuple[str, str]]:
    """My part of the work as names and figures."""
    return [
        ("Judged today", f"{progress.n_done_today:,}"),
        ("Judged in all", f"{progress.n_done:,}"),
        ("Waiting for you", f"{progress.n_open:,}"),
    ]


def _show_queue(progress: QueueProgress, *, leads_on: bool) -> None:
    part_title("Your queue")
    today, in_all, waiting = queue_facts(progress)
    if not (leads_on and progress.n_done):
        facts([today, in_all, waiting], means=_MEANS)
        return
    facts([today, waiting], means=_MEANS)
    if leading_fact(*in_all, key="home_judged", way="Read them and their threads"):
        open_view("messages")


def _show_project(place: Workplace, person: Person, project: Project) -> None:
    part_title("The project")
    codebook = get_codebook(place, project.project_id)
    summary = disagreement_summary(place, person, project.project_id)
    rows = [
        ("Codebook", f"version {codebook.version}, {counted(len(codebook.labels), 'label')}"),
    ]
    if person.may(Role.EXPERT):
        progress = queue_progress(place, person, project.project_id, zone=reader_zone())
        done = f"{progress.n_fully_judged:,} of {progress.n_messages:,} messages"
        rows.insert(0, ("Fully judged", done))
    facts(rows, means=_MEANS)
    _show_ways(place, project, summary.n_open)
    experts = list_experts(place, project.project_id)
    if experts:
        n_simulated = sum(expert.is_simulated for expert in experts)
        words = f"{counted(len(experts), 'expert')} judged so far"
        if n_simulated:
            words += f", {n_simulated:,} simulated"
        draw(*(person_mark(one, size=26) for one in experts), text_span(words, muted=True))


def _show_ways(place: Workplace, project: Project, n_open: int) -> None:
    """Draw the facts that have messages or runs behind them, each as the way there."""
    if not n_open:
        facts([("Contested messages", "none")])
    elif leading_fact("Contested messages", f"{n_open:,}", key="home_contested", way="Read them"):
        open_view("disagreements")
    if leading_fact(
        "The machine",
        _machine_words(place, project),
        key="home_machine",
        way=f"Its runs and figures. {meaning_of('Macro-F1')}",
    ):
        open_view("training")


def _machine_words(place: Workplace, project: Project) -> str:
    run = promoted_run(place, project.project_id)
    if run is None:
        return "no run promoted yet"
    if run.metrics is None:
        return f"run {run.number}, not measured yet"
    return f"run {run.number}: {figure_words(run.metrics)}"
