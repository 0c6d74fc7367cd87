"""The routes by which people come and go: pick a name, and sign out."""

import re
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import parse_qs

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from app.components.assets_folder import asset
from app.components.marks import person_mark
from app.components.people_words import ROLE_WORDS, door_words
from app.guard import local_path
from app.session import COOKIE, workplace
from app.tour import START
from rhml_core.domain import Person
from rhml_core.errors import NotFoundError
from rhml_core.safe_text import one_line
from rhml_core.workflows.demo.touring import tour_guest
from rhml_core.workflows.people import close_session, list_people, open_session

SIGN_FILE = Path(__file__).parent / "components" / "assets" / "sign.png"
_MAX_FORM_BYTES = 8_192
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@cache
def _font(pattern: str) -> str:
    """Address of a font that Streamlit serves; "" where this version has none such."""
    folder = Path(streamlit.__file__).parent / "static" / "static" / "media"
    found = next(iter(sorted(folder.glob(pattern))), None)
    return f"/static/media/{found.name}" if found else ""


def _style() -> str:
    return (
        asset("sign_in.css")
        .replace("{{sans}}", _font("SourceSansVF-Upright*.woff2"))
        .replace("{{serif}}", _font("SourceSerifVariable-Roman*.woff2"))
    )


def _person_button(person: Person) -> str:
    return (
        f"<button class='person' name='person' value='{escape(person.person_id)}'>"
        f"{person_mark(person, size=44)}<span class='who'><b>{escape(one_line(person.name))}</b>"
        f"<span>{person.role} · {ROLE_WORDS[person.role]}</span></span></button>"
    )


def _simulated_people(people: list[Person]) -> str:
    if not people:
        return ""
    names = "".join(
        f"<span>{person_mark(person, size=28)}{escape(one_line(person.name))}</span>"
        for person in people
    )
    return (
        "<h2>Simulated experts</h2><p class='quiet'>A program judges in their place; "
        f"nobody can sign in as them.</p><div class='simulated'>{names}</div>"
    )


def _way_into_tour(guest: Person | None) -> str:
    """The form that signs a stakeholder in as the viewer and opens the tour; "" without one."""
    if guest is None:
        return ""
    return (
        "<form class='tour' method='post' action='/sign-in'>"
        f"<input type='hidden' name='next' value='{escape(START)}'>"
        f"<button class='go' name='person' value='{escape(guest.person_id)}'>Take the tour</button>"
        "<p class='quiet'>New here? Five steps, some three minutes. You come in as "
        f"{escape(one_line(guest.name))}, who only reads, and can leave at any time.</p></form>"
        "<h2>Or come in as</h2>"
    )


def sign_in_page(people: list[Person], wanted: str, *, guest: Person | None = None) -> str:
    """
    The page on which one picks a name, as HTML.

    Args:
        people: everyone.
        wanted: the page to open afterwards.
        guest: as whom one takes the demo's tour; None where this is no demo.
    """
    buttons = "".join(_person_button(person) for person in people if not person.is_simulated)
    empty = "<p>Nobody is known here yet. Add someone with <code>rhml people add</code>.</p>"
    parts = {
        "style": _style(),
        "next": escape(wanted),
        "door": escape(door_words(is_demo=guest is not None)),
        "tour": _way_into_tour(guest),
        "people": buttons or empty,
        "simulated": _simulated_people([person for person in people if person.is_simulated]),
    }
    # One pass, so that a name that looks like a placeholder stays a name.
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], asset("sign_in.html"))


async def show_sign_in(request: Request) -> Response:
    """The page on which one picks a name."""
    people = await run_in_threadpool(list_people, workplace())
    guest = await run_in_threadpool(tour_guest, workplace())
    wanted = local_path(request.query_params.get("next", "/"))
    page = sign_in_page(people, wanted, guest=guest)
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(page, headers=headers)


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM_BYTES:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _open_session_of(person_id: str) -> str | None:
    place = workplace()
    known = {person.person_id: person for person in list_people(place)}
    person = known.get(person_id)
    if person is None or person.is_simulated:
        return None
    try:
        return open_session(place, person_id)
    except NotFoundError:  # removed since the list was read
        return None


async def sign_in(request: Request) -> Response:
    """Opens a session for the person picked and leads to the page wanted."""
    form = await _form(request)
    wanted = local_path(form.get("next", "/"))
    token = await run_in_threadpool(_open_session_of, form.get("person", ""))
    if token is None:
        return RedirectResponse("/sign-in", status_code=303)
    response = RedirectResponse(wanted, status_code=303)
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", path="/")
    return response


async def sign_out(request: Request) -> Response:
    """Closes the session and leads back to the page of names."""
    token = request.cookies.get(COOKIE)
    if token:
        await run_in_threadpool(close_session, workplace(), token)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response


async def _favicon(_request: Request) -> Response:
    return FileResponse(SIGN_FILE, media_type="image/png")


def sign_in_routes() -> list[Route]:
    """The routes of this module."""
    return [
        Route("/favicon.png", _favicon, methods=["GET"]),
        Route("/sign-in", show_sign_in, methods=["GET"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
    ]
