"""Terms that the lexicon does not have yet, and terms of it that seem to mislead."""

from typing import TypeVar

from app.components.address import filter_value, open_view
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.marks import NO_COLOUR, label_colours
from app.components.meanings import meaning_of
from app.components.page_turner import turn_page
from app.components.plain_lines import quiet_line
from app.components.term_table import table_data, term_table
from rhml_core.domain import Concept, Person, Project
from rhml_core.figures import Interval
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.insights.insights import InsightFigures
from rhml_core.workflows.insights.terms import (
    Doubt,
    DoubtfulTerm,
    doubtful_terms,
    new_terms,
)
from rhml_core.workflows.workplace import Workplace

Row = TypeVar("Row")

_ON_PAGE = 15
_CARD, _MESSAGES, _LEXICON = "card", "messages", "lexicon"
_NEW_HEADS = (
    ("term", "The term and its label's colour"),
    ("for", "The label that it is evidence for"),
    ("strength", meaning_of("Strength")),
    ("term F1", meaning_of("Term F1")),
    ("has the label", "Judged messages that contain it and have the label"),
    ("another", "Judged messages that contain it and have another label"),
    ("seen by", "The newest run that surfaced it"),
    ("journal", "Its card, where it is adopted or rejected"),
)
_DOUBT_HEADS = (
    ("term", "The term, and its label in the lexicon"),
    ("precision", "Share of the judged messages with it that have its label, 95 % interval"),
    ("by chance", "Share of all judged messages that have its label"),
    ("term F1", meaning_of("Term F1")),
    (
        "machine differs",
        (
            "Share of its judged messages that the machine, which had not learnt from them, "
            "labels otherwise"
        ),
    ),
    ("why", "What speaks against it, with its whole 95 % interval"),
    ("change", "Its place in the lexicon"),
)
_DOUBT_WORDS = {
    Doubt.BELOW_CHANCE: "below chance",
    Doubt.MOSTLY_OTHERS: "mostly others",
    Doubt.MACHINE_DIFFERS: "machine differs",
}


def show_new(place: Workplace, person: Person, project: Project) -> None:
    """Draw what the machine surfaced and the lexicon does not have; a choice opens its card."""
    found = new_terms(place, person, project.project_id)
    if not found:
        empty_state(
            "The machine has surfaced no term that the lexicon lacks and nobody has decided on. "
            "Each training run looks for new ones.",
            action="Go to training",
            view="training",
            key="no_new_terms",
            icon="lightbulb",
        )
        return
    shown = _page_of(found)
    colours = label_colours(get_codebook(place, project.project_id))
    chosen = term_table(
        table_data(
            _NEW_HEADS,
            [
                (one.concept_id, one.terms[0], colours.get(one.label, NO_COLOUR), _new_cells(one))
                for one in shown
            ],
            title="Terms that the lexicon does not have, strongest first",
        ),
        key=f"new_terms_{project.project_id}",
    )
    _turn_page(len(found))
    quiet_line(
        f"{counted(len(found), 'term')} that runs surfaced from judged messages, none of them held "
        "out, and that the lexicon does not have; strongest first. A card shows its messages, and "
        "there it is adopted into the lexicon or rejected."
    )
    if chosen is not None:
        open_view("journal", concept=chosen[0])


def show_doubtful(
    place: Workplace, person: Person, project: Project, figures: InsightFigures
) -> None:
    """Draw the lexicon's terms that seem to mislead; a choice leads to messages or lexicon."""
    found = doubtful_terms(place, person, project.project_id, figures)
    if not found.terms:
        empty_state(
            f"None of our {counted(found.n_terms, 'term')} surely misleads on the "
            f"{counted(found.n_judged, 'judged message')} that you may know. More judged messages "
            "make this surer.",
            key="no_doubtful_terms",
            icon="check",
        )
        return
    colours = label_colours(get_codebook(place, project.project_id))
    shown = _page_of(found.terms)
    chosen = term_table(
        table_data(
            _DOUBT_HEADS,
            [
                (
                    one.term.term_id,
                    f"{one.term.expression} \N{RIGHTWARDS ARROW} {one.term.label}",
                    colours.get(one.term.label, NO_COLOUR),
                    _doubt_cells(one),
                )
                for one in shown
            ],
            title="Terms of the lexicon to look at again",
        ),
        key=f"doubtful_terms_{project.project_id}",
    )
    _turn_page(len(found.terms))
    silent = " The machine has no say here." if found.without_machine else ""
    quiet_line(
        f"{len(found.terms):,} of {counted(found.n_terms, 'term')}, by "
        f"{counted(found.n_judged, 'judged message')} that you may know, none of them held out."
        f"{silent} A term is listed only where the whole 95 % interval is against it: precision "
        "below chance or at most 0.5, or the machine says another label on more than half of its "
        "messages. A low term F1 alone does not count: a rare term that is right has one too."
    )
    if chosen is not None:
        term = next(one.term for one in shown if one.term.term_id == chosen[0])
        if chosen[1] == _LEXICON:
            open_view("lexicon", term=term.term_id)
        open_view("reflection", part="messages", label=term.label, term=term.expression)


def _new_cells(one: Concept) -> list[tuple[str, str, str]]:
    return [
        (one.label, "", ""),
        (f"{one.strength:+.2f}", "", ""),
        (str(one.term_f1), "", ""),
        (f"{one.n_for:,}", "Read them on its card", _CARD),
        (f"{one.n_against:,}", "Read them on its card", _CARD),
        (f"run {one.run_number}", "", ""),
        ("open card", "Its messages; adopt or reject it", _CARD),
    ]


def _doubt_cells(one: DoubtfulTerm) -> list[tuple[str, str, str]]:
    machine = one.machine_share
    mostly = f"It mostly says {one.machine_label}" if one.machine_label else ""
    return [
        (str(one.precision), "Read the judged messages that contain it", _MESSAGES),
        (f"{one.usual_share:.2f}", "", ""),
        (_short(one.f1), "", ""),
        (
            _short(machine) if machine else "\N{EN DASH}",
            mostly if machine else "The machine says nothing of its messages",
            "",
        ),
        (_why(one), mostly, ""),
        ("in lexicon", "Change, move or remove it", _LEXICON),
    ]


def _why(one: DoubtfulTerm) -> str:
    """The reasons in few words; what is below chance need not also be called mostly others."""
    told = [
        doubt
        for doubt in one.doubts
        if doubt is not Doubt.MOSTLY_OTHERS or Doubt.BELOW_CHANCE not in one.doubts
    ]
    words = [_DOUBT_WORDS[doubt] for doubt in told]
    if Doubt.MACHINE_DIFFERS in told and one.machine_label:
        words[-1] = f"machine: {one.machine_label}"
    return ", ".join(words)


def _short(figure: Interval) -> str:
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _page() -> int:
    wanted = filter_value("page")
    return max(int(wanted), 1) if wanted.isdecimal() else 1


def _page_of(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    first = (min(_page(), -(-len(rows) // _ON_PAGE)) - 1) * _ON_PAGE
    return rows[first : first + _ON_PAGE]


def _turn_page(n: int) -> None:
    n_pages = -(-n // _ON_PAGE)
    turn_page(n_pages, min(_page(), n_pages), key="insights_page")
