"""What a message answers to, shown above it."""

import dataclasses

from rhml_core.domain import Message
from rhml_core.store import messages
from rhml_core.store.database import Reader


def earlier_of(db: Reader, project_id: str, message: Message) -> Message | None:
    """The message that one replies to, without its metadata; None where there is none."""
    if not message.reply_to:
        return None
    found = messages.get_messages(db, project_id, [message.reply_to])
    return dataclasses.replace(found[0], metadata={}) if found else None
