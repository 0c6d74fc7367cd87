"""What the browser is told of a turn: built from the turn's view alone, nothing else is known."""

import math
import re
from collections.abc import Sequence
from typing import Any

from app.components.marks import initials, label_colours, person_tone
from app.components.message_card import about_message
from app.components.parted import Parted, parted_data
from app.components.times import reader_date
from rhml_core.domain import Codebook, ConceptStatus, DrawnBecause, Judgement, Message, TurnState
from rhml_core.evidence import Explanation, Faithfulness, Neighbour, WordInfluence
from rhml_core.safe_text import excerpt, hidden_name, one_line
from rhml_core.workflows.turn.queue import QueueProgress
from rhml_core.workflows.turn.turns import Agreement
from rhml_core.workflows.turn.view import TurnView

_WORD = re.compile(r"\w+(?:['\u2019\-]\w+)*")
_N_LEVELS = 3
_NEIGHBOUR_CHARACTERS = 110
_TERM_CHARACTERS = 40
_CONCEPT_STATES = {
    ConceptStatus.ADOPTED: "adopted",
    ConceptStatus.NEW: "new",
    ConceptStatus.REJECTED: "rejected",
}
_DIGITS = "123456789"
_BECAUSE = {
    DrawnBecause.OVERLAP: "drawn because a colleague judges it too",
    DrawnBecause.COVERAGE: "drawn because it stands for many that nobody has judged",
    DrawnBecause.UNCERTAIN: "drawn because its like is hard to tell",
    DrawnBecause.CONTESTED: "drawn because experts differ on its like",
    DrawnBecause.CONFLICT: "drawn because people and machine differ on its like",
    DrawnBecause.RARE: "drawn in search of labels with few examples",
    DrawnBecause.RANDOM: "drawn at random",
    DrawnBecause.HOLDOUT: "drawn at random, to measure",
    DrawnBecause.REOPENED: "asked again because the codebook changed",
}


def text_tokens(text: str) -> list[list[Any]]:
    """
    The text cut into words, gaps and hidden characters, none left out.

    Returns:
        `[shown, start, end, kind]` in order; `start` and `end` count Unicode code points, as
        Python does; kind is `w` (a word), `g` (what stands between words) or `h` (a character
        that cannot be seen; `shown` is its name).

    >>> text_tokens("hi, you")
    [['hi', 0, 2, 'w'], [', ', 2, 4, 'g'], ['you', 4, 7, 'w']]
    """
    tokens: list[list[Any]] = []
    place = 0
    for word in _WORD.finditer(text):
        tokens.extend(_gap_tokens(text, place, word.start()))
        tokens.append([word.group(), word.start(), word.end(), "w"])
        place = word.end()
    tokens.extend(_gap_tokens(text, place, len(text)))
    return tokens


def _gap_tokens(text: str, start: int, end: int) -> list[list[Any]]:
    tokens: list[list[Any]] = []
    for place in range(start, end):
        name = hidden_name(text[place])
        if name:
            tokens.append([name, place, place + 1, "h"])
        elif tokens and tokens[-1][3] == "g":
            tokens[-1][0] += text[place]
            tokens[-1][2] = place + 1
        else:
            tokens.append([text[place], place, place + 1, "g"])
    return tokens


def marked_words(shown: Sequence[WordInfluence], *, signed: bool) -> list[dict[str, Any]]:
    """
    The words and phrases that moved the machine, as marks in the text and as chips.

    Args:
        shown: strongest first.
        signed: whether to tell which way they pulled; not before the reveal.

    Returns:
        Dicts of `word`, `start`, `end`, `level` (1 to 3, by strength) and `side` (1 for,
        -1 against, 0 not told), in the same order.
    """
    top = max((abs(one.influence) for one in shown), default=0.0)
    return [
        {
            "word": one_line(one.word),
            "start": one.span.start,
            "end": one.span.end,
            "level": math.ceil(_N_LEVELS * abs(one.influence) / top),
            "side": (1 if one.influence > 0 else -1) if signed else 0,
        }
        for one in shown
        if one.influence
    ]


def faithfulness_line(tested: Faithfulness | None, *, is_revealed: bool) -> str:
    """
    What the machine loses without the words shown, for people.

    Before the reveal it tells neither which of the words speak for the answer nor which way.

    >>> faithfulness_line(Faithfulness(3, 0.41, 0.05, 10, True), is_revealed=True)
    'Without the 3 words for it, 41 points less sure; without 3 others, 5 points less.'
    >>> faithfulness_line(Faithfulness(3, 0.41, 0.05, 10, True), is_revealed=False)
    'Without words marked here its answer moves by 41 points; without as many others, by 5.'
    """
    if tested is None:
        return "These words could not be tested against others."
    if not is_revealed:
        fall, others = abs(_points(tested.fall)), abs(_points(tested.random_fall))
        line = (
            f"Without words marked here its answer moves by {_number(fall)}; without as many "
            f"others, by {others}."
        )
    else:
        words = "the word" if tested.n_words == 1 else f"the {tested.n_words} words"
        others_named = "1 other" if tested.n_words == 1 else f"{tested.n_words} others"
        line = (
            f"Without {words} for it, {_less_sure(tested.fall, 'less sure', 'surer')}; "
            f"without {others_named}, {_less_sure(tested.random_fall, 'less', 'more')}."
        )
    return line if tested.is_convincing else f"These words do not explain its answer well. {line}"


def _points(share: float) -> int:
    return round(100 * share)


