"""What do our words say? The team's terms by label, what they match, and their past."""

import streamlit as st

from app.components.address_choice import choose_part
from app.components.first_line import first_line
from app.views.lexicon.bar import show_bar
from app.views.lexicon.file import show_file
from app.views.lexicon.terms import show_terms
from app.views.lexicon.versions import show_versions
from app.views.lexicon.warnings import show_warnings
from app.views.lexicon.words import summary_note, summary_sentence
from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.lexicon.tree import lexicon_tree
from rhml_core.workflows.lexicon.warnings import list_warnings
from rhml_core.workflows.people import list_people
from rhml_core.workflows.workplace import Workplace


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    with st.spinner("Looking the terms up in all messages", show_time=True):
        tree = lexicon_tree(place, person, project.project_id)
        warnings = list_warnings(place, person, project.project_id)
    people = list_people(place)
    names = {one.person_id: one.name for one in people}
    first_line(summary_sentence(tree.lexicon), note=summary_note(tree.lexicon, names))
    mend = f"To mend ({len(warnings):,})" if warnings else "To mend"
    parts = {"terms": "Terms", "mend": mend, "versions": "Versions", "file": "File"}
    part = choose_part("part", parts, key="lexicon_part", title="Which part", default="terms")
    if part == "mend":
        show_warnings(warnings, tree)
    elif part == "versions":
        show_versions(place, person, project, names)
    elif part == "file":
        show_file(place, person, project, tree)
    else:
        if person.may(Role.EXPERT):
            show_bar(place, person, project, tree)
        show_terms(place, person, project, tree, people)
