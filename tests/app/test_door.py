"""Who can sign in as whom stands on every page, and says demo of the demo alone."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.store_fixtures import make_project, texts_of


def _shell(place, person, project):
    from app import main  # noqa: PLC0415 -- this function becomes a script of its own

    main._show_view("reflection", place, person, project)


@pytest.mark.parametrize(
    ("is_demo", "said", "unsaid"),
    [(False, "No passwords here: whoever can reach", "Demo"), (True, "Demo: anyone", "passwords")],
)
def test_every_page_says_who_can_come_in(place, team, monkeypatch, is_demo, said, unsaid):
    """A team must neither take its own work for a game nor names for proofs."""
    monkeypatch.setattr("app.main.can_tour", lambda *_: is_demo)
    shown = (place, team["ana"], make_project(place, team))

    page = AppTest.from_function(_shell, args=shown, default_timeout=30).run()

    assert not page.exception
    (note,) = [one for one in texts_of(page).splitlines() if 'role="note"' in one]
    assert said in note
    assert unsaid not in note
    assert ("Take the tour" in note) is is_demo
