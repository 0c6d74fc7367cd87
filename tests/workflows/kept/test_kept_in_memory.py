"""Values are worked out once for each state, whoever asks at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rhml_core.workflows.kept.in_memory import KeptInMemory


class _Making:
    """Counts how often a value is made."""

    def __init__(self):
        self.n = 0

    def __call__(self):
        self.n += 1
        return self.n


def test_value_is_made_again_only_for_another_state():
    kept, make = KeptInMemory(most_places=2), _Making()

    found = [kept.get("forum", state, make) for state in (1, 1, 2, 2, 3)]

    assert found == [1, 1, 2, 2, 3]


def test_value_of_an_older_state_is_let_go():
    """Those of each event would fill the memory, as nobody asks for them again."""
    kept, make = KeptInMemory(most_places=5), _Making()

    for state in range(20):
        kept.get("forum", state, make)

    assert len(kept) == 1


def test_places_not_asked_for_are_let_go_first():
    kept, make = KeptInMemory(most_places=2), _Making()

    for place in ("a", "b", "a", "c", "a", "b"):
        kept.get(place, 1, make)

    assert len(kept) == 2
    assert make.n == 4  # a, b, c, and b again; a was always among the last two


def test_two_at_once_wait_for_one_making():
    kept, make = KeptInMemory(most_places=2), _Making()
    both_ask = threading.Barrier(2)

    def ask():
        both_ask.wait(timeout=10)
        return kept.get("forum", 1, make)

    with ThreadPoolExecutor(2) as pool:
        found = [one.result(timeout=10) for one in [pool.submit(ask), pool.submit(ask)]]

    assert found == [1, 1]


def test_failed_making_is_tried_again():
    """Else one fault would stay for as long as nothing is judged."""
    kept = KeptInMemory(most_places=2)

    def fail():
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        kept.get("forum", 1, fail)

    assert kept.get("forum", 1, lambda: "made") == "made"
