"""What to do now, and what changed since one was here."""

from dataclasses import dataclass, field
from datetime import timedelta

from rhml_core.domain import ConceptStatus, Person, Role
from rhml_core.store import events, judgements
from rhml_core.store import messages as message_store
from rhml_core.store.events import add_event
from rhml_core.workflows.agreement.open_falls import OpenFall, open_fall
from rhml_core.workflows.dialogue.dialogue import UnreadThread, unread_threads
from rhml_core.workflows.disputes.disagreements import disagreement_summary
from rhml_core.workflows.journal.journal import list_concepts
from rhml_core.workflows.learner.reviews import due_reviews
from rhml_core.workflows.overview.first_steps import FirstSteps, first_steps
from rhml_core.workflows.overview.readings import digest_of, has_read
from rhml_core.workflows.overview.timeline import ALL_KINDS, TimelineEntry, read_timeline
from rhml_core.workflows.permission import require
from rhml_core.workflows.training.promotion import undecided_run
from rhml_core.workflows.training.run_registry import list_runs
from rhml_core.workflows.training.training import training_readiness
from rhml_core.workflows.turn.queue import QueueProgress, queue_progress
from rhml_core.workflows.visibility import answered_for
from rhml_core.workflows.workplace import Workplace

_SAME_VISIT = timedelta(minutes=30)
_N_CHANGES = 15
_WITH_AN_EARLIER = 2


@dataclass(frozen=True)
class NextStep:
    """
    The one next step.

    Attributes:
        sentence: why.
        view: on which page.
        action: what its button says.
        filters: of that page.
        note: what else to know of it; may be "".
    """

    sentence: str
    view: str
    action: str
    filters: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Waiting:
    """
    What waits for a person beside the queue.

    Attributes:
        n_due_reviews: cards to review; 0 for viewers.
        threads: with something new, those that name the person first.
        unread_digest: cycle of the newest digest, where the person has not opened it; else None.
    """

    n_due_reviews: int
    threads: tuple[UnreadThread, ...]
    unread_digest: int | None = None

    @property
    def mentions(self) -> tuple[UnreadThread, ...]:
        """The threads that name the person."""
        return tuple(one for one in self.threads if one.is_mentioned)


def record_visit(place: Workplace, person: Person, project_id: str) -> None:
    """Remember that the person is here; within half an hour it is still the same visit."""
    require(person, Role.VIEWER, "see the project")
    now = place.now()
    with place.db.atomic() as transaction:
        visits = events.last_visits(transaction, project_id, person.person_id)
        if visits.height and now - visits["made_at"][0] < _SAME_VISIT:
            return
        add_event(
            transaction,
            kind="visit",
            subject=f"project:{project_id}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
        )


def is_first_visit(place: Workplace, person: Person, project_id: str) -> bool:
    """Whether the person was never here before this visit."""
    require(person, Role.VIEWER, "see the project")
    return events.last_visits(place.db, project_id, person.person_id).height < _WITH_AN_EARLIER


def what_changed(place: Workplace, person: Person, project_id: str) -> list[TimelineEntry]:
    """What others and the machine did since the person's last visit, newest first."""
    require(person, Role.VIEWER, "see what changed")
    visits = events.last_visits(place.db, project_id, person.person_id)
    since = int(visits["seq"][1]) if visits.height > 1 else -1
    return read_timeline(
        place.db,
        project_id,
        kinds=ALL_KINDS,
        after_seq=since,
        except_person=person,
        open_messages=_open_messages(place, person, project_id),
        limit=_N_CHANGES,
    )


def _open_messages(place: Workplace, person: Person, project_id: str) -> set[str] | None:
    """Messages whose answers the person may see; None: all."""
    if person.role is not Role.EXPERT:
        return None
    made = judgements.current_labels(place.db, project_id)
    return set(answered_for(place.db, person, project_id, made)["message_id"])


def judgements_since_last_visit(place: Workplace, person: Person, project_id: str) -> int:
    """How many judgements colleagues made since the person's last visit."""
    require(person, Role.VIEWER, "see what changed")
    visits = events.last_visits(place.db, project_id, person.person_id)
    since = int(visits["seq"][1]) if visits.height > 1 else -1
    return events.count_events(
        place.db, project_id, "judged", after_seq=since, except_person=person.person_id
    )


def what_waits(place: Workplace, person: Person, project_id: str) -> Waiting:
    """What waits for the person beside the queue."""
    require(person, Role.VIEWER, "see what waits for them")
    reviews = due_reviews(place, person, project_id) if person.may(Role.EXPERT) else []
    threads = tuple(unread_threads(place, person, project_id))
    return Waiting(len(reviews), threads, _unread_digest(place, person, project_id))


def _unread_digest(place: Workplace, person: Person, project_id: str) -> int | None:
    runs = list_runs(place, project_id)
    if not runs or has_read(place, person, project_id, digest_of(runs[0].number)):
        return None
    return len(runs)


