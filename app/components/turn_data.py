"""What the browser is told of a turn: built from the turn's view alone, nothing else is known."""

import math
import re
from collections.abc import Sequence
from typing import Any

from app.components.marks import label_colours
from app.components.message_card import about_message
from app.components.safe_text import excerpt, hidden_name, one_line
from app.components.times import reader_date
from rhml_core.domain import (
    Codebook,
    DrawnBecause,
    Explanation,
    Judgement,
    Message,
    TurnState,
    WordInfluence,
)
from rhml_core.workflows.queue import QueueProgress
from rhml_core.workflows.turn_view import TurnView
from rhml_core.workflows.turns import Agreement

_WORD = re.compile(r"\w+(?:['\u2019\-]\w+)*")
_N_WORDS = 6
_N_LEVELS = 3
_NEIGHBOUR_CHARACTERS = 110
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


def strongest_words(words: Sequence[WordInfluence], *, signed: bool) -> list[dict[str, Any]]:
    """
    The words that moved the machine most, strongest first.

    Args:
        words: every word with its influence.
        signed: whether to tell which way a word pulled; not before the reveal.

    Returns:
        Dicts of `word`, `start`, `end`, `level` (1 to 3, by strength) and `side` (1 for,
        -1 against, 0 not told); empty where no word had any influence.
    """
    moved = sorted((w for w in words if w.influence), key=lambda w: -abs(w.influence))[:_N_WORDS]
    if not moved:
        return []
    top = abs(moved[0].influence)
    return [
        {
            "word": one_line(word.word),
            "start": word.span.start,
            "end": word.span.end,
            "level": math.ceil(_N_LEVELS * abs(word.influence) / top),
            "side": (1 if word.influence > 0 else -1) if signed else 0,
        }
        for word in moved
    ]


def _explanation_data(explanation: Explanation, *, is_revealed: bool) -> dict[str, Any]:
    return {
        "words": strongest_words(explanation.words, signed=is_revealed),
        "neighbours": [
            {
                "text": excerpt(one.text, _NEIGHBOUR_CHARACTERS),
                "label": one.label if is_revealed else "",
            }
            for one in explanation.neighbours
        ],
    }


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
        "codebook": codebook_data(codebook, changed_by),
        "progress": None if progress is None else progress_data(progress),
        "answers": answers,
        "problem": one_line(problem),
        "fault": is_fault,
        "notice": one_line(notice),
    }
