"""What takes long to work out is made beside the pages, which show the last one meanwhile."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rhml_core.workflows.background.fault_log import log_fault

logger = logging.getLogger(__name__)

Value = TypeVar("Value")

_SECONDS_TO_WAIT = 1.0
"""What a small project needs is ready by then, and its page need not be drawn twice."""


@dataclass(frozen=True)
class Looked(Generic[Value]):
    """
    What there is of a value.

    Attributes:
        value: as last made; None where it never was.
        is_current: whether nothing has changed since.
        is_working: whether a newer one is being made.
    """

    value: Value | None
    is_current: bool
    is_working: bool

    @property
    def has_failed(self) -> bool:
        """Whether the newest could not be made; it is tried again when the state moves on."""
        return not (self.is_current or self.is_working)


@dataclass(eq=False)
class _Shelf(Generic[Value]):
    made: tuple[Hashable, Value] | None = None
    failed: Hashable = None
    under_way: threading.Event | None = field(default=None)


class KeptBeside(Generic[Value]):
    """The newest value of each place; one making at a time each, safe from any thread."""

    def __init__(self, *, most_places: int) -> None:
        """Keep at most so many values."""
        self._most_places = most_places
        self._shelves: OrderedDict[Hashable, _Shelf[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def look(
        self,
        place: Hashable,
        state: Hashable,
        make: Callable[[], Value],
        do_later: Callable[[Callable[[], object]], None],
    ) -> Looked[Value]:
        """
        The value as last made; a newer one is begun where the state has moved on.

        It waits a moment where there is none at all.

        Args:
            place: what the value is of.
            state: names all that it depends on, read before this call.
            make: works it out; where it fails, it is not tried again in the same state.
            do_later: has something done beside; it may do it at once.
        """
        with self._lock:
            shelf = self._shelves.setdefault(place, _Shelf())
            self._shelves.move_to_end(place)
            while len(self._shelves) > self._most_places:
                self._shelves.popitem(last=False)
            is_due = (shelf.made is None or shelf.made[0] != state) and shelf.failed != state
            is_first = is_due and shelf.under_way is None
            if is_first:
                shelf.under_way = threading.Event()
            waiting = shelf.under_way
        if is_first:
            do_later(lambda: self._make(shelf, state, make))
        if shelf.made is None and waiting is not None:
            waiting.wait(_SECONDS_TO_WAIT)
        with self._lock:
            made = shelf.made
            return Looked(
                value=made[1] if made else None,
                is_current=made is not None and made[0] == state,
                is_working=shelf.under_way is not None,
            )

    def _make(self, shelf: _Shelf[Value], state: Hashable, make: Callable[[], Value]) -> None:
        try:
            made = make()
        except Exception as error:  # noqa: BLE001 -- the edge of the thread: told, not hidden
            log_fault(logger, "figures could not be worked out", error)
            with self._lock:
                shelf.failed = state
        else:
            with self._lock:
                shelf.made = (state, made)
        finally:
            with self._lock:
                done, shelf.under_way = shelf.under_way, None
            if done is not None:
                done.set()
