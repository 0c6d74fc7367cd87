"""Downloads on Messages, Codebook and Settings: for whom they are, and what they say."""

from dataclasses import replace

import pytest

from app.views.messages import export
from rhml_core.domain import Role
from rhml_core.workflows import people
from tests.app.training_fixtures import begin_study, page_of, seen


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    study.fill()
    yield study
    study.place.close()


@pytest.fixture
def expert(study):
    return people.add_person(study.place, study.admin, "Eve", Role.EXPERT)


def downloads(page):
    return [element.proto.label for element in page.get("download_button")]


def test_supervisors_find_the_export_beside_the_messages(study):
    page = page_of("messages", study).run()

    assert not page.exception
    assert downloads(page) == ["CSV files", "Excel workbook"]
    assert "nobody has settled it" in seen(page)


def test_experts_are_offered_no_export_of_messages(study, expert):
    page = page_of("messages", study, expert).run()

    assert not page.exception
    assert downloads(page) == []


def test_everyone_may_take_the_codebook_away(study, expert):
    page = page_of("codebook", study, expert).run()

    assert not page.exception
    assert downloads(page) == ["Download as CSV"]


def test_admins_may_back_the_workplace_up(study, expert):
    page = page_of("settings", study)
    page.session_state["settings_tab"] = "Backup"

    page.run()

    assert not page.exception
    assert downloads(page) == ["Download a backup"]
    assert "rhml restore" in seen(page)


def test_others_are_offered_no_backup(study, expert):
    page = page_of("settings", study, expert).run()

    assert not page.exception
    assert "Backup" not in [tab.label for tab in page.tabs]


@pytest.mark.parametrize(
    ("name", "file"),
    [("Forum study", "Forum-study.zip"), ("../a/b", "a-b.zip"), ("„?“", "export.zip")],
)
def test_file_is_named_after_the_project(study, name, file):
    """A project's name may hold what a file's name may not."""
    assert export._file_name(replace(study.project, name=name), ".zip") == file
