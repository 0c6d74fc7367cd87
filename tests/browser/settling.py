"""The page Adjudicate as a supervisor uses it: by keyboard."""

from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError  # noqa: A004 -- Playwright's own

from tests.browser.visitor import SECONDS

MOST_PRESSES = 20
_SECONDS_TO_HEAR = 2


def choose_by_key(visitor, key, option):
    """Press until the page listens and has chosen `option`, named as in its widget's key."""
    chosen = visitor.page.locator(f".st-key-adjudicate_{option}").get_by_text(
        "radio_button_checked"
    )
    for _ in range(MOST_PRESSES):
        visitor.page.keyboard.press(key)
        visitor.settle()
        with suppress(TimeoutError):
            chosen.first.wait_for(timeout=_SECONDS_TO_HEAR * SECONDS)
            return
    pytest.fail(f"{key} chose nothing")
