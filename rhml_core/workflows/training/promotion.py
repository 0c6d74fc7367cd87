"""Which run speaks: promote one, or go back to the one that spoke before."""

from datetime import datetime

from rhml_core.domain import Person, Role, Run, RunState
from rhml_core.errors import ConflictError
from rhml_core.machine.recipes.run_folder import verify_run_folder
from rhml_core.store import runs
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.events import add_event, list_events
from rhml_core.workflows.dialogue.opening import open_by_and_by
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.training.run_registry import promoted_run
from rhml_core.workflows.workplace import Workplace

_STEPS_TO_GO_BACK = 2
"""Promotions that must lie on the way before there is one to go back to."""


def promote_run(place: Workplace, person: Person, run_id: str, *, key: str) -> Run:
    """
    Let a run speak from now on; the one promoted before is retired.

    Raises:
        NotAllowedError: only supervisors promote.
        NotFoundError: there is no such run.
        MachineError: its files are missing or damaged.
    """
    require(person, Role.SUPERVISOR, "promote a run")
    _verify(place, run_id)
    now = place.now()
    with place.db.atomic() as transaction:
        run = runs.get_run(transaction, run_id)
        is_new = transaction.claim(act_key(person, "promote", run_id, key), at=now)
        if is_new and run.state is not RunState.PROMOTED:
            _let_speak(transaction, run, person, now, is_return=False)
    return _spoken(place, run_id)


def undecided_run(place: Workplace, project_id: str) -> Run | None:
    """The newest run where nobody has promoted it or left it; None where somebody has."""
    newest = next(iter(runs.list_runs(place.db, project_id)), None)
    if newest is None or newest.state is not RunState.CANDIDATE:
        return None
    left = list_events(place.db, project_id, kinds=["run_left"])["subject"]
    return None if f"run:{newest.run_id}" in left else newest


def leave_run(place: Workplace, person: Person, run_id: str, *, reason: str = "", key: str) -> None:
    """
    Decide that a run is not to speak; it stays in the registry and can be promoted later.

    Args:
        place: the workplace.
        person: who decides.
        run_id: which run.
        reason: why, as in the comparison with the run that speaks.
        key: of the act.

    Raises:
        NotAllowedError: only supervisors decide on runs.
        NotFoundError: there is no such run.
        ConflictError: the run speaks, or spoke before.
    """
    require(person, Role.SUPERVISOR, "decide on a run")
    now = place.now()
    with place.db.atomic() as transaction:
        run = runs.get_run(transaction, run_id)
        if not transaction.claim(act_key(person, "leave", run_id, key), at=now):
            return
        if run.state is not RunState.CANDIDATE:
            raise ConflictError(f"Run {run.number} was promoted meanwhile. Look at the runs again.")
        add_event(
            transaction,
            kind="run_left",
            subject=f"run:{run.run_id}",
            person_id=person.person_id,
            project_id=run.project_id,
            at=now,
            detail={"number": run.number, "recipe": run.recipe, "reason": reason},
        )


def run_before(place: Workplace, project_id: str) -> Run | None:
    """
    The run that spoke before the present one, to which a roll-back goes; None where none did.

    Each promotion is a step forward, each roll-back takes the last step back, so that one
    roll-back after the other walks back to the first run that was ever promoted.
    """
    run_id = _step_back(place.db, project_id)
    return runs.get_run(place.db, run_id) if run_id else None


def roll_back(
    place: Workplace, person: Person, project_id: str, *, to: str | None = None, key: str
) -> Run:
    """
    Let the run speak again that spoke before the present one, one step back at a time.

    Args:
        place: the workplace.
        person: who.
        project_id: where.
        to: the run that the person was told it would be; None takes what it is now.
        key: of the act.

    Raises:
        NotAllowedError: only supervisors roll back.
        ConflictError: no other run was promoted before, or it is another one than `to`.
        MachineError: its files are missing or damaged.
    """
    require(person, Role.SUPERVISOR, "roll back a run")
    now = place.now()
    act = act_key(person, "roll_back", project_id, key)
    expected = _step_back(place.db, project_id)
    if expected is not None:
        _verify(place, expected)
    with place.db.atomic() as transaction:
        if transaction.claim(act, at=now):
            before = _step_back(transaction, project_id)
            if before is None:
                raise ConflictError(
                    "No other run was promoted before, so there is nothing to go back to."
                )
            if before != expected or (to is not None and before != to):
                raise ConflictError("Another run was promoted meanwhile. Look at the runs again.")
            _let_speak(transaction, runs.get_run(transaction, before), person, now, is_return=True)
    current = promoted_run(place, project_id)
    if current is None:
        raise ConflictError("No run is promoted any more. Promote one.")
    return _spoken(place, current.run_id)


def _step_back(db: Reader, project_id: str) -> str | None:
    spoken: list[str] = []
    for run_id, is_return in runs.promotions(db, project_id):
        if is_return and run_id in spoken:
            while spoken[-1] != run_id:
                spoken.pop()
        else:
            spoken.append(run_id)
    return spoken[-2] if len(spoken) >= _STEPS_TO_GO_BACK else None


def _verify(place: Workplace, run_id: str) -> None:
    verify_run_folder(place.settings.runs_folder / runs.get_run(place.db, run_id).folder)


def _let_speak(
    transaction: Transaction, run: Run, person: Person, now: datetime, *, is_return: bool
) -> None:
    """Promote a run and retire the one that spoke, with the audit's entry."""
    spoke = runs.promoted_run(transaction, run.project_id)
    if spoke is not None:
        runs.set_run_state(transaction, spoke, RunState.RETIRED, person_id=person.person_id, at=now)
    runs.set_run_state(
        transaction,
        run,
        RunState.PROMOTED,
        person_id=person.person_id,
        at=now,
        is_return=is_return,
    )
    add_event(
        transaction,
        kind="run_promoted",
        subject=f"run:{run.run_id}",
        person_id=person.person_id,
        project_id=run.project_id,
        at=now,
        detail={"number": run.number, "recipe": run.recipe, "is_return": is_return},
    )


def _spoken(place: Workplace, run_id: str) -> Run:
    """The run as it stands, the live machine told of the change."""
    run = runs.get_run(place.db, run_id)
    place.machines.note_change(run.project_id)
    place.read_missing(run.project_id)
    place.machines.live(run.project_id)  # learns from the new run before it speaks
    open_by_and_by(place.db, place.machines, run.project_id)
    return run
