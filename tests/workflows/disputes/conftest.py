"""A divided team, and the acts that settle what it differs on."""

import pytest

from rhml_core.workflows.disputes.adjudication import (
    ErrorKind,
    adjudicate,
    undo_adjudication,
)


@pytest.fixture
def divided(add_messages, add_labels):
    """Ana and Ben differ on m1 and m2 and agree on m3."""
    add_messages({"m1": "one", "m2": "two", "m3": "three"})
    add_labels(
        [
            ("m1", "Ana", "ham"),
            ("m1", "Ben", "spam"),
            ("m2", "Ana", "spam"),
            ("m2", "Ben", "ham"),
            ("m3", "Ana", "ham"),
            ("m3", "Ben", "ham"),
        ]
    )


@pytest.fixture
def settle(place, team, project):
    """Settle a message: `settle("m1", "ham", ErrorKind.SLIP)`."""

    def act(message_id, label, kind=ErrorKind.SLIP, *, key="k", by="sue", **texts):
        adjudicate(
            place,
            team[by],
            project.project_id,
            message_id,
            label=label,
            error_kind=kind,
            key=key,
            **texts,
        )

    return act


@pytest.fixture
def undo(place, team, project):
    """Take the decision on a message back: `undo("m1")`."""

    def act(message_id, *, key="u", by="sue"):
        undo_adjudication(place, team[by], project.project_id, message_id, key=key)

    return act