def next_step(place: Workplace, person: Person, project_id: str) -> NextStep:
    """What would bring this person and the project on most."""
    require(person, Role.VIEWER, "see the project")
    counts = message_store.count_messages(place.db, project_id)
    if not sum(counts.values()):
        if person.may(Role.SUPERVISOR):
            return NextStep("The project has no messages yet.", "messages", "Import messages")
        return NextStep(
            "A supervisor has to import messages first.", "codebook", "Read the codebook"
        )
    progress = queue_progress(place, person, project_id)
    if person.role is Role.VIEWER:
        return NextStep(_how_far(progress), "overview", "Open the overview")
    if person.may(Role.SUPERVISOR):
        step = _supervisors_step(place, person, project_id)
        if step:
            return step
    steps = first_steps(place, person, project_id)
    if steps:
        return _newcomers_step(steps)
    if progress.n_open:
        return NextStep(
            f"{_counted(progress.n_open, 'message waits', 'messages wait')} for your judgement.",
            "label",
            "Label the next one",
        )
    return _step_beside_the_queue(place, person, project_id)


def _how_far(progress: QueueProgress) -> str:
    n, n_done = progress.n_messages, progress.n_fully_judged
    if not n_done:
        return f"{_counted(n, 'message waits', 'messages wait')} to be judged by enough people."
    return f"{n_done:,} of {_counted(n, 'message is', 'messages are')} judged by enough people."


def _newcomers_step(steps: FirstSteps) -> NextStep:
    if not steps.has_read_codebook:
        return NextStep(
            f"Welcome. Begin with the codebook: what each of its {steps.n_labels:,} labels means.",
            "codebook",
            "Read the codebook",
        )
    if steps.round is None:
        return NextStep(
            "Your queue is open: "
            f"{_counted(steps.n_waiting, 'message waits', 'messages wait')} for your judgement.",
            "label",
            "Label the first one",
        )
    if steps.round.question is not None:
        return NextStep(
            f"Your first round is at {steps.round.n_answered:,} of {steps.round.n:,}.",
            "label",
            "Go on with the first round",
        )
    if steps.round.number:
        return NextStep(
            f"The first round is not passed yet: {steps.round.n_right:,} of "
            f"{steps.round.n_answered:,} were right.",
            "label",
            "Begin the next round",
        )
    return NextStep(
        f"Next, practise on {steps.round.n:,} settled messages; after each you are told what it "
        "is and why.",
        "label",
        "Begin the first round",
    )


def _step_beside_the_queue(place: Workplace, person: Person, project_id: str) -> NextStep:
    waiting = what_waits(place, person, project_id)
    asking = [one for one in waiting.mentions if not one.must_judge_first]
    if asking:
        n = len(asking)
        asked = f"Colleagues ask you in {n:,} threads." if n > 1 else "A colleague asks you."
        return NextStep(
            asked, "disagreements", "Read and answer", {"message": asking[0].message_id}
        )
    if waiting.n_due_reviews:
        due = _counted(waiting.n_due_reviews, "card is", "cards are")
        return NextStep(f"{due} due for review.", "my_learning", "Review", {"review": "1"})
    n_open = disagreement_summary(place, person, project_id).n_open
    if n_open:
        contested = _counted(n_open, "message is", "messages are")
        return NextStep(f"{contested} contested.", "disagreements", "Talk about it")
    return NextStep("Everything is judged.", "journal", "Read the journal")


def fall_step(fall: OpenFall) -> NextStep:
    """To see how and where agreement fell; `fall.n_open` is at least 1."""
    told = fall.fall
    of = f" on {told.label}" if told.label else ""
    pair = f" over {' or '.join(fall.wanted.label_pair)}" if fall.wanted.label_pair else ""
    open_ones = _counted(fall.n_open, "message is", "messages are")
    return NextStep(
        f"Agreement{of} fell: alpha {told.now}, down from {told.before}.",
        "agreement",
        "See where it fell",
        {"part": "cycles"} | ({"label": told.label} if told.label else {}),
        note=f"n counts messages that two or more people judged in a cycle. "
        f"{open_ones} contested in cycle {told.cycle}{pair}.",
    )


def _supervisors_step(place: Workplace, person: Person, project_id: str) -> NextStep | None:
    runs = list_runs(place, project_id)
    fall = open_fall(place, person, project_id) if runs else None
    if fall and fall.n_open:
        return fall_step(fall)
    undecided = undecided_run(place, project_id)
    if undecided is not None:
        return NextStep(
            f"Run {undecided.number} is trained and waits for your decision.",
            "training",
            "Compare and decide",
            {"part": "compare"},
        )
    readiness = training_readiness(place, project_id)
    if readiness.can_train and not runs:
        return NextStep(
            f"{readiness.n_training:,} judged messages are enough for a first training run.",
            "training",
            "Train the machine",
        )
    n_open = disagreement_summary(place, person, project_id).n_open
    if n_open:
        return NextStep(
            f"{_counted(n_open, 'message is', 'messages are')} contested: people, or people and "
            "the machine, differ.",
            "disagreements",
            "Talk about it",
        )
    n_new = len(list_concepts(place, person, project_id, status=ConceptStatus.NEW))
    if n_new:
        waiting = _counted(n_new, "concept waits", "concepts wait")
        return NextStep(f"{waiting} for a decision.", "journal", "Open the journal")
    return None


def _counted(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"
