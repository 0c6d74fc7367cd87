from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.components import times
from app.components.marks import (
    PERSON_TONES,
    initials,
    label_chip,
    label_colours,
    person_mark,
    person_name,
    text_span,
)
from rhml_core.domain import LABEL_COLOURS, Codebook, Label, Person, Role

HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.mark.parametrize(
    "html",
    [
        text_span(HOSTILE),
        label_chip(HOSTILE, {HOSTILE: '"><script>'}, note=HOSTILE),
        person_name(Person("p", HOSTILE, Role.EXPERT)),
        person_mark(Person("p", HOSTILE, Role.EXPERT)),
    ],
)
def test_marks_hold_no_markup_of_others(html):
    assert "<img" not in html
    assert "<script" not in html


def test_simulated_expert_is_said_to_be_simulated():
    person = Person("s", "Expert A", Role.EXPERT, is_simulated=True)

    assert "Expert A (simulated)" in person_mark(person)
    assert "simulated" in person_name(person)


@pytest.mark.parametrize("tone", PERSON_TONES)
def test_initials_can_be_read_on_every_tone(tone):
    """White on the tone reaches the contrast of WCAG AA for small text."""
    channels = [int(tone[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    assert 1.05 / (luminance + 0.05) >= 4.5


@pytest.mark.parametrize(("name", "letters"), [("Ana Ruiz", "AR"), ("bo", "B"), ("", "?")])
def test_initials_are_first_and_last(name, letters):
    assert initials(name) == letters


def test_label_without_a_colour_takes_its_places_colour():
    codebook = Codebook(1, (Label("a", colour="#123456"), Label("b")))

    assert label_colours(codebook) == {"a": "#123456", "b": LABEL_COLOURS[1]}


def test_clock_is_the_readers():
    at = datetime(2025, 3, 3, 23, 30, tzinfo=UTC)

    shown = times.clock(at, ZoneInfo("Europe/Berlin"), datetime(2026, 1, 1, tzinfo=UTC))

    assert shown == "4 Mar 2025, 00:30"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.6, "1 min"),
        (200, "3 min"),
        (3599, "1 h"),
        (7199, "2 h"),
        (7300, "2 h 2 min"),
    ],
)
def test_duration_is_in_its_largest_unit(seconds, words):
    assert times.duration(seconds) == words