def _number(points: int) -> str:
    return f"{points} point" if points == 1 else f"{points} points"


def _less_sure(fall: float, less: str, more: str) -> str:
    points = _points(fall)
    return f"{_number(abs(points))} {less if points >= 0 else more}"


def _explanation_data(explanation: Explanation, *, is_revealed: bool) -> dict[str, Any]:
    words = marked_words(explanation.shown, signed=is_revealed)
    tested = explanation.faithfulness
    return {
        "words": words,
        "concepts": [
            {
                "term": excerpt(one.term, _TERM_CHARACTERS),
                "label": one.label if is_revealed else "",
                "state": _CONCEPT_STATES[one.status],
            }
            for one in explanation.concepts
        ],
        "neighbours": [
            {
                "text": excerpt(one.text, _NEIGHBOUR_CHARACTERS),
                "label": one.label if is_revealed else "",
                "who": _who_said(one) if is_revealed else [],
            }
            for one in explanation.neighbours
        ],
        "tested": faithfulness_line(tested, is_revealed=is_revealed) if words else "",
        "weak": bool(words) and tested is not None and not tested.is_convincing,
    }


def _who_said(neighbour: Neighbour) -> list[dict[str, str]]:
    """Each person who judged a message, with a label where it is not the message's own."""
    return [
        {
            "name": one_line(one.name),
            "initials": initials(one.name),
            "tone": person_tone(one.person_id),
            "label": "" if one.label == neighbour.label else one.label,
        }
        for one in neighbour.said
    ]


def _message_data(message: Message) -> dict[str, Any]:
    return {"about": about_message(message), "tokens": text_tokens(message.text)}


def _judgement_data(judgement: Judgement) -> dict[str, Any]:
    return {
        "label": judgement.label,
        "confidence": judgement.confidence or "",
        "rationale": [[span.start, span.end] for span in judgement.rationale],
    }


def codebook_data(codebook: Codebook, changed_by: str = "") -> dict[str, Any]:
    """The labels as the page shows them, each with a key where one is free; who changed them."""
    colours = label_colours(codebook)
    taken = {label.key for label in codebook.labels if label.key}
    free = iter([digit for digit in _DIGITS if digit not in taken])
    changed = " ".join(
        part
        for part in (
            f"by {one_line(changed_by)}" if changed_by else "",
            reader_date(codebook.changed_at),
        )
        if part
    )
    return {
        "version": codebook.version,
        "changed": f"last changed {changed}" if changed else "",
        "labels": [
            {
                "name": label.name,
                "key": label.key or next(free, ""),
                "colour": colours[label.name],
                "definition": one_line(label.definition),
                "examples": [excerpt(example, 90) for example in label.examples],
            }
            for label in codebook.labels
        ],
    }


def _agreement_data(agreement: Agreement | None) -> dict[str, Any] | None:
    if agreement is None:
        return None
    return {
        "label": agreement.label,
        "probability": f"{agreement.probability:.2f}",
        "words": [one_line(word) for word in agreement.words],
        "drawn": _BECAUSE[agreement.because] if agreement.because else "",
    }


def progress_data(progress: QueueProgress) -> dict[str, int]:
    """How far the queue is, as the page shows it."""
    return {"today": progress.n_done_today, "open": progress.n_open}


def turn_data(
    turn: TurnView,
    codebook: Codebook,
    *,
    progress: QueueProgress | None = None,
    changed_by: str = "",
    agreement: Agreement | None = None,
    parted: Parted | None = None,
    answers: str = "",
    problem: str = "",
    is_fault: bool = False,
    notice: str = "",
) -> dict[str, Any]:
    """
    Everything that the turn card draws, as JSON-able values.

    Args:
        turn: what may be seen of the turn in its state.
        codebook: the labels to choose from.
        progress: how far the queue is; None where the card is told later.
        changed_by: name of who changed the codebook last.
        agreement: the machine's agreement on the message before, if it agreed.
        parted: how the message before ended, if they differed on it.
        answers: idempotency key of the act that this answers.
        problem: why that act failed, for people.
        is_fault: whether nothing but a reload helps.
        notice: what else to say about the act before, for people.
    """
    is_revealed = turn.state in (TurnState.REVEALED, TurnState.DONE)
    opinion = turn.opinion
    newest = turn.current or turn.committed
    return {
        "turn": turn.turn_id,
        "state": str(turn.state),
        "message": _message_data(turn.message),
        "earlier": None if turn.earlier is None else _message_data(turn.earlier),
        "because": _BECAUSE[turn.because] if turn.because else "",
        "unaided": turn.is_unaided,
        "committed": None if turn.committed is None else _judgement_data(turn.committed),
        "chosen": newest.label if newest else "",
        "explanation": None
        if turn.explanation is None
        else _explanation_data(turn.explanation, is_revealed=is_revealed or opinion is not None),
        "opinion": None
        if opinion is None
        else {
            "label": opinion.label,
            "bars": [
                {"label": name, "probability": round(p, 4)}
                for name, p in opinion.probabilities.items()
            ],
        },
        "contrast": one_line(turn.contrast),
        "agreement": _agreement_data(agreement),
        "parted": parted_data(parted),
        "first": progress is not None and progress.n_done == 0,
        "codebook": codebook_data(codebook, changed_by),
        "progress": None if progress is None else progress_data(progress),
        "answers": answers,
        "problem": one_line(problem),
        "fault": is_fault,
        "notice": one_line(notice),
    }
