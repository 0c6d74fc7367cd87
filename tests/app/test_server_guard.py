import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app import sign_in
from app.guard import Guard, host_name, is_same_origin, local_path
from app.server import check_sign_in
from app.session import COOKIE
from app.streamlit_options import OPTIONS_FILE, flat_options
from rhml_core.domain import Person, Role
from rhml_core.errors import InvalidInputError, NotFoundError
from rhml_core.settings import Settings

ANA = Person("p1", "Ana <b>Ruiz</b>", Role.EXPERT)
SIMULATED = Person("s1", "Expert A", Role.EXPERT, is_simulated=True)
PEOPLE = [ANA, SIMULATED]


@pytest.fixture
def sessions(monkeypatch):
    """Sessions kept in a dictionary in place of the store."""
    kept = {"known": ANA}

    def open_session(_place, person_id):
        token = f"token-of-{person_id}"
        kept[token] = next(person for person in PEOPLE if person.person_id == person_id)
        return token

    monkeypatch.setattr(sign_in, "workplace", lambda: None)
    monkeypatch.setattr(sign_in, "tour_guest", lambda _place: None)
    monkeypatch.setattr(sign_in, "list_people", lambda _place: PEOPLE)
    monkeypatch.setattr(sign_in, "open_session", open_session)
    monkeypatch.setattr(sign_in, "close_session", lambda _place, token: kept.pop(token, None))
    return kept


@pytest.fixture
def client(sessions):
    """A browser before a small app behind the guard."""

    async def page(_request):
        return PlainTextResponse("inside")

    async def stream(websocket):
        await websocket.accept()
        await websocket.send_text("inside")
        await websocket.close()

    routes = [
        *sign_in.sign_in_routes(),
        Route("/healthz", page),
        WebSocketRoute("/_stcore/stream", stream),
        Route("/{path:path}", page, methods=["GET", "POST"]),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, person_behind=sessions.get)])
    return TestClient(app, base_url="http://localhost:8501", follow_redirects=False)


def test_page_without_a_session_leads_to_the_names_and_back(client):
    answer = client.get("/label?project=p1")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/label%3Fproject%3Dp1"


def test_health_needs_no_session(client):
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/media/x.png", "/api/v1/runs"])
def test_data_without_a_session_is_refused(client, path):
    assert client.get(path).status_code == 401


def test_session_opens_every_page(client):
    client.cookies.set(COOKIE, "known")

    assert client.get("/label").text == "inside"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.5:8501", ""])
def test_other_hosts_are_refused(client, host):
    """A foreign name that points to this computer must not reach the demo."""
    client.cookies.set(COOKIE, "known")

    assert client.get("/label", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:9999"])
def test_posts_from_other_sites_are_refused(client, origin):
    answer = client.post("/sign-in", data={"person": "p1"}, headers={"Origin": origin})

    assert answer.status_code == 403
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://evil.example", "Cookie": f"{COOKIE}=known"}]
)
def test_stream_needs_session_and_own_origin(client, headers):
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/_stcore/stream", headers=headers),
    ):
        pass


def test_stream_opens_with_session_and_own_origin(client):
    headers = {
        "Origin": "http://localhost:8501",
        "Cookie": f"{COOKIE}=known",
        "Host": "localhost:8501",
    }

    with client.websocket_connect("/_stcore/stream", headers=headers) as stream:
        assert stream.receive_text() == "inside"


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(client):
    answer = client.post("/sign-in", data={"person": "p1", "next": "/label?project=p1"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/label?project=p1")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize("person", ["s1", "nobody", ""])
def test_nobody_signs_in_as_simulated_or_unknown(client, person):
    answer = client.post("/sign-in", data={"person": person})

    assert answer.headers["location"] == "/sign-in"
    assert "set-cookie" not in answer.headers


def test_person_removed_meanwhile_cannot_sign_in(client, monkeypatch):
    def gone(_place, _person_id):
        raise NotFoundError("There is no such person.")

    monkeypatch.setattr(sign_in, "open_session", gone)

    assert client.post("/sign-in", data={"person": "p1"}).headers["location"] == "/sign-in"


def test_form_too_large_is_not_read(client):
    answer = client.post("/sign-in", data={"person": "p1", "next": "/" + "a" * 10_000})

    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_session(client, sessions):
    client.cookies.set(COOKIE, "known")

    client.post("/sign-out")

    assert "known" not in sessions


def test_names_are_text_and_simulated_ones_no_buttons(client):
    page = client.get("/sign-in?next=/label").text

    assert "Ana &lt;b&gt;Ruiz&lt;/b&gt;" in page
    assert page.count("<button") == 1
    assert "Simulated experts" in page
    assert "{{" not in page


def test_placeholder_in_a_name_stays_a_name():
    page = sign_in.sign_in_page([Person("p", "{{people}}", Role.EXPERT)], "/")

    assert "<b>{{people}}</b>" in page


def test_answers_carry_the_security_headers(client):
    headers = client.get("/healthz").headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("/label?project=p1", "/label?project=p1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("", "/"),
    ],
)
def test_only_local_paths_are_followed(path, local):
    assert local_path(path) == local


@pytest.mark.parametrize(
    ("host", "name"),
    [("localhost:8501", "localhost"), ("[::1]:1", "::1"), ("a@localhost", ""), ("localhost:x", "")],
)
def test_host_header_is_read_strictly(host, name):
    assert host_name(host) == name


def test_origin_with_another_port_is_another_site():
    assert not is_same_origin("http://localhost:1", "localhost:2")


def test_demo_is_not_served_to_other_computers():
    with pytest.raises(InvalidInputError, match="localhost"):
        check_sign_in(Settings(), "0.0.0.0")  # noqa: S104 -- what must be refused


def test_unknown_sign_in_mode_is_refused():
    with pytest.raises(InvalidInputError, match="demo"):
        check_sign_in(Settings(sign_in="trust"), "localhost")


def test_options_say_what_must_hold_everywhere():
    import tomllib  # noqa: PLC0415 -- only here

    options = flat_options(tomllib.loads(OPTIONS_FILE.read_text(encoding="utf-8")))

    assert options["browser.gatherUsageStats"] is False
    assert options["server.fileWatcherType"] == "none"
    assert options["client.toolbarMode"] == "minimal"
    assert {"theme.light.primaryColor", "theme.dark.primaryColor"} <= options.keys()
