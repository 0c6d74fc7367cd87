"""All that bears on one message to settle, side by side."""

from dataclasses import dataclass, replace

from rhml_core.domain import Label, Person, Role, Split
from rhml_core.store import adjudications, codebooks, judgements
from rhml_core.store.adjudications import ErrorKind
from rhml_core.workflows.dialogue.evidence import Statement, state_answer
from rhml_core.workflows.dialogue.threads import MessageThread, message_thread
from rhml_core.workflows.kept.project_reference import posterior_of
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

HOLDOUT_SILENCE = (
    "This message is of the hold-out, which measures the machine: its answer is not shown, so "
    "that the decision stays independent of it."
)


@dataclass(frozen=True)
class Case:
    """
    One message to settle, or settled.

    Attributes:
        thread: everything that people said of it; of the hold-out without the machine's answer.
        in_question: the labels that people, and where it is told the machine, give it at present,
            in codebook order; a label that the codebook no longer has is not among them.
        statement: the machine's answer and its evidence; None where it is not told.
        silence: why it is not told; "" where it is.
        settled_as: the decision that counts; None where nothing is decided.
        error_kind: of that decision; None where it was imported.
        weighed: each label and how likely it is by people's weighed votes, likeliest first; empty
            where votes are counted, and of a settled message, whose decision outdoes them.
    """

    thread: MessageThread
    in_question: tuple[Label, ...]
    statement: Statement | None
    silence: str
    settled_as: str | None
    error_kind: ErrorKind | None
    weighed: tuple[tuple[str, float], ...] = ()


def adjudication_case(place: Workplace, person: Person, project_id: str, message_id: str) -> Case:
    """
    All that bears on one message.

    Raises:
        NotAllowedError: only supervisors settle messages.
        NotFoundError: there is no such message.
    """
    require(person, Role.SUPERVISOR, "settle messages")
    thread = message_thread(place, person, project_id, message_id, with_consensus=False)
    statement = None
    if thread.message.split is Split.HOLDOUT:
        # Settled or not: a decision can be taken back here, and made anew.
        thread = replace(thread, opinion=None)
    else:
        statement = state_answer(place.db, place.machines, project_id, thread.message)
    said = judgements.labels_of_message(place.db, project_id, message_id)
    named = set(said["label"])
    if statement and statement.label:
        named.add(statement.label)
    if thread.opinion:
        named.add(thread.opinion.label)
    standing = adjudications.standing_decisions(place.db, project_id, message_id=message_id)
    kind = standing["error_kind"][0] if standing.height else None
    codebook = codebooks.get_codebook(place.db, project_id)
    return Case(
        thread=thread,
        in_question=tuple(label for label in codebook.labels if label.name in named),
        statement=statement,
        silence="" if statement else HOLDOUT_SILENCE,
        settled_as=standing["label"][0] if standing.height else None,
        error_kind=ErrorKind(kind) if kind else None,
        weighed=() if standing.height else posterior_of(place.db, project_id, message_id),
    )
