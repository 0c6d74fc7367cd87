"""The messages that one session settles one after another, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from rhml_core.workflows.disputes.contested_filters import FilterChoices


@dataclass
class Batch:
    """
    Messages in the order in which they are shown.

    Attributes:
        filters: which messages it was made of; others make another batch.
        message_ids: all of them.
        choices: what the filters could be set to when it was made.
        settled: those settled, oldest first; the last can be taken back.
        skipped: those left for later.
    """

    filters: object
    message_ids: list[str]
    choices: FilterChoices
    settled: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def include(self, message_id: str) -> None:
        """Show a message that the batch does not hold before all others."""
        if message_id not in self.message_ids:
            self.message_ids.insert(0, message_id)

    def place_of(self, message_id: str) -> int:
        """Where the message stands, from 1."""
        return self.message_ids.index(message_id) + 1

    def after(self, message_id: str) -> str | None:
        """
        The next message still to settle, the earlier ones last; None where none is left.

        >>> none = FilterChoices([], 1, [])
        >>> Batch("", ["m1", "m2", "m3"], none, settled=["m2"]).after("m3")
        'm1'
        """
        place = self.message_ids.index(message_id)
        order = self.message_ids[place + 1 :] + self.message_ids[:place]
        return self._first_left(order)

    def first(self) -> str | None:
        """The first message still to settle; None where none is left."""
        return self._first_left(self.message_ids)

    def _first_left(self, order: Sequence[str]) -> str | None:
        done = {*self.settled, *self.skipped}
        return next((one for one in order if one not in done), None)


def kept_batch(project_id: str) -> Batch | None:
    """The session's batch; None before the first."""
    found = st.session_state.get(_key(project_id))
    return found if isinstance(found, Batch) else None


def keep_batch(project_id: str, batch: Batch | None) -> None:
    """Keep the batch for the session; None forgets it."""
    st.session_state[_key(project_id)] = batch


def _key(project_id: str) -> str:
    return f"adjudicate_batch_{project_id}"
