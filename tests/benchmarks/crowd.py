"""Other experts at work: each a real HTTP client that judges a message every few seconds."""

import contextlib
import random
import threading

from tests.benchmarks.turn_corpus import PROJECT, expert_id, label_of
from tests.serving import label_one

_SECONDS_A_JUDGEMENT = 3.0
_JITTER = 0.5


class Crowd:
    """Experts who label until told to stop; counts what they did."""

    def __init__(self, server, n):
        """`n` experts of `server`, not yet at work."""
        self._server = server
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._label, args=(number,), daemon=True) for number in range(n)
        ]
        self.n_judged = 0
        self.faults = []

    def __enter__(self):
        """Set them to work."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        """Let them finish their message."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _label(self, number):
        chance = random.Random(number)
        try:
            with contextlib.closing(self._server.client(expert_id(number))) as client:
                # At this pace a kept connection would be closed by the server just as it is used.
                client.headers["Connection"] = "close"
                while not self._stop.is_set():
                    text = _next_text(client)
                    self._stop.wait(_SECONDS_A_JUDGEMENT * chance.uniform(1 - _JITTER, 1 + _JITTER))
                    label_one(client, PROJECT, label_of(text))
                    self.n_judged += 1
        except Exception as error:
            self.faults.append(error)


def _next_text(client):
    drawn = client.post(f"/api/v1/projects/{PROJECT}/turns/next")
    drawn.raise_for_status()
    return drawn.json()["turn"]["text"]
