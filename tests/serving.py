"""A real server in a process of its own, and clients that talk to it over HTTP."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import httpx

RHML = [sys.executable, "-m", "rhml_core.cli"]
_SECONDS_TO_START = 90


def run_rhml(*words, check=True, **options):
    """Run one command of the command line; its output as text."""
    return subprocess.run(
        [*RHML, *map(str, words)], capture_output=True, text=True, check=check, **options
    )


def free_port():
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen
    port: int
    log: Path

    @property
    def address(self):
        """Where it answers."""
        return f"http://localhost:{self.port}"

    def kill(self):
        """End it as the system would: at once, without a word."""
        self.process.kill()
        self.process.wait()

    def client(self, person_id):
        """An HTTP client signed in as a person."""
        client = httpx.Client(base_url=self.address, timeout=60)
        answer = client.post("/sign-in", data={"person": person_id})
        assert answer.status_code == 303, answer.text
        assert "rhml_session" in client.cookies
        return client


def start_server(database, log, *, cache, command=("serve",), environment=None):
    """Start a server on a database and wait until it answers."""
    port = free_port()
    with Path(log).open("w") as sink:
        process = subprocess.Popen(
            [*RHML, *command, "--db", str(database), "--port", str(port)],
            stdout=sink,
            stderr=sink,
            env=os.environ | {"RHML_CACHE": str(cache)} | (environment or {}),
        )
    server = Server(process, port, Path(log))
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{server.address}/healthz", timeout=5).status_code == 200:
                return server
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"the server did not start: {Path(log).read_text()}")


@contextlib.contextmanager
def serving(database, log, **options):
    """A server for the length of a block."""
    server = start_server(database, log, **options)
    try:
        yield server
    finally:
        server.process.terminate()
        try:
            server.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


def label_one(client, project_id, label):
    """
    Take one turn over HTTP to its end.

    Returns:
        The acknowledged judgements as (turn, phase, label), or None where nothing is left.
    """
    drawn = client.post(f"/api/v1/projects/{project_id}/turns/next")
    drawn.raise_for_status()
    view = drawn.json()["turn"]
    if view is None:
        return None
    acknowledged = []
    steps = {
        "open": ("commit", "commit"),
        "explained": ("answer", "revised"),
        "revealed": ("finish", "final"),
    }
    while view["state"] in steps:
        route, phase = steps[view["state"]]
        answer = client.post(
            f"/api/v1/turns/{view['turn_id']}/{route}",
            json={"label": label, "key": uuid.uuid4().hex},
        )
        answer.raise_for_status()
        acknowledged.append((view["turn_id"], phase, label))
        view = answer.json()["turn"]
    return acknowledged
