"""Can these labels be trusted? How far people agree, where they do not, and what follows."""

from collections.abc import Callable

import streamlit as st

from app.components.address_choice import choose_part
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.plain_lines import quiet_line
from app.components.times import reader_time
from app.views.agreement import consensus as agreement_consensus
from app.views.agreement import parts as agreement_parts
from app.views.agreement.leads import show_lead
from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.agreement.agreement import (
    AgreementOverview,
    agreement_overview,
    figures_age,
)
from rhml_core.workflows.agreement.keeping import Standing
from rhml_core.workflows.agreement.open_falls import open_fall
from rhml_core.workflows.agreement.reporting import (
    AgreementMaterial,
    gather_report,
    report_html,
    report_tables,
)
from rhml_core.workflows.agreement.words import overview_sentence
from rhml_core.workflows.workplace import Workplace

_SECONDS_BETWEEN_LOOKS = 2.0
_PARTS = {
    "pairs": "Pairs",
    "labels": "Labels",
    "cycles": "Cycles",
    "machine": "Before and after",
    "kinds": "Kinds",
}
_CONSENSUS = {"consensus": "Consensus"}
_SHOWS: dict[str, Callable[[Workplace, Person, Project], None]] = {
    "labels": agreement_parts.show_labels,
    "cycles": agreement_parts.show_cycles,
    "kinds": agreement_parts.show_values,
    "consensus": agreement_consensus.show_consensus,
}


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    overview = agreement_overview(place, person, project.project_id)
    first_line(overview_sentence(overview.now, overview.falls))
    fall = open_fall(place, person, project.project_id)
    lead = fall if fall and fall.n_open else None
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
        key="agreement_bar",
    ):
        if lead:
            show_lead(lead)
        with st.container(width="content", key="standing"):
            _show_standing(place, person, project, overview.standing)
        if overview.now and overview.now.n_people:
            _offer_report(place, person, project, is_next_step=lead is None)
    if overview.now is None:
        return
    if not overview.now.n_people:
        empty_state(
            "As soon as two people have judged some of the same messages, this page says how far "
            "their labels can be trusted.",
            action="Label messages" if person.may(Role.EXPERT) else "",
            view="label",
            key="nobody_labelled",
            icon="label",
        )
        return
    parts = _PARTS | (_CONSENSUS if person.may(Role.SUPERVISOR) else {})
    part = choose_part("part", parts, key="part", title="Part of the page", default="pairs")
    _show_part(place, person, project, overview, part)


def standing_words(standing: Standing, moment: str) -> str:
    """
    How old the figures are.

    Args:
        standing: of the figures.
        moment: when they were made, as the reader's clock shows it.
    """
    if standing.made_at is None:
        return "Working them out now. You may leave; they are kept."
    since = f", {counted(standing.n_since, 'judgement')} ago" if standing.n_since else ""
    newer = " Newer ones are being worked out." if standing.is_updating else ""
    return f"As of {moment}{since}.{newer}"


def _show_standing(place: Workplace, person: Person, project: Project, standing: Standing) -> None:
    every = _SECONDS_BETWEEN_LOOKS if standing.is_updating else None

    @st.fragment(run_every=every)
    def show() -> None:
        now = figures_age(place, person, project.project_id) if every else standing
        if now.made_at != standing.made_at or (every and not now.is_updating):
            st.rerun()
        quiet_line(standing_words(now, reader_time(now.made_at)))

    show()


def _show_part(
    place: Workplace, person: Person, project: Project, overview: AgreementOverview, part: str
) -> None:
    if part in _SHOWS:
        _SHOWS[part](place, person, project)
    elif part == "machine":
        agreement_parts.show_before_and_after(overview)
    else:
        agreement_parts.show_pairs(place, person, project, overview)


def _offer_report(
    place: Workplace, person: Person, project: Project, *, is_next_step: bool
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="reports"):
        with_texts = st.checkbox(
            "with texts",
            key="report_texts",
            help="The report names messages by their identifiers; with this, their texts too.",
        )

        def material() -> AgreementMaterial:
            return gather_report(place, person, project.project_id, with_texts=with_texts)

        st.download_button(
            "Tables",
            data=lambda: report_tables(material()),
            file_name="agreement.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key="report_tables",
            icon=":material/table:",
            on_click="ignore",
            help="All tables of this page as an Excel workbook",
        )
        st.download_button(
            "Report",
            data=lambda: report_html(material()),
            file_name="agreement.html",
            mime="text/html",
            key="report_html",
            icon=":material/download:",
            type="primary" if is_next_step else "secondary",
            on_click="ignore",
            help="One HTML file with all figures and charts; print it to get a PDF",
        )
