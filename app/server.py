"""The one process that people's browsers talk to: pages, sign-in and health in one ASGI app."""

import sys
import threading
import time
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount, Route

from app.api.v1 import create_api
from app.guard import LOOPBACK, Guard
from app.page_fault import keep_words_out_of_the_log, show_fault
from app.session import keep_workplace, person_behind
from app.sign_in import sign_in_routes
from app.streamlit_options import apply_options
from rhml_core import __version__
from rhml_core.errors import InvalidInputError
from rhml_core.settings import Settings
from rhml_core.workflows.workplace import Workplace, open_workplace

_SECONDS_TO_SAY_GOODBYE = 3
_SECONDS_A_THREAD_RUNS = 0.0005
_MAIN = Path(__file__).with_name("main.py")


async def _health(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok", "version": __version__})


async def _home(request: Request) -> RedirectResponse:
    """Home has no name in its own address, but people write it all the same."""
    query = request.url.query
    return RedirectResponse(f"/?{query}" if query else "/")


def check_sign_in(settings: Settings, host: str) -> None:
    """
    Make sure that nobody but people at this computer can sign in without proof.

    Raises:
        InvalidInputError: the sign-in mode is unknown, or it is `demo` on another host.
    """
    if settings.sign_in != "demo":
        raise InvalidInputError(
            f"Sign-in mode {settings.sign_in!r} is not known. Set it to 'demo'."
        )
    if host not in LOOPBACK:
        raise InvalidInputError(
            f"Signing in proves nothing yet, so the workplace is not served on {host}. "
            "Use --host localhost."
        )


def create_app(
    settings: Settings, *, place_factory: Callable[[Settings], Workplace] = open_workplace
) -> st.App:
    """
    The ASGI app: it opens the workplace when it starts and closes it when it stops.

    Raises:
        InvalidInputError: the sign-in mode is unknown.
    """
    check_sign_in(settings, "localhost")
    apply_options(settings.max_upload_megabytes)
    keep_words_out_of_the_log()
    # A chart takes pandas as it finds it, and fails where another page has half imported it.
    import_module("pandas")

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
        place = await run_in_threadpool(place_factory, settings)
        keep_workplace(place)
        try:
            yield {}
        finally:
            keep_workplace(None)
            await run_in_threadpool(place.close)

    return st.App(
        _MAIN,
        lifespan=lifespan,
        routes=[
            Route("/healthz", _health),
            Route("/home", _home),
            Mount("/api/v1", create_api()),
            *sign_in_routes(),
        ],
        middleware=[Middleware(Guard, person_behind=person_behind)],
        on_script_error=show_fault,
    )


def _open_browser(server: uvicorn.Server, address: str) -> None:
    while not server.started and not server.should_exit:
        time.sleep(0.1)
    if server.started:
        webbrowser.open(address)


def run_server(
    settings: Settings,
    *,
    host: str = "localhost",
    port: int = 8501,
    open_browser: bool = False,
    place_factory: Callable[[Settings], Workplace] = open_workplace,
) -> None:
    """
    Serve the workplace until it is stopped.

    Raises:
        InvalidInputError: the sign-in mode is unknown, or not safe on this host.
        DatabaseInUseError and others: the workplace cannot be opened.
    """
    check_sign_in(settings, host)
    # A thread that computes hands over ten times sooner than by default to one that answers.
    sys.setswitchinterval(_SECONDS_A_THREAD_RUNS)
    place = place_factory(settings)  # before the server starts, so that a fault is one line
    config = uvicorn.Config(
        create_app(settings, place_factory=lambda _: place),
        host=host,
        port=port,
        log_level="warning",
        ws="websockets-sansio",
        lifespan="on",
        timeout_graceful_shutdown=_SECONDS_TO_SAY_GOODBYE,
    )
    server = uvicorn.Server(config)
    if open_browser:
        address = f"http://{'localhost' if host in LOOPBACK else host}:{port}"
        threading.Thread(target=_open_browser, args=(server, address), daemon=True).start()
    server.run()
