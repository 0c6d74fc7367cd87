"""The messages behind a figure of learning, each a way to its thread."""

from collections.abc import Mapping, Sequence

from app.components.address import open_view
from app.components.marks import NO_COLOUR
from app.components.message_list import ListedMessage, Mark, Side, mark_of_person, message_list
from rhml_core.domain import Person
from rhml_core.workflows.learner.learnt_messages import LearntMessage

N_LISTED = 30


def listed_messages(
    found: Sequence[LearntMessage], expert: Person | None, colours: Mapping[str, str]
) -> list[ListedMessage]:
    """The messages as rows: what the expert said first and last, and what is right."""
    marks: tuple[Mark, ...] = (mark_of_person(expert),) if expert else ()
    return [
        ListedMessage(
            one.message_id,
            one.text,
            tuple(
                Side(label, colours.get(label, NO_COLOUR), marks)
                for label in dict.fromkeys((one.first, one.label))
                if label
            ),
            note=f"right: {one.reference}" if one.reference else "not settled",
        )
        for one in found[:N_LISTED]
    ]


def learnt_list(
    found: Sequence[LearntMessage],
    expert: Person | None,
    colours: Mapping[str, str],
    *,
    key: str,
    title: str,
) -> None:
    """Draw the messages; a click opens the thread of one."""
    chosen = message_list(listed_messages(found, expert, colours), chosen="", key=key, title=title)
    if chosen:
        open_view("disagreements", message=chosen)
