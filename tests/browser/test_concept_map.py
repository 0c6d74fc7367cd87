"""Two experts draw their maps, by mouse and by keys; the merged map and the agreement follow."""

import re

import pytest
from playwright.sync_api import expect

from rhml_core.domain import Label, Role
from tests.browser.preparing import preparing
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE = {"Sue": Role.ADMIN, "Ana": Role.EXPERT, "Ben": Role.EXPERT}
LABELS = [Label("sale", "offers something"), Label("leak", "posts data")]
PATIENCE = 60_000
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """A project with two labels and no message, served."""
    folder = tmp_path_factory.mktemp("maps")
    with preparing(folder / "maps.duckdb", encoder_cache, PEOPLE, LABELS):
        pass
    with serving(folder / "maps.duckdb", folder / "server.log", cache=encoder_cache) as server:
        yield server


def wait_until_stored(page):
    """The screen says that everything is in the database."""
    expect(page.locator(".map")).not_to_have_class(re.compile("busy"), timeout=PATIENCE)
    expect(page.locator(".map .problem")).to_be_hidden()


def say(page, subject, kind, other):
    """A proposition in words, beside the drawing."""
    form = page.locator(".map .state")
    form.get_by_label("Subject").fill(subject)
    form.get_by_label("Type of link").select_option(kind)
    form.get_by_label("Object").fill(other)
    form.get_by_role("button", name="Say it").click()
    wait_until_stored(page)


def node(page, name):
    """The drawn node of this name."""
    return page.locator(".map .nodes .node").filter(has=page.get_by_text(name, exact=True))


def said(page):
    """What the list beside the drawing says."""
    return page.get_by_role("list", name="Propositions").get_by_role("listitem")


def choose_part(visitor, name, heading):
    """Go to another part of the page."""
    visitor.page.get_by_role("radio", name=name).or_(
        visitor.page.get_by_role("button", name=name, exact=True)
    ).first.click()
    expect(visitor.page.locator("h1")).to_contain_text(heading, timeout=PATIENCE)
    visitor.settle()


def test_two_experts_draw_and_compare(visit):
    """
    Ana: escrow indicates sale, dump indicates leak, sale excludes leak. Ben: the first, and dump
    excludes leak, and a third of his own. One of five is shared, of three and three: F1 = 1/3.
    """
    ana, ben = visit(), visit()
    ana.sign_in("Ana", wanted="concept_map")
    ben.sign_in("Ben", wanted="concept_map")

    _begin_by_mouse(ana.page)
    _draw_by_keys(ana.page)
    say(ana.page, "sale", "excludes", "leak")

    choose_part(ben, "Team", "First your own map")
    assert "escrow" not in ben.page.locator("body").inner_text()
    choose_part(ben, "Mine", "Your map is empty")
    for statement in (
        ("Escrow", "indicates", "sale"),
        ("dump", "excludes", "leak"),
        (HOSTILE, "is a", "dump"),
    ):
        say(ben.page, *statement)
    expect(said(ben.page)).to_have_count(3)

    _compare(ben)
    _undo_is_kept(ana)


def _begin_by_mouse(page):
    """Take the labels, add a node by double click, pull a link from its handle, drag a node."""
    page.get_by_role("button", name="Begin with these 2").click()
    wait_until_stored(page)
    expect(page.locator(".map .nodes .node.label")).to_have_count(2)
    paper = page.locator(".map .paper > svg")
    paper.dblclick(position={"x": 60, "y": 60})
    page.get_by_label("Name of the new node").fill("escrow")
    page.keyboard.press("Enter")
    wait_until_stored(page)
    _pull_link(page, "escrow", "sale")
    page.get_by_role("menuitem", name="indicates").click()
    wait_until_stored(page)
    expect(said(page)).to_have_text(["escrow — indicates — sale"])
    _drag_is_kept(page)


def _pull_link(page, source, target):
    node(page, source).locator(".body").click()
    start = node(page, source).locator(".handle").bounding_box()
    end = node(page, target).locator(".body").bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + end["height"] / 2, steps=6)
    page.mouse.up()


def _drag_is_kept(page):
    body = node(page, "escrow").locator(".body")
    before = body.bounding_box()
    page.mouse.move(before["x"] + 20, before["y"] + 10)
    page.mouse.down()
    page.mouse.move(before["x"] + 50, before["y"] + 60, steps=5)
    page.mouse.up()
    wait_until_stored(page)
    dragged = node(page, "escrow").get_attribute("transform")
    page.reload()
    expect(node(page, "escrow")).to_have_attribute("transform", dragged, timeout=PATIENCE)


def _draw_by_keys(page):
    """N, a name, L, the other end, 2; nothing is touched by the mouse."""
    node(page, "sale").focus()
    page.keyboard.press("n")
    page.keyboard.type("dump")
    page.keyboard.press("Enter")
    wait_until_stored(page)
    expect(node(page, "dump")).to_be_focused(timeout=PATIENCE)
    page.keyboard.press("l")
    node(page, "leak").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    wait_until_stored(page)
    expect(said(page)).to_have_text(["dump — indicates — leak", "escrow — indicates — sale"])
    expect(node(page, "dump")).to_be_focused(timeout=PATIENCE)
    page.keyboard.press("Delete")
    wait_until_stored(page)
    expect(said(page)).to_have_count(1)
    page.keyboard.press("Control+z")
    wait_until_stored(page)
    expect(said(page)).to_have_count(2)


def _compare(ben):
    page = ben.page
    choose_part(ben, "Team", "2 people make 5 statements")
    expect(page.locator("h1")).to_contain_text("contradict each other on 1 pair")
    expect(said(page)).to_have_count(5)
    [shared] = [row for row in said(page).all() if row.get_by_role("img").count() == 2]
    assert shared.inner_text().startswith("escrow — indicates — sale") or (
        shared.inner_text().startswith("Escrow — indicates — sale")
    )
    expect(page.get_by_role("list", name="Propositions")).to_contain_text(HOSTILE)
    choose_part(ben, "Over time", "1 of 5 statements shared, map agreement 0.33 [")
    expect(page.locator("h1")).to_contain_text("n = 5")
    choose_part(ben, "Team", "2 people make 5 statements")
    page.get_by_role("button", name="sale — excludes — leak").click()
    page.get_by_role("button", name="Take over into mine").click()
    wait_until_stored(page)
    expect(page.locator(".map .chosen")).to_contain_text("2 of 2", timeout=PATIENCE)
    choose_part(ben, "Over time", "2 of 5 statements shared, map agreement 0.57 [")


def _undo_is_kept(ana):
    """After a reload the acts of before can still be taken back."""
    page = ana.open("concept_map")
    page.get_by_role("button", name="Undo").click()
    wait_until_stored(page)
    expect(said(page)).to_have_count(2, timeout=PATIENCE)
    page.get_by_role("button", name="Redo").click()
    wait_until_stored(page)
    expect(said(page)).to_have_count(3, timeout=PATIENCE)
