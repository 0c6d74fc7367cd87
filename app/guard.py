"""What every request must pass: the right host, the right origin, a session; and its headers."""

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.session import COOKIE
from rhml_core.domain import Person

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN_PATHS = ("/sign-in", "/healthz", "/favicon.png", "/favicon.ico", "/manifest.json")
OPEN_FOLDERS = ("/static/",)
_NOT_DOCUMENTS = ("/_stcore/", "/media/", "/component/", "/api/")
_READING = ("GET", "HEAD", "OPTIONS")


def host_name(host: str) -> str:
    """
    The name in a Host header, without its port; "" where the header makes no sense.

    >>> host_name("localhost:8501"), host_name("[::1]:8501"), host_name("a@b")
    ('localhost', '::1', '')
    """
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises where the port is no number
    except ValueError:
        return ""
    return "" if parts.username is not None or parts.path else (parts.hostname or "")


def is_same_origin(origin: str | None, host: str) -> bool:
    """Whether a request comes from our own pages; one without an Origin is no browser's page."""
    if origin is None:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc == host


def local_path(path: str) -> str:
    """
    The path if it leads to a page of this server, else `/`.

    >>> local_path("/label?project=p1"), local_path("//evil.example"), local_path("https://x")
    ('/label?project=p1', '/', '/')
    """
    is_local = path.startswith("/") and not path.startswith(("//", "/\\"))
    has_controls = any(ord(character) < ord(" ") for character in path)
    return path if is_local and not has_controls else "/"


def content_security_policy() -> str:
    """The policy: nothing from another host, no inline script but the one of Streamlit's page."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'"
        for s in scripts
    ]
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' blob: 'wasm-unsafe-eval' {' '.join(hashes)}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class Guard:
    """Lets a request through to the app only where host, origin and session are right."""

    def __init__(
        self, app: ASGIApp, *, person_behind: Callable[[str | None], Person | None]
    ) -> None:
        """Stand before `app`; `person_behind` tells whose session a token is."""
        self._app = app
        self._person_behind = person_behind
        self._headers = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or one websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        if scope["type"] == "websocket":
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        answer: ASGIApp = self._app if refusal is None else refusal
        await answer(scope, receive, self._with_headers(send))

    async def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host_name(host) not in LOOPBACK:
            return PlainTextResponse("Open this workplace as http://localhost.", status_code=400)
        is_writing = scope["type"] == "websocket" or scope["method"] not in _READING
        if is_writing and not is_same_origin(headers.get("origin"), host):
            return PlainTextResponse("This request came from another site.", status_code=403)
        path = str(scope["path"])
        if path in OPEN_PATHS or path.startswith(OPEN_FOLDERS):
            return None
        token = HTTPConnection(scope).cookies.get(COOKIE)
        if await run_in_threadpool(self._person_behind, token):
            return None
        if is_writing or path.startswith(_NOT_DOCUMENTS):
            return PlainTextResponse("Sign in first.", status_code=401)
        query = scope["query_string"].decode("latin-1")
        wanted = local_path(f"{path}?{query}" if query else path)
        suffix = "" if wanted == "/" else f"?next={quote(wanted, safe='/')}"
        return RedirectResponse(f"/sign-in{suffix}", status_code=303)

    def _with_headers(self, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return send_with_headers
