"""Pages that fail: one plain sentence and a way on, nothing technical, and the shell stays."""

import logging

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from app.main import SECTIONS
from app.page_fault import keep_words_out_of_the_log, show_fault
from rhml_core.errors import StorageError
from rhml_core.safe_text import plain
from rhml_core.store.database import Database
from tests.app.store_fixtures import make_project, texts_of

VIEWS = [entry[0] for entries in SECTIONS.values() for entry in entries]
SECRET = "cheap pills for Zoe"  # noqa: S105 -- what a message says, and no password
READS = ("read", "rows")


def _shell(view, place, person, project):
    import streamlit as st  # noqa: PLC0415 -- this function becomes a script of its own

    from app import main  # noqa: PLC0415

    st.sidebar.text("the side bar")
    main._show_view(view, place, person, project)


@pytest.fixture
def project(place, team, monkeypatch):
    """In the store, and its pages are drawn as the server draws them."""
    project = make_project(place, team)
    begin = LocalScriptRunner.__init__

    def begin_with_handler(runner, *words, **options):
        begin(runner, *words, **options)
        runner._on_script_error = show_fault

    monkeypatch.setattr(LocalScriptRunner, "__init__", begin_with_handler)
    return project


def _failing_with(error):
    def fail(*_, **__):
        raise error

    return fail


def _look(view, place, person, project):
    page = AppTest.from_function(_shell, args=(view, place, person, project), default_timeout=30)
    page.query_params["label"] = "ham"
    return page.run()


def test_every_page_says_plainly_that_it_failed(place, team, project, monkeypatch, caplog):
    """Nothing of the fault is shown, the side bar stays, and a link tries the same page again."""
    for name in READS:
        monkeypatch.setattr(Database, name, _failing_with(RuntimeError(SECRET)))

    pages = {view: _look(view, place, team["sue"], project) for view in VIEWS}

    for view, page in pages.items():
        assert not page.exception, view
        assert page.sidebar.text[0].value == "the side bar", view
        said = " ".join(one.value for one in page.error)
        assert "Something went wrong here" in said, view
        assert SECRET not in said + texts_of(page), view
        assert 'href="?label=ham"' in texts_of(page), view
    assert caplog.text.count("a page failed: RuntimeError") == len(VIEWS)


def test_every_page_passes_on_what_the_store_says_when_it_refuses(
    place, team, project, monkeypatch
):
    refusal = StorageError("The disk is full. Make room, then try again.")
    for name in READS:
        monkeypatch.setattr(Database, name, _failing_with(refusal))

    pages = {view: _look(view, place, team["sue"], project) for view in VIEWS}

    for view, page in pages.items():
        assert not page.exception, view
        assert [one.value for one in page.error] == [plain(refusal)], view


def test_a_fault_is_logged_without_its_words(place, team, project, monkeypatch, caplog, capsys):
    """A fault may quote a message, and logs never do; where it happened is enough."""
    keep_words_out_of_the_log()
    streamlits = logging.getLogger("streamlit.error_util")
    monkeypatch.setattr(streamlits, "propagate", True)
    monkeypatch.setattr(Database, "rows", _failing_with(RuntimeError(SECRET)))

    _look("home", place, team["sue"], project)

    assert "a page failed: RuntimeError" in caplog.text
    assert "Uncaught app execution" in caplog.text
    assert SECRET not in caplog.text + "".join(capsys.readouterr())
