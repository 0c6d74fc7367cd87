"""Who said what of a message, under the labels' names of today."""

from collections.abc import Mapping, Sequence

from app.components.answer_table import Answer
from app.views.thread.machine import names_in_a_row
from rhml_core.domain import Judgement, Person, Phase


def answers_of(
    judgements: Sequence[Judgement], people: Mapping[str, Person], labels_now: Mapping[str, str]
) -> list[Answer]:
    """
    Each person's first and present label, by who answered first; adjudications are no answer.

    Of someone whose answer stands, what the codebook asked about again, and labels that are none
    any more, are left out; of others it is told as it was given.

    Args:
        judgements: of one message, oldest first.
        people: by identifier.
        labels_now: what each judgement that stands says under today's names.
    """
    by_person: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        if judgement.phase is not Phase.ADJUDICATED:
            by_person.setdefault(judgement.expert_id, []).append(judgement)
    return [_answer(people[who], made, labels_now) for who, made in by_person.items()]


def _answer(person: Person, made: Sequence[Judgement], labels_now: Mapping[str, str]) -> Answer:
    if made[-1].judgement_id not in labels_now:
        return Answer(person, made[0].label, made[-1].label, stands=False)
    standing = [one for one in made if one.judgement_id in labels_now]
    first, newest = standing[0], standing[-1]
    now_and_then = [(labels_now[one.judgement_id], one.label) for one in (first, newest)]
    return Answer(
        person,
        now_and_then[0][0],
        now_and_then[-1][0],
        called_then=tuple(dict.fromkeys(pair for pair in now_and_then if pair[0] != pair[1])),
    )


def notes_on_answers(answers: Sequence[Answer]) -> list[str]:
    """
    What the names of today do not tell of answers, one sentence each; empty where they tell all.

    >>> from rhml_core.domain import Person, Role
    >>> ana = Person("ana", "Ana", Role.EXPERT)
    >>> notes_on_answers([Answer(ana, "spam", "spam", called_then=(("spam", "scam"),))])
    ['spam was called scam when Ana answered.']
    """
    renamed: dict[tuple[str, str], list[str]] = {}
    for answer in answers:
        for pair in answer.called_then:
            renamed.setdefault(pair, []).append(answer.person.name)
    notes = [
        f"{now} was called {then} when {names_in_a_row(names)} answered."
        for (now, then), names in renamed.items()
    ]
    before = [answer.person.name for answer in answers if not answer.stands]
    if before:
        notes.append(f"{names_in_a_row(before)} answered before the codebook changed.")
    return notes
