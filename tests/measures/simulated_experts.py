"""Simulated experts whose skill, learning, reliance and calibration are known."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from rhml_core.measures.stated_confidence import CONFIDENCE_VALUES

LABELS = ("ham", "spam", "news")
HARDNESS = 0.12


@dataclass(frozen=True)
class Truth:
    """
    What a simulated expert does.

    Attributes:
        skill: chance of a right first answer on a message of average hardness, in cycle 1.
        rate: what each cycle adds to it.
        follows_right, follows_wrong: chance of taking over a right, or wrong, machine that
            contradicts.
        bias: by how much the stated confidence exceeds the chance to be right.
    """

    skill: float = 0.75
    rate: float = 0.0
    follows_right: float = 0.6
    follows_wrong: float = 0.3
    bias: float = 0.0


def another(labels, random):
    """A label other than the given one, for each."""
    steps = random.integers(1, len(LABELS), len(labels))
    return (labels + steps) % len(LABELS)


def names(numbers):
    """Labels by their numbers."""
    return [LABELS[number] for number in numbers]


def turns(experts, n_messages, random, *, machine_skill=0.75):
    """Turns of every expert on the same messages, as `reliance` wants them."""
    reference = random.integers(0, len(LABELS), n_messages)
    hard = random.choice([-HARDNESS, HARDNESS], n_messages)
    is_right = random.random(n_messages) < machine_skill
    machine = np.where(is_right, reference, another(reference, random))
    frames = []
    for number, expert in enumerate(experts):
        right_first = random.random(n_messages) < expert.skill - hard
        first = np.where(right_first, reference, another(reference, random))
        follows = np.where(is_right, expert.follows_right, expert.follows_wrong)
        final = np.where(random.random(n_messages) < follows, machine, first)
        frames.append(
            pl.DataFrame(
                {
                    "expert_id": f"e{number}",
                    "message_id": [f"m{each}" for each in range(n_messages)],
                    "first": names(first),
                    "final": names(final),
                    "machine": names(machine),
                    "reference": names(reference),
                    "machine_probability": random.uniform(0.4, 1, n_messages),
                }
            )
        )
    return pl.concat(frames)


def unaided(experts, n_by_cycle, random, *, n_baseline=0, repeats=1 / 2, machine_skill=0.7):
    """
    Unaided answers of every expert by cycle, as `skill` and the alarms want them.

    Experts judge the same messages; `repeats` is the chance that an error on a message that the
    machine gets wrong is the machine's own.
    """
    frames = []
    counts = [n_baseline, *n_by_cycle]
    for place, n_messages in enumerate(counts):
        if n_messages == 0:
            continue
        reference = random.integers(0, len(LABELS), n_messages)
        hard = random.choice([-HARDNESS, HARDNESS], n_messages)
        is_right = random.random(n_messages) < machine_skill
        machine = np.where(is_right, reference, another(reference, random))
        third = (3 - reference - machine) % len(LABELS)
        for number, expert in enumerate(experts):
            chance = expert.skill + expert.rate * max(place - 1, 0) - hard
            same = random.random(n_messages) < repeats
            wrong = np.where(is_right, another(reference, random), np.where(same, machine, third))
            first = np.where(random.random(n_messages) < chance, reference, wrong)
            frames.append(
                pl.DataFrame(
                    {
                        "expert_id": f"e{number}",
                        "message_id": [f"c{place}m{each}" for each in range(n_messages)],
                        "label": names(first),
                        "reference": names(reference),
                        "machine": names(machine),
                        "cycle": pl.Series([max(place, 1)] * n_messages, dtype=pl.Int64),
                        "is_baseline": [place == 0] * n_messages,
                    }
                )
            )
    return pl.concat(frames)


def stated(experts, n_messages, random):
    """Answers with a stated confidence, as `stated_calibration` wants them."""
    levels = list(CONFIDENCE_VALUES)
    values = np.array(list(CONFIDENCE_VALUES.values()))
    hard = random.choice([-0.03, 0.03], n_messages)
    frames = []
    for number, expert in enumerate(experts):
        level = random.integers(0, len(levels), n_messages)
        frames.append(
            pl.DataFrame(
                {
                    "expert_id": f"e{number}",
                    "message_id": [f"m{each}" for each in range(n_messages)],
                    "confidence": [levels[each] for each in level],
                    "is_right": random.random(n_messages) < values[level] - expert.bias - hard,
                }
            )
        )
    return pl.concat(frames)
