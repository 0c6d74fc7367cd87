"""Drawing on concept maps in few words."""

from itertools import count

from rhml_core.concept_map import LinkKind
from rhml_core.workflows.concept_map import acts

_keys = count()


def new_key():
    """A key that no other act has."""
    return f"key-{next(_keys)}"


def say(place, person, project, *statements):
    """Put statements such as `money indicates spam` on the person's map; the map."""
    drawn = None
    for one in statements:
        subject, kind, other = split(one)
        drawn = acts.state_proposition(
            place, person, project.project_id, subject, kind, other, key=new_key()
        )
    return drawn


def split(statement):
    """A statement's subject, type and object."""
    for kind in LinkKind:
        subject, found, other = statement.partition(f" {kind.value} ")
        if found:
            return subject, kind, other
    raise ValueError(statement)


def statements_of(drawn):
    """What a map says, each as `money indicates spam`, sorted."""
    nodes = drawn.by_id
    return sorted(
        f"{nodes[link.source].name} {link.kind.value} {nodes[link.target].name}"
        for link in drawn.links
    )


def node_called(drawn, name):
    """The node of this name."""
    [found] = [node for node in drawn.nodes if node.name == name]
    return found
