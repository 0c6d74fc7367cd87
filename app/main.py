"""The script behind every page: who is asking, which project, which view."""

from collections.abc import Callable
from html import escape
from importlib import import_module
from pathlib import Path

import streamlit as st

from app.components.address import PAGES_KEY, PROJECT, arrive, filter_value, set_filter
from app.components.empty import empty_state, show_error
from app.components.first_line import first_line
from app.components.marks import draw, person_mark, text_span
from app.components.people_words import door_words
from app.session import COOKIE, person_behind, workplace
from app.tour import START, can_tour, show_tour, step_on
from app.views.settings.new_project import show_new_project
from app.warm_start import begin_warming_up
from rhml_core.domain import Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.safe_text import one_line
from rhml_core.workflows.projects import list_projects
from rhml_core.workflows.workplace import Workplace

SECTIONS: dict[str, list[tuple[str, str, str, Role]]] = {
    "Work": [
        ("home", "Home", "home", Role.VIEWER),
        ("label", "Label", "label", Role.EXPERT),
        ("disagreements", "Disagreements", "forum", Role.VIEWER),
    ],
    "Learn": [
        ("journal", "Journal", "menu_book", Role.VIEWER),
        ("codebook", "Codebook", "list_alt", Role.VIEWER),
        ("lexicon", "Lexicon", "dictionary", Role.VIEWER),
        ("reflection", "Reflection", "self_improvement", Role.VIEWER),
        ("insights", "New insights", "lightbulb", Role.VIEWER),
        ("concept_map", "Concept map", "hub", Role.VIEWER),
        ("my_learning", "My learning", "school", Role.EXPERT),
    ],
    "Oversee": [
        ("overview", "Overview", "summarize", Role.VIEWER),
        ("adjudicate", "Adjudicate", "gavel", Role.SUPERVISOR),
        ("agreement", "Agreement", "handshake", Role.VIEWER),
        ("training", "Training", "monitoring", Role.VIEWER),
        ("learners", "Both learners", "compare_arrows", Role.VIEWER),
        ("label_review", "Label review", "fact_check", Role.VIEWER),
    ],
    "Manage": [
        ("messages", "Messages", "inbox", Role.VIEWER),
        ("team", "Team", "group", Role.SUPERVISOR),
        ("settings", "Settings", "tune", Role.SUPERVISOR),
    ],
}
"""Section -> pages as (view, title, icon, least role), in the order of the sidebar."""

_ASSETS = Path(__file__).parent / "components" / "assets"
_LOGO, _ICON = str(_ASSETS / "sign.svg"), str(_ASSETS / "sign.png")

_STYLE = """
<style>
[data-testid="stMainBlockContainer"] {
  max-width: 78rem; padding-left: 2.5rem; padding-right: 2.5rem;
}
[data-testid="stSidebarUserContent"] form { margin: 0 0 0 auto; }
[data-testid="stMain"] button[data-selected="true"] p,
[data-testid="stMain"] [role="tab"][aria-selected="true"] p,
[data-testid="stSliderThumbValue"] { color: light-dark(#17635A, #7CCBBB); }
.st-key-conversation summary, .st-key-conversation summary *,
.st-key-adjudicate_definitions summary, .st-key-adjudicate_definitions summary * {
  color: light-dark(#5C5850, #B9B6AD) !important; opacity: 1 !important;
}
.rhml-who {
  display: flex; flex-direction: column; line-height: 1.25; font-size: .95rem; min-width: 0;
}
.rhml-sign-out {
  font: inherit; font-size: .9rem; color: inherit; background: none; cursor: pointer;
  border: 1px solid currentColor; border-radius: 6px; padding: .1rem .55rem; opacity: .75;
}
.rhml-sign-out:hover, .rhml-sign-out:focus-visible { opacity: 1; }
[data-testid="stElementToolbar"]:focus-within { opacity: 1 !important; z-index: 9; }
[data-testid="stSidebarNavLink"]:focus-visible,
[data-testid="stBaseButton-elementToolbar"]:focus-visible,
[data-testid="stMain"]:focus-visible {
  outline: 2px solid light-dark(#17635A, #7CCBBB) !important; outline-offset: -2px;
}
[data-testid="stDialog"] div:has(> [data-testid="stErrorCodeBlock"]) > * { display: none; }
[data-testid="stDialog"] div:has(> [data-testid="stErrorCodeBlock"])::before {
  content: "The workplace does not answer: it was stopped, or the way to it is cut. What was "
    "saved is kept, and this page goes on by itself as soon as the workplace answers again.";
}
</style>
"""


