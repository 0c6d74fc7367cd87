"""Long lists: the page shown stands in the address, and an empty filter has a way out."""

import pytest

from rhml_core.domain import Role
from rhml_core.workflows import people
from tests.app.store_fixtures import look, make_project, texts_of
from tests.app.training_fixtures import begin_study, page_of, seen

N_ON_PAGE = 12


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    study.fill()
    yield study
    study.place.close()


def _messages(study, monkeypatch, person=None, **filters):
    for module in ("listing", "open_list"):
        monkeypatch.setattr(f"app.views.messages.{module}.N_ON_PAGE", N_ON_PAGE)
    page = page_of("messages", study, person or study.admin)
    for name, value in filters.items():
        page.query_params[name] = value
    return page.run()


def _ids(page):
    return list(page.dataframe[0].value["message_id"])


def test_address_names_the_page_of_the_messages(study, monkeypatch):
    """A colleague who is sent the address sees the same messages."""
    page = _messages(study, monkeypatch, page="3")

    assert not page.exception
    assert _ids(page) == ["m24", "m25", "m26", "m27", "m28", "m29"]
    assert "25 to 30 of 30" in seen(page)


def test_another_filter_begins_with_its_first_page(study, monkeypatch):
    page = _messages(study, monkeypatch, page="3")

    page.selectbox(key="messages_split").set_value("holdout").run()

    assert not page.exception
    assert "page" not in page.query_params
    assert "1 to 12 of 20" in seen(page)


@pytest.mark.parametrize("wanted", ["9", "0", "x", "²"])
def test_page_that_is_not_there_is_the_first(study, monkeypatch, wanted):
    page = _messages(study, monkeypatch, page=wanted)

    assert not page.exception
    assert _ids(page)[0] == "m0"


def test_filters_without_a_hit_are_taken_away_by_one_click(study, monkeypatch):
    page = _messages(study, monkeypatch, search="nowhere", split="pool", basis="decided")

    assert "No message fits these filters" in seen(page)

    page.button(key="messages_none").click().run()

    assert not page.exception
    assert not {"search", "split", "basis"} & set(page.query_params)
    assert len(_ids(page)) == N_ON_PAGE


def test_experts_list_has_its_pages_in_the_address_too(study, monkeypatch):
    study.judge({f"m{n}": "Sale" for n in range(20)}, by=study.expert.name)

    page = _messages(study, monkeypatch, study.expert, page="2")

    assert not page.exception
    assert "13 to 20 of 20" in seen(page)


def test_use_of_a_message_is_told_in_words(study, monkeypatch):
    page = _messages(study, monkeypatch, page="2")

    assert set(page.dataframe[0].value["split"]) == {"to learn from", "hold-out"}


def test_address_names_the_page_of_the_team_and_heads_explain_themselves(place, team, monkeypatch):
    monkeypatch.setattr("app.views.team.page.N_ON_PAGE", 2)
    project = make_project(place, team)
    people.add_person(place, team["sue"], "Zoe", Role.EXPERT)

    page = look("team", place, team["sue"], project, page="2")

    assert not page.exception
    shown = [one.key for one in page.button if (one.key or "").startswith("member_")]
    assert shown == ["member_zoe"]
    assert 'title="Messages on a day with any, in the last 7 days"' in texts_of(page)
