"""Two pages in a real browser, and the time from Enter to the next text, taken inside the page."""

import contextlib
import os
from dataclasses import dataclass

from tests.benchmarks.turn_corpus import LABELS, label_of

BROWSER = os.environ.get("RHML_CHROMIUM", "/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# From the key's arrival in the page to the first task after the frame that shows the new text.
_ARM = """(seen) => {
  const before = seen()
  window.turn = new Promise((resolve) => {
    let start = null
    const pressed = () => (start = performance.now())
    window.addEventListener("keydown", pressed, { capture: true, once: true })
    const watcher = new MutationObserver(() => {
      const now = seen()
      const isSame = now.text === before.text && now.state === before.state
      if (start === null || !now.text || isSame) return
      watcher.disconnect()
      requestAnimationFrame(() => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () =>
          resolve({ text: now.text, state: now.state, milliseconds: performance.now() - start })
        channel.port2.postMessage(null)
      })
    })
    const everything = { subtree: true, childList: true, characterData: true, attributes: true }
    watcher.observe(before.root, everything)
  })
}"""


@dataclass(frozen=True)
class Step:
    """What came after Enter: the text on the screen, its state, and how long it took."""

    text: str
    state: str
    milliseconds: float


class BarePage:
    """The bare form, its button in focus."""

    _READ = """() => ({
      root: document.body, state: "open",
      text: document.querySelector("[data-testid=stText]")?.textContent ?? "",
    })"""

    def __init__(self, page, address):
        """Open it."""
        self._page = page
        page.goto(address)
        page.get_by_role("button", name="Commit").focus()

    def bring_to_front(self):
        """Make it the tab that is looked at."""
        self._page.bring_to_front()

    def take_turn(self):
        """Press Enter; the one step that comes."""
        return [_press_enter(self._page, self._READ)]


class LabelPage:
    """The Label page of the product, as an expert uses it: one key for the label, then Enter."""

    _READ = """(() => {
      const all = [...document.querySelectorAll("*")]
      const host = all.find((one) => one.shadowRoot?.querySelector(".desk"))
      const desk = host.shadowRoot.querySelector(".desk")
      return () => ({
        root: host.shadowRoot, state: desk.dataset.state,
        text: desk.querySelector(".message > .text").textContent,
      })
    })()"""

    def __init__(self, page, server, person_id):
        """Open it, signed in."""
        self._page = page
        with contextlib.closing(server.client(person_id)) as client:
            token = client.cookies["rhml_session"]
        page.context.add_cookies([{"name": "rhml_session", "value": token, "url": server.address}])
        page.goto(f"{server.address}/label")
        page.locator(".go").wait_for(timeout=60_000)

    def bring_to_front(self):
        """Make it the tab that is looked at."""
        self._page.bring_to_front()

    def take_turn(self, *, contrary=False):
        """
        Take one turn to its end, with the right label, or the wrong one if `contrary`.

        Returns:
            The steps that came: the next message, or the explanation, the reveal and then it.
        """
        text = self._page.locator(".message > .text").text_content()
        label = label_of(text)
        if contrary:
            label = next(other for other in LABELS if other != label)
        self._page.keyboard.press(str(LABELS.index(label) + 1))
        steps = [_press_enter(self._page, self._READ)]
        while steps[-1].state != "open":
            steps.append(_press_enter(self._page, self._READ))
        return steps


def _press_enter(page, read):
    page.evaluate(f"({_ARM})({read})")
    page.keyboard.press("Enter")
    step = page.evaluate(
        "turn.then(({ text, state, milliseconds }) => ({ text, state, milliseconds }))"
    )
    return Step(**step)
