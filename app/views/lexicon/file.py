"""Many terms from a file, after a check of every row; and the lexicon as a file."""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import set_filter
from app.components.counted import counted
from app.components.empty import show_error
from app.components.facts import part_title
from app.components.plain_lines import quiet_line
from app.components.problem_table import problem_table
from app.components.two_sides import two_sides
from rhml_core.domain import Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.workflows.lexicon.lexicon_import import (
    CheckedLexicon,
    check_lexicon,
    export_lexicon,
    import_lexicon,
)
from rhml_core.workflows.lexicon.tree import LexiconTree
from rhml_core.workflows.workplace import Workplace

_KINDS = (
    (".xlsx", "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (".csv", "CSV", "text/csv"),
)


def show_file(place: Workplace, person: Person, project: Project, tree: LexiconTree) -> None:
    """Draw the import, for those who may edit, and the export."""
    left, right = two_sides((13, 7), (28, 17), key="lexicon_file_sides")
    with right, st.container(gap="small", key="lexicon_export"):
        part_title("Take it along")
        _show_export(place, person, project, tree)
    with left, st.container(gap="small", key="lexicon_import"):
        part_title("Import terms from a file")
        if person.may(Role.EXPERT):
            _show_import(place, person, project)
        else:
            quiet_line("Experts import terms; viewers read.")


def _show_export(place: Workplace, person: Person, project: Project, tree: LexiconTree) -> None:
    if not tree.lexicon.terms:
        quiet_line("There is no term yet. Add one under Terms, or import a file of terms.")
        return
    quiet_line(
        f"Version {tree.lexicon.version} with all its columns; what was imported comes out as it "
        "came in."
    )
    with st.container(horizontal=True):
        for ending, name, mime in _KINDS:

            def made(ending: str = ending) -> bytes:
                return export_lexicon(place, person, project.project_id, ending=ending)

            st.download_button(
                name,
                data=made,
                file_name=f"lexicon{ending}",
                mime=mime,
                key=f"lexicon_file{ending}",
                on_click="ignore",
            )


def _show_import(place: Workplace, person: Person, project: Project) -> None:
    # A new file chooser after each import: the old one would still hold the file.
    round_key = f"lexicon_import_{project.project_id}"
    done = st.session_state.setdefault(round_key, 0)
    notice = st.session_state.pop(f"{round_key}_notice", "")
    if notice:
        st.success(notice, icon=":material/check_circle:")
    file = st.file_uploader(
        "Excel or CSV with the columns Labeling, Category, Sub-Category, Words, Phrases, Patterns, "
        "Website.links; further columns are kept",
        type=["xlsx", "csv"],
        key=f"lexicon_upload_{done}",
    )
    if file is None:
        quiet_line("Every row is checked first; nothing is taken in before you have seen that.")
        return
    try:
        with st.spinner("Checking every row", show_time=True):
            checked = check_lexicon(place, person, project.project_id, file.getvalue(), file.name)
    except RhmlError as error:
        show_error(error)
        return
    chosen = _show_check(checked)
    if st.button(
        f"Import {counted(chosen.n_new, 'term')}",
        key="lexicon_import_now",
        type="primary",
        disabled=bool(chosen.n_faulty) or not chosen.n_new,
    ):
        _import(place, person, project, chosen, round_key)


def _show_check(checked: CheckedLexicon) -> CheckedLexicon:
    """Draw what the file would do; what would be imported."""
    told = [
        f"{counted(checked.n_new, 'term')} new",
        f"{checked.n_there:,} there already" if checked.n_there else "",
        f"{checked.n_other_label:,} under another label too" if checked.n_other_label else "",
        f"{checked.n_faulty:,} cannot be used" if checked.n_faulty else "",
    ]
    quiet_line("; ".join(part for part in told if part) + ".")
    if checked.problems.height:
        problem_table(checked.problems, key="lexicon_problems", height=220)
    if checked.n_faulty and st.checkbox(
        f"Leave {counted(checked.n_faulty, 'faulty term')} out and take in the others",
        key="lexicon_leave_out",
    ):
        return checked.without_faulty_rows()
    return checked


def _import(
    place: Workplace, person: Person, project: Project, checked: CheckedLexicon, round_key: str
) -> None:
    try:
        saved = import_lexicon(
            place, person, project.project_id, checked, key=act_key("lexicon_import")
        )
    except RhmlError as error:
        show_error(error)
        return
    close_act("lexicon_import")
    st.session_state[round_key] += 1
    st.session_state[f"{round_key}_notice"] = (
        f"{counted(len(saved.terms), 'term')} added: version {saved.version}."
    )
    set_filter("term", None)
    st.rerun()
