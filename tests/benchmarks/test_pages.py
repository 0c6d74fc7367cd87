"""The benchmark of pages: it knows every page, and its looks are those of real pages."""

import pytest

from app.main import SECTIONS
from tests.benchmarks import pages
from tests.benchmarks.pages import HeldBack, looks_of, measure, report


def test_every_page_is_looked_at_by_everyone_who_may_see_it():
    seen = {(view, role) for view, role, _ in looks_of()}

    roles = ("viewer", "expert", "supervisor")
    for entries in SECTIONS.values():
        for view, _, _, least in entries:
            allowed = roles[roles.index(least.value) :]
            assert {role for page, role in seen if page == view} == set(allowed)


def test_what_is_held_back_is_done_later_with_what_it_brings():
    beside, done = HeldBack(), []
    beside.begin(lambda: beside.begin(lambda: done.append("second")) and done.append("first"))
    before = list(done)

    seconds = beside.do_all()

    assert before == []
    assert done == ["first", "second"]
    assert seconds >= 0


def _side(**seconds):
    row = {"page": "home", "role": "viewer", "commit": 0.01, "wrongs": []}
    return {"rows": [row | {"changed": 0.01, "same": 0.01} | seconds]}


@pytest.mark.parametrize(("seconds", "holds"), [(0.09, True), (0.11, False)])
def test_a_page_may_take_twice_its_time_and_tiny_times_count_as_50_ms(seconds, holds):
    document = report(_side(), _side(changed=seconds))

    by_name = {one["name"]: one for one in document["targets"]}
    assert by_name["home for the viewer, changed: times as long"]["holds"] is holds
    assert by_name["home for the viewer, same: times as long"]["value"] == 1.0


def test_small_projects_are_measured_on_real_pages(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "_N_AGAIN", 1)
    monkeypatch.setattr(pages, "_N_SAMPLES", 1)

    document = measure(tmp_path, few=(150, 60), many=(200, 80), views=("codebook",))

    names = [one["name"] for one in document["targets"]]
    assert "codebook Labels for the viewer, same: times as long" in names
    wrongs = {one["name"]: one["value"] for one in document["targets"]}["looks that went wrong"]
    assert wrongs == 0
