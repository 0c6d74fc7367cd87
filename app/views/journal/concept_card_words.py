"""What a card of the journal says, as HTML: the concept, its evidence, its effect, who used it."""

from collections.abc import Mapping
from html import escape

from app.components.counted import counted
from app.components.interval import in_words
from app.components.marks import (
    label_chip,
    label_colours,
    machine_mark,
    person_mark,
    text_span,
)
from app.components.meanings import meaning_of
from app.components.strength_mark import strength_mark
from rhml_core.domain import Codebook, Concept, ConceptKind
from rhml_core.figures import percent
from rhml_core.safe_text import one_line
from rhml_core.workflows.concepts.evidence import NOT_OPEN
from rhml_core.workflows.journal.cards import JournalCard

KIND_WORDS: Mapping[str, str] = {
    ConceptKind.TERM: "word",
    ConceptKind.PHRASE: "phrase",
    ConceptKind.PATTERN: "pattern",
    ConceptKind.CLUSTER: "group of messages",
}
_MOST_TERMS = 6
_TIMES = "\u00d7"
_QUIET = "font-size:.92rem;line-height:1.45;font-variant-numeric:tabular-nums"


def concept_heading(card: JournalCard, codebook: Codebook) -> str:
    """Diamond, terms, label, kind and strength over the runs, as HTML, escaped."""
    concept = card.concept
    kind = KIND_WORDS.get(concept.kind, concept.kind)
    if concept.kind is ConceptKind.CLUSTER:
        note, aim = f"{kind}; maybe a label is missing", ""
    else:
        note = f"{kind}, {'new to us' if concept.is_new else 'known to us'}"
        if concept.is_label_gone:
            note += "; the codebook has this label no more"
        aim = (
            '<span aria-hidden="true" style="opacity:.6">\u2192</span>'
            f"{label_chip(concept.label, label_colours(codebook))}"
        )
    return (
        '<span style="display:flex;flex-wrap:wrap;align-items:center;gap:.2rem .7rem;flex:1">'
        f"{machine_mark(size=20)}"
        '<span style="font-size:1.1rem;font-weight:600;overflow-wrap:anywhere;'
        f'unicode-bidi:isolate">{escape(_terms(concept))}</span>{aim}'
        f"{text_span(note, muted=True)}</span>"
        f"{strength_mark(card.strengths)}"
    )


def pattern_words(expression: str) -> str:
    """
    What a pattern looks for, in words.

    >>> pattern_words("sell; (zero day | exploit) AND price")
    'sell, then within five words one of (zero day, exploit); and anywhere price'
    """
    words = expression.replace("(", "one of (").replace(" | ", ", ")
    return words.replace("; ", ", then within five words ").replace(" AND ", "; and anywhere ")


def concept_evidence(card: JournalCard) -> str:
    """How well the concept alone finds its label, and how many messages are on each side; HTML."""
    concept, known = card.concept, card.evidence
    n = known.n_for + known.n_against
    if concept.kind is ConceptKind.CLUSTER:
        words = (
            f"{counted(n, 'message')}, {known.n_against:,} of them judged; no label of ours "
            "covers them well."
        )
        return f'<span style="{_QUIET}">{text_span(words)}</span>'
    label = one_line(concept.label)
    judged = "judged messages open to you" if known.is_partial else "judged messages"
    if known.term_f1:
        f1 = f"Term F1 {in_words(known.term_f1)} {judged}"
        parts = [
            text_span(f1, means=meaning_of("Term F1")),
            text_span(f"of {n:,} with it: {known.n_for:,} {label}, {known.n_against:,} not"),
        ]
    else:
        parts = [text_span(NOT_OPEN)]
    if concept.stability is not None:
        often = f"found again in {percent(concept.stability)} of random draws"
        parts.append(text_span(often, muted=True, means=meaning_of("Stability")))
    if concept.kind is ConceptKind.PATTERN:
        parts.insert(0, text_span(pattern_words(concept.terms[0]), muted=True))
    dot = " <span aria-hidden='true'>·</span> "
    return f'<span style="{_QUIET}">{dot.join(parts)}</span>'


def machine_line(card: JournalCard) -> str:
    """What the machine says of it, and what its decision brought or would bring; HTML, escaped."""
    lines = [card.machine_says, *(card.effect.lines if card.effect else ())]
    drawn = "".join(
        f'<p style="margin:.1rem 0 0;font-size:inherit">{escape(one_line(line))}</p>'
        for line in lines
        if line
    )
    return f'<div style="{_QUIET};opacity:.85">{drawn}</div>'


def why_line(card: JournalCard) -> str:
    """Why the card needs attention, with a line at its side; "" where that goes without saying."""
    if not card.why:
        return ""
    return (
        '<div style="border-left:3px solid #B5473C;padding:.05rem 0 .05rem .7rem;'
        f'{_QUIET}">{escape(one_line(card.why))}</div>'
    )


def used_line(card: JournalCard) -> str:
    """Who gave it as a reason and how often, as HTML; "" where nobody did."""
    if not card.used_by:
        return ""
    named = "".join(
        '<span style="display:inline-flex;align-items:center;gap:.35em">'
        f"{person_mark(use.person, size=20)}"
        f"{text_span(f'{use.person.name} {use.n:,}' + _TIMES)}</span>"
        for use in card.used_by
    )
    return (
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.2rem .8rem;{_QUIET}">'
        f"{text_span('Used as a reason by', muted=True)}{named}</div>"
    )


def _terms(concept: Concept) -> str:
    shown = ", ".join(f"\u201c{one_line(term)}\u201d" for term in concept.terms[:_MOST_TERMS])
    return f"{shown} \u2026" if len(concept.terms) > _MOST_TERMS else shown
