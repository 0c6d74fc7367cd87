"""A project to talk about: sixteen messages, of which the machine contradicts two labels."""

from rhml_core.store import events
from tests.app.store_fixtures import add_run, promote_newest

HAM, SPAM = "see you at the station on day", "win a prize of pounds number"


def texts():
    """Eight messages of each kind."""
    ham = {f"h{n}": f"{HAM} {n}" for n in range(8)}
    return ham | {f"s{n}": f"{SPAM} {n}" for n in range(8)}


def truth():
    """The label that each message should have."""
    return {name: "ham" if name.startswith("h") else "spam" for name in texts()}


def fill(place, project, add_messages, add_labels, *, sure=0.95, others=None):
    """Ana and Ben label everything, h0 and s0 wrongly; run 1 sees through, and is promoted."""
    add_messages(texts())
    given = truth() | {"h0": "spam", "s0": "ham"} | (others or {})
    add_labels([(name, who, label) for name, label in given.items() for who in ("Ana", "Ben")])
    add_run(place, project, 1, {name: (label, sure) for name, label in truth().items()})
    promote_newest(place, project, given)


def kinds(thread):
    """What each entry of a thread does, in order."""
    return [entry.kind for entry in thread.entries]


def n_events(place, project, kind):
    """How many acts of a kind are on record."""
    return events.list_events(place.db, project.project_id, kinds=[kind]).height