def _show_view(view: str, place: Workplace, person: Person, project: Project | None) -> None:
    is_demo, step = can_tour(place, project), step_on(view)
    way_in = (
        f' · <a href="{START}" target="_self" style="color:inherit">Take the tour</a>'
        if is_demo and not step
        else ""
    )
    st.html(
        '<div role="note" style="font-size:.82rem;opacity:.75;margin:-.2rem 0 .1rem">'
        f"{escape(door_words(is_demo=is_demo))}{way_in}</div>"
    )
    if project is None:
        _show_no_project(place, person)
        return
    try:
        if is_demo and step:
            show_tour(place, person, project, step)
        import_module(f"app.views.{view}.page").render(place, person, project)
    except RhmlError as error:
        show_error(error)


def _show_no_project(place: Workplace, person: Person) -> None:
    if person.may(Role.SUPERVISOR):
        first_line("No project yet: give it a name and its labels, then import messages")
        show_new_project(place, person)
        return
    empty_state(
        "There is no project yet. A supervisor begins one; then it stands here.",
        key="no_project",
        icon="create_new_folder",
    )


def _page(
    view: str, place: Workplace, person: Person, project: Project | None
) -> Callable[[], None]:
    def show() -> None:
        _show_view(view, place, person, project)

    return show


def _pages(place: Workplace, person: Person, project: Project | None) -> dict[str, list[st.Page]]:
    pages = {
        section: [
            st.Page(
                _page(view, place, person, project),
                title=title,
                icon=f":material/{icon}:",
                url_path=view,
                default=view == "home",
            )
            for view, title, icon, role in entries
            if person.may(role)
        ]
        for section, entries in SECTIONS.items()
    }
    return {section: entries for section, entries in pages.items() if entries}


def _choose_project(projects: dict[str, Project]) -> Project | None:
    if not projects:
        return None
    wanted = filter_value(PROJECT) or st.session_state.get(PROJECT, "")
    chosen = wanted if wanted in projects else next(iter(projects))
    if len(projects) > 1:
        chosen = st.sidebar.selectbox(
            "Project",
            list(projects),
            index=list(projects).index(chosen),
            format_func=lambda project_id: one_line(projects[project_id].name),
            key=f"project_of_{chosen}",  # follows the address when it names another project
        )
    st.session_state[PROJECT] = chosen
    return projects[chosen]


def _show_person(person: Person) -> None:
    with st.sidebar:
        draw(
            person_mark(person, size=34),
            f'<span class="rhml-who">{text_span(person.name)}',
            f"{text_span(str(person.role), muted=True)}</span>",
            '<form method="post" action="/sign-out">'
            '<button class="rhml-sign-out">Sign out</button></form>',
        )


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="rhml", page_icon=_ICON, layout="wide")
    st.html(_STYLE)
    try:
        place = workplace()
        person = person_behind(st.context.cookies.get(COOKIE))
        if person is None:
            st.html('<p>Your session has ended. <a href="/sign-in" target="_self">Sign in</a></p>')
            return
        projects = {project.project_id: project for project in list_projects(place, person)}
        project = _choose_project(projects)
    except RhmlError as error:
        show_error(error)
        return
    st.logo(_LOGO, size="small")
    pages = _pages(place, person, project)
    shown = st.navigation(pages, expanded=True)
    # Not before: the browser would note the project under the page that it leaves, without that
    # page's filters, and the way back would lead there. A lone project needs no name.
    if project is not None and len(projects) > 1:
        set_filter(PROJECT, project.project_id)
    arrive(shown.url_path or "home")
    views = [entry[0] for entries in SECTIONS.values() for entry in entries if person.may(entry[3])]
    flat = [page for entries in pages.values() for page in entries]
    st.session_state[PAGES_KEY] = dict(zip(views, flat, strict=True))
    _show_person(person)
    shown.run()
    begin_warming_up()


if __name__ == "__main__":
    main()
