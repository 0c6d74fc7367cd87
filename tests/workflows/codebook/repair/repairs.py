"""Changes of a codebook of two labels, and what can be read after them."""

from rhml_core.domain import Label
from rhml_core.store import judgements
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach
from rhml_core.workflows.turn import turns

HAM, SPAM = Label("ham", "wanted"), Label("spam", "unwanted")
RENAMED = LabelChange(ChangeKind.RENAMED, "spam", ("junk",))
ALL_SPAM = LabelChange(ChangeKind.MEANING, "spam", reach=Reach.EVERY)


def current(place, project):
    rows = judgements.current_labels(place.db, project.project_id).iter_rows()
    return sorted((message, label) for message, _, label in rows)


def decided(place, project):
    return dict(judgements.adjudicated_labels(place.db, project.project_id).iter_rows())


def judge_all(place, person, project, label="ham"):
    """Judge what the queue gives; what it gave, in order."""
    given = []
    while view := turns.next_turn(place, person, project.project_id):
        given.append(view.message.message_id)
        turns.commit(place, person, view.turn_id, label=label, key=view.turn_id)
    return given
