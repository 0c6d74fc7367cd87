"""Version 1 of the HTTP interface: whoever is signed in takes turns with programs of their own."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from app.session import COOKIE, person_behind, workplace
from rhml_core import __version__
from rhml_core.domain import Confidence, Person, Span
from rhml_core.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    RhmlError,
)
from rhml_core.workflows import projects
from rhml_core.workflows.turn import turns
from rhml_core.workflows.turn.turns import TurnOutcome
from rhml_core.workflows.turn.view import TurnView

_STATUS = {NotFoundError: 404, NotAllowedError: 403, ConflictError: 409, InvalidInputError: 422}
_SERVER_FAULT = 503


class CommitBody(BaseModel):
    """An expert's own answer, given blind."""

    label: str
    key: str = Field(min_length=8, max_length=64, description="Made anew for each act.")
    confidence: Confidence | None = None
    rationale: list[tuple[int, int]] = []
    seconds: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class AnswerBody(BaseModel):
    """An answer after the explanation, or the final one after the reveal."""

    label: str
    key: str = Field(min_length=8, max_length=64, description="Made anew for each act.")
    reason: str = ""
    seconds: float | None = Field(default=None, ge=0, allow_inf_nan=False)


def create_api() -> FastAPI:
    """The interface, to be mounted under `/api/v1`; its description is at `openapi.json`."""
    api = FastAPI(title="rhml", version=__version__, docs_url=None, redoc_url=None)
    api.middleware("http")(_errors_as_json)
    api.get("/projects")(list_projects)
    api.post("/projects/{project_id}/turns/next")(next_turn)
    api.post("/turns/{turn_id}/commit")(commit)
    api.post("/turns/{turn_id}/answer")(answer_explanation)
    api.post("/turns/{turn_id}/finish")(finish)
    return api


def signed_in(request: Request) -> Person:
    """Whoever this request's session cookie belongs to."""
    person = person_behind(request.cookies.get(COOKIE))
    if person is None:
        raise HTTPException(401, "Sign in first.")
    return person


Who = Annotated[Person, Depends(signed_in)]


def list_projects(person: Who) -> list[dict[str, str]]:
    """Every project."""
    found = projects.list_projects(workplace(), person)
    return [{"project_id": each.project_id, "name": each.name} for each in found]


def next_turn(project_id: str, person: Who) -> dict[str, Any]:
    """The unfinished turn, else a new one; `turn` is null where nothing is left."""
    view = turns.next_turn(workplace(), person, project_id)
    return {"turn": _turn(view) if view else None}


def commit(turn_id: str, body: CommitBody, person: Who) -> dict[str, Any]:
    """Keep the expert's own answer; the machine speaks only afterwards."""
    outcome = turns.commit(
        workplace(),
        person,
        turn_id,
        label=body.label,
        confidence=body.confidence,
        rationale=[Span(start, end) for start, end in body.rationale],
        seconds=body.seconds,
        key=body.key,
    )
    return _outcome(outcome)


def answer_explanation(turn_id: str, body: AnswerBody, person: Who) -> dict[str, Any]:
    """Hold or revise after the explanation."""
    outcome = turns.answer_explanation(
        workplace(), person, turn_id, label=body.label, seconds=body.seconds, key=body.key
    )
    return _outcome(outcome)


def finish(turn_id: str, body: AnswerBody, person: Who) -> dict[str, Any]:
    """Give the final label after the reveal."""
    outcome = turns.finish(
        workplace(),
        person,
        turn_id,
        label=body.label,
        reason=body.reason,
        seconds=body.seconds,
        key=body.key,
    )
    return _outcome(outcome)


def _outcome(outcome: TurnOutcome) -> dict[str, Any]:
    return {"turn": _turn(outcome.turn), "agrees": outcome.agreement is not None}


def _turn(view: TurnView) -> dict[str, Any]:
    return {
        "turn_id": view.turn_id,
        "state": view.state.value,
        "message_id": view.message.message_id,
        "text": view.message.text,
        "is_unaided": view.is_unaided,
        "words": [word.word for word in view.explanation.words] if view.explanation else None,
        "opinion": view.opinion.label if view.opinion else None,
    }


async def _errors_as_json(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    try:
        return await call_next(request)
    except RhmlError as error:
        status = next(
            (code for kind, code in _STATUS.items() if isinstance(error, kind)), _SERVER_FAULT
        )
        return JSONResponse({"detail": str(error)}, status_code=status)
