"""What the machine says for itself in a thread, as plain sentences and chips."""

from collections.abc import Mapping, Sequence

from app.components.counted import counted
from app.components.marks import label_chip, text_span
from app.components.meanings import PROBABILITY, SIMILARITY, WORD_EFFECT
from rhml_core.domain import Person
from rhml_core.safe_text import excerpt, one_line
from rhml_core.workflows.dialogue.evidence import JudgedNeighbour, Statement

_N_OTHERWISE, _N_ALIKE = 2, 1
_N_CHARACTERS = 110


def names_in_a_row(names: Sequence[str]) -> str:
    """
    Names as one speaks them.

    >>> names_in_a_row(["Ana", "Ben", "Zoe"]), names_in_a_row([])
    ('Ana, Ben and Zoe', '')
    """
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def machine_said_html(
    statement: Statement,
    people: Mapping[str, Person],
    colours: Mapping[str, str],
    *,
    answers: Sequence[tuple[str, str]] = (),
    before: tuple[str, str] = ("", ""),
) -> str:
    """
    The machine's statement as HTML, escaped: answer, words, what would change it, neighbours.

    Args:
        statement: what it said.
        people: by identifier, for who judged the neighbours.
        colours: of the labels.
        answers: names and labels of the experts whom it asks; empty where it was asked.
        before: who spoke before and the label given then, where the answer is another now.
    """
    if statement.missing:
        return _line(text_span(statement.missing))
    lines = [_line(*_answer(statement, colours, answers, before))]
    lines += [_line(*parts) for parts in _words(statement)]
    if statement.evidence_of:
        lines.append(_line(*_flip(statement, colours)))
        lines.append(_neighbours(statement, people, colours))
    else:
        lines.append(_line(text_span("It gives no reasons here; ask it for them.", muted=True)))
    if answers:
        lines.append(_line(text_span(_question(statement, answers))))
    return "".join(lines)


def _answer(
    statement: Statement,
    colours: Mapping[str, str],
    answers: Sequence[tuple[str, str]],
    before: tuple[str, str],
) -> list[str]:
    chip = label_chip(
        statement.label, colours, note=f"{statement.probability:.2f}", note_means=PROBABILITY
    )
    machine = statement.machine
    if statement.evidence_of not in ("", machine):
        machine = f"{machine}; reasons from the {statement.evidence_of}"
    parts = [text_span("sees"), chip, text_span(f"({machine})", muted=True)]
    said_by: dict[str, list[str]] = {}
    for name, label in answers:
        said_by.setdefault(label, []).append(name)
    for label, names in said_by.items():
        say = "says" if len(names) == 1 else "say"
        parts += [text_span(f"{names_in_a_row(names)} {say}"), label_chip(label, colours)]
    if before[1]:
        parts += [text_span(f"{before[0]} said", muted=True), label_chip(before[1], colours)]
    return parts


def _words(statement: Statement) -> list[list[str]]:
    """What speaks for the answer and what against it, each where there is something."""
    sides = (("for it", statement.speaks_for), ("against it", statement.speaks_against))
    return [
        [
            text_span(title, muted=True),
            text_span(
                ", ".join(f"\u201c{one_line(word)}\u201d {by:+.2f}" for word, by in words),
                means=WORD_EFFECT,
            ),
        ]
        for title, words in sides
        if words
    ]


def _flip(statement: Statement, colours: Mapping[str, str]) -> list[str]:
    if statement.flip is None:
        return [
            text_span("Leaving out its strongest words does not change its answer.", muted=True)
        ]
    words = names_in_a_row([f"\u201c{one_line(word)}\u201d" for word in statement.flip.words])
    return [
        text_span("would say"),
        label_chip(statement.flip.after, colours),
        text_span(f"without {words}"),
    ]


def _neighbours(
    statement: Statement, people: Mapping[str, Person], colours: Mapping[str, str]
) -> str:
    otherwise, alike = statement.otherwise[:_N_OTHERWISE], statement.alike[:_N_ALIKE]
    items = [
        *(_neighbour(one, "judged otherwise", people, colours) for one in otherwise),
        *(_neighbour(one, "judged as it says", people, colours) for one in alike),
    ]
    if not otherwise and not statement.n_hidden:
        items.insert(0, _line(text_span("No judged message nearby has another label.", muted=True)))
    if statement.n_hidden:
        more = counted(statement.n_hidden, "neighbour")
        told = f"{more} not shown: you have still to judge them."
        items.append(_line(text_span(told, muted=True)))
    title = text_span(f"Nearest judged messages: {len(otherwise)} otherwise, {len(alike)} alike")
    return (
        '<details style="margin:.1rem 0"><summary style="cursor:pointer;opacity:.85">'
        f"{title}</summary>{''.join(items)}</details>"
    )


def _neighbour(
    one: JudgedNeighbour, how: str, people: Mapping[str, Person], colours: Mapping[str, str]
) -> str:
    names = [
        f"{people[expert_id].name if expert_id in people else expert_id}: {label}"
        for expert_id, label in one.answers
    ]
    return _line(
        text_span(f"\u201c{excerpt(one.text, _N_CHARACTERS)}\u201d"),
        label_chip(one.label, colours),
        text_span(
            " \u00b7 ".join([how, f"similarity {one.similarity:.2f}", *names]),
            muted=True,
            means=SIMILARITY,
        ),
    )


def _question(statement: Statement, answers: Sequence[tuple[str, str]]) -> str:
    labels = names_in_a_row(list(dict.fromkeys(label for _, label in answers)))
    return (
        f"What speaks for {labels} that it does not see, or does {statement.label} fit better "
        "on a second look?"
    )


def _line(*parts: str) -> str:
    return (
        '<span style="display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem .45rem">'
        f"{''.join(parts)}</span>"
    )
