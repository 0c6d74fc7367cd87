"""The tree of terms with their messages, and what each term is worth."""

import streamlit as st

from app.components.address import filter_value, set_filter
from app.components.address_choice import choose_in_list, choose_part
from app.components.counted import counted
from app.components.facts import part_title
from app.components.marks import NO_COLOUR, label_colours
from app.components.meanings import meaning_of
from app.components.page_turner import turn_page
from app.components.plain_lines import quiet_line
from app.components.term_table import table_data, term_table
from app.components.term_tree import term_tree, tree_data
from app.components.two_sides import two_sides
from app.views.reflection.words import share_words
from rhml_core.domain import Person, Project
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.lexicon.tree import LexiconTree, lexicon_tree
from rhml_core.workflows.people import list_people
from rhml_core.workflows.reflection.reflection import ReflectionFigures
from rhml_core.workflows.reflection.terms import (
    TermOrder,
    TermWorth,
    reflection_terms,
)
from rhml_core.workflows.workplace import Workplace

_ORDERS = {
    TermOrder.MESSAGES: "most messages first",
    TermOrder.AGAINST: "most against first",
    TermOrder.F1: "best term F1 first",
    TermOrder.WEIGHT: "heaviest first",
}
_HEADS = (
    ("term", "The term and its label's colour"),
    ("in messages", "Messages to learn from that contain it, judged or not"),
    ("for", "Judged messages with it that have its label"),
    ("against", "Judged messages with it that have another label"),
    ("precision", "Share of the judged messages with it that have its label, 95 % interval"),
    ("recall", "Share of its label's judged messages that contain it, 95 % interval"),
    ("term F1", meaning_of("Term F1")),
    ("weight", meaning_of("Weight")),
)


def show_terms(
    place: Workplace, person: Person, project: Project, figures: ReflectionFigures
) -> None:
    """Draw the tree, and beside it the terms of a label with their figures."""
    tree = lexicon_tree(place, person, project.project_id)
    left, right = two_sides((5, 11), (15, 32), gap="medium", key="reflection_terms_sides")
    with left:
        _show_tree(place, project, tree)
    with right, st.container(gap="small", key="reflection_worth"):
        _show_worth(place, person, project, figures, tree)


def _show_tree(place: Workplace, project: Project, tree: LexiconTree) -> None:
    part_title("What we look for", note=f"messages, of {tree.n_pool:,} to learn from")
    colours = label_colours(get_codebook(place, project.project_id))
    act = term_tree(
        tree_data(tree, list_people(place), colours, opened=[filter_value("label")]),
        key=f"reflection_tree_{project.project_id}",
    )
    chosen = next((term for term in tree.lexicon.terms if term.term_id == act.chosen), None)
    if chosen is not None and chosen.label:
        open_messages(chosen.label, chosen.expression, "")


def _show_worth(
    place: Workplace,
    person: Person,
    project: Project,
    figures: ReflectionFigures,
    tree: LexiconTree,
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="worth_bar"):
        labels = {one.label: one.label for one in tree.labels if one.label and one.n_terms}
        label = choose_part(
            "label",
            {"": "All", **labels},
            key="worth_label",
            title="Label",
            default="",
            resets=("page",),
        )
        order = choose_in_list(
            "by",
            {one.value: words for one, words in _ORDERS.items()},
            key="worth_order",
            title="Order",
            default=TermOrder.MESSAGES.value,
            resets=("page",),
            width=210,
        )
    wanted = filter_value("page")
    page = reflection_terms(
        place,
        person,
        project.project_id,
        figures,
        label=label,
        order=TermOrder(order),
        page=int(wanted) if wanted.isdecimal() else 1,
    )
    colours = label_colours(get_codebook(place, project.project_id))
    chosen = term_table(
        table_data(
            _HEADS,
            [
                (
                    one.term.term_id,
                    one.term.expression,
                    colours.get(one.term.label, NO_COLOUR),
                    _cells(one),
                )
                for one in page.terms
            ],
            title="What each term is worth",
        ),
        key=f"worth_table_{project.project_id}",
    )
    turn_page(page.n_pages, page.page, key="worth_page")
    quiet_line(
        f"Figures are of {counted(page.n_judged, 'judged message')} that you may know, none of "
        "them held out. A dash: no such message. Choose a count to read its messages."
    )
    if chosen is not None:
        term = next(one.term for one in page.terms if one.term.term_id == chosen[0])
        open_messages(term.label, term.expression, chosen[1])


def open_messages(label: str, expression: str, side: str) -> None:
    """Show the judged messages that contain a term."""
    set_filter("part", "messages")
    set_filter("label", label)
    set_filter("term", expression)
    set_filter("side", side)
    for name in ("page", "outcome", "by"):
        set_filter(name, None)
    st.rerun()


def _cells(one: TermWorth) -> list[tuple[str, str, str]]:
    n = one.n_for + one.n_against
    why = one.missing or "No judged message that you may know contains it."
    weight = "\N{EN DASH}" if one.weight is None else f"{one.weight:+.2f}"
    return [
        (f"{one.n_messages:,}", f"{n:,} of them judged, as far as you may know", ""),
        (f"{one.n_for:,}", "Read them", "for" if one.n_for else ""),
        (f"{one.n_against:,}", "Read them", "against" if one.n_against else ""),
        (share_words(one.precision), f"n = {n:,}" if n else why, ""),
        (share_words(one.recall), f"n = {one.recall.n:,}" if one.recall else why, ""),
        (share_words(one.f1), f"n = {one.f1.n:,}" if one.f1 else why, ""),
        (weight, "", ""),
    ]
