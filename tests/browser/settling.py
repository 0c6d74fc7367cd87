"""The page Adjudicate as a supervisor uses it: by keyboard."""

import pytest

MOST_PRESSES = 20


def choose_by_key(visitor, key, option):
    """Press until the page listens and has chosen `option`, named as in its widget's key."""
    chosen = visitor.page.locator(f".st-key-adjudicate_{option}").get_by_text(
        "radio_button_checked"
    )
    for _ in range(MOST_PRESSES):
        visitor.page.keyboard.press(key)
        visitor.settle()
        if chosen.count():
            return
    pytest.fail(f"{key} chose nothing")
