"""The Label page as its expert uses it: by keyboard alone."""

import re

from playwright.sync_api import expect

PATIENCE = 30_000


def message_shown(page):
    """The message that waits for a label, as one sees it."""
    return page.locator(".desk .message > .text").inner_text()


def state_of(page):
    """Where the shown turn stands: `open`, `explained`, `revealed` or `done`."""
    return page.locator(".desk").get_attribute("data-state")


def n_done(page):
    """How many messages the page says were judged today."""
    return int(
        re.match(r"[\d,]+", page.locator(".desk .progress").inner_text())[0].replace(",", "")
    )


def commit_by_keys(page, label_key, sure_key):
    """Choose a label, say how sure, commit; returns when the server has answered."""
    before = n_done(page)
    page.keyboard.press(label_key)
    expect(page.locator(".desk .label[aria-checked=true]")).to_have_count(1)
    page.keyboard.press(sure_key)
    expect(page.locator(".desk .pill[aria-checked=true]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".desk .progress")).to_contain_text(
        f"{before + 1:,} done today", timeout=PATIENCE
    )


def keep_by_key(page):
    """Hold the own answer through the explanation and the reveal, where they come."""
    desk = page.locator(".desk")
    if state_of(page) == "explained":
        page.keyboard.press("k")
        expect(desk).to_have_attribute("data-state", "revealed", timeout=PATIENCE)
    if state_of(page) == "revealed":
        page.keyboard.press("k")
    expect(desk).to_have_attribute("data-state", "open", timeout=PATIENCE)


def judge_by_keys(page, label_key, sure_key="u"):
    """One message from its first sight to the next one; the own answer is held throughout."""
    commit_by_keys(page, label_key, sure_key)
    keep_by_key(page)
