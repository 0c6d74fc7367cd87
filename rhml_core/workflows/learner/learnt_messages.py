"""The messages behind the figures of learning, as far as a person may come across them again."""

from collections.abc import Sequence
from dataclasses import dataclass

from rhml_core.domain import Person, Role
from rhml_core.store import messages
from rhml_core.store import reviews as review_store
from rhml_core.store import turns as turn_store
from rhml_core.workflows.kept.project_reference import project_reference
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class LearntMessage:
    """
    A message that taught someone something.

    Attributes:
        first, label: the expert's first label and the newest; "" where it is the team's.
        reference: the right label; "" where none is known.
    """

    message_id: str
    text: str
    first: str
    label: str
    reference: str


def own_messages(
    place: Workplace, person: Person, project_id: str, message_ids: Sequence[str]
) -> list[LearntMessage]:
    """
    Those of the messages that the person may see again, in the order given.

    Left out are messages of the hold-out, those judged without any machine, which measure the
    person, and any that lie before them at this moment.

    Raises:
        NotAllowedError: viewers judge nothing.
    """
    require(person, Role.EXPERT, "see what they learnt from")
    own = review_store.own_labels(place.db, project_id, person.person_id)
    labels = {name: (first, label) for name, first, label, _ in own.iter_rows()}
    return _found(place, person, project_id, message_ids, labels)


def team_messages(
    place: Workplace, person: Person, project_id: str, message_ids: Sequence[str]
) -> list[LearntMessage]:
    """
    The messages with their right labels, each once, in the order given.

    Raises:
        NotAllowedError: only supervisors see what lies behind the team's figures.
    """
    require(person, Role.SUPERVISOR, "see the messages behind the team's figures")
    return _found(place, person, project_id, message_ids, dict.fromkeys(message_ids, ("", "")))


def _found(
    place: Workplace,
    person: Person,
    project_id: str,
    message_ids: Sequence[str],
    labels: dict[str, tuple[str, str]],
) -> list[LearntMessage]:
    held = set(turn_store.held_messages(place.db, project_id, person.person_id))
    wanted = [name for name in dict.fromkeys(message_ids) if name in labels and name not in held]
    known = project_reference(place.db, project_id, without=person.person_id)
    right = dict(known.select("message_id", "label").iter_rows())
    texts = {
        one.message_id: one.text for one in messages.get_messages(place.db, project_id, wanted)
    }
    return [
        LearntMessage(name, texts[name], *labels[name], right.get(name, ""))
        for name in wanted
        if name in texts
    ]
