"""Values that take long to work out, kept until what they are made from has changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(eq=False)
class _Place(Generic[Value]):
    """One value with the state that it was made from; who makes it holds the lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    made: tuple[Hashable, Value] | None = None


class KeptInMemory(Generic[Value]):
    """
    The newest value of each place, of the places last asked for; safe from any thread.

    States only move on, so that a value of an older state is let go when a newer one is made.
    """

    def __init__(self, *, most_places: int) -> None:
        """Keep at most so many values."""
        self._most_places = most_places
        self._places: OrderedDict[Hashable, _Place[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._places)

    def get(self, place: Hashable, state: Hashable, make: Callable[[], Value]) -> Value:
        """
        The value as of a state; made now unless it is kept.

        Args:
            place: what the value is of.
            state: names all that it depends on, read before the value is made: what changes in
                between then has a newer state, and the value is made again.
            make: works it out; others who ask for the same place meanwhile wait for it.
        """
        with self._lock:
            kept = self._places.setdefault(place, _Place())
            self._places.move_to_end(place)
            while len(self._places) > self._most_places:
                self._places.popitem(last=False)
        with kept.lock:
            if kept.made is None or kept.made[0] != state:
                kept.made = (state, make())
            return kept.made[1]
