"""The settings page: how a project works, another project, people."""

import pytest

from rhml_core.domain import Mode, QueueShares, Role
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.people import list_people
from rhml_core.workflows.projects import get_project, list_projects
from tests.app.training_fixtures import begin_study, page_of, seen


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    yield study
    study.place.close()


def tab(study, name, person=None):
    page = page_of("settings", study, person)
    page.session_state["settings_tab"] = name
    return page.run()


def test_first_line_says_how_the_project_works(study):
    page = page_of("settings", study).run()

    assert not page.exception
    assert "Forum study: reciprocal mode, 2 experts for each message, 2 people" in seen(page)


def test_mode_overlap_and_shares_are_saved(study):
    page = page_of("settings", study).run()
    page.radio(key="settings_mode").set_value(Mode.BLIND)
    page.number_input(key="settings_overlap").set_value(3)
    page.slider(key="settings_uncertain").set_value(40)
    page.slider(key="settings_contested").set_value(15)
    page.slider(key="settings_conflict").set_value(5)
    page.slider(key="settings_rare").set_value(0)
    page.slider(key="settings_holdout").set_value(20)
    page.slider(key="settings_probe").set_value(15)

    page.button(key="settings_save").click().run()

    stored = get_project(study.place, study.admin, study.project.project_id)
    assert not page.exception
    assert (stored.mode, stored.overlap) == (Mode.BLIND, 3)
    assert stored.shares == QueueShares(
        uncertain=0.4, contested=0.15, conflict=0.05, rare=0.0, holdout=0.2, probe=0.15
    )


def test_baseline_and_first_round_are_saved(study):
    page = page_of("settings", study).run()
    page.number_input(key="settings_baseline").set_value(6)
    page.number_input(key="settings_first_round").set_value(8)
    page.slider(key="settings_pass").set_value(70)

    page.button(key="settings_save").click().run()

    stored = get_project(study.place, study.admin, study.project.project_id)
    assert not page.exception
    assert (stored.baseline_probes, stored.first_round_messages) == (6, 8)
    assert stored.first_round_pass == pytest.approx(0.7)


def test_ranking_is_off_until_it_is_turned_on(study):
    page = page_of("settings", study).run()
    before = get_project(study.place, study.admin, study.project.project_id).shows_ranking
    page.checkbox(key="settings_ranking").check()

    page.button(key="settings_save").click().run()

    assert not page.exception
    assert not before
    assert get_project(study.place, study.admin, study.project.project_id).shows_ranking


def test_pass_mark_of_nothing_is_refused(study):
    page = page_of("settings", study).run()
    page.slider(key="settings_pass").set_value(0)

    page.button(key="settings_save").click().run()

    assert "pass mark" in page.error[0].value


def test_page_says_what_there_is_to_test_on_and_what_to_do(study):
    """Without a held-out message nobody can be measured: the page must not keep silent."""
    empty = seen(page_of("settings", study).run())
    study.fill()
    unsettled = seen(page_of("settings", study).run())
    study.judge({f"m{n}": "Sale" for n in range(12)}, adjudicated=True)
    settled = seen(page_of("settings", study).run())

    assert "No message is held out" in empty
    assert "0 hold-out messages have a known answer, of 20: too few" in unsettled
    assert "12 hold-out messages have a known answer, of 20: settled" in settled
    assert "0 messages to learn from are settled; a first round needs at least 3" in settled


def test_shares_above_the_whole_are_refused(study):
    page = page_of("settings", study).run()
    page.slider(key="settings_uncertain").set_value(80)
    page.slider(key="settings_holdout").set_value(40)

    page.button(key="settings_save").click().run()

    assert not page.exception
    assert "add up to at most 1" in page.error[0].value.replace("\\", "")


def test_experts_see_the_settings_locked(study):
    page = page_of("settings", study, study.expert).run()

    assert not page.exception
    assert page.button(key="settings_save").disabled
    assert page.radio(key="settings_mode").disabled


def test_admin_adds_a_person_once(study):
    page = tab(study, "People")
    page.text_input(key="settings_person_name").set_value("Cleo")
    page.selectbox(key="settings_person_role").set_value(Role.SUPERVISOR)
    page.button(key="settings_person_add").click().run()
    first = [(one.name, one.role) for one in list_people(study.place)]
    told, left = page.code[0].value, page.text_input(key="settings_person_name").value
    page.text_input(key="settings_person_name").set_value("Cleo")
    page.button(key="settings_person_add").click().run()

    assert not page.exception
    assert ("Cleo", Role.SUPERVISOR) in first
    assert ("choose your name, Cleo" in told, left) == (True, "")
    assert "already a person named" in page.error[0].value
    assert len(list_people(study.place)) == len(first)


def test_only_admins_add_people(study):
    page = tab(study, "People", study.expert)

    assert not page.exception
    assert "settings_person_add" not in {button.key for button in page.button}


def test_project_begins_with_own_labels_and_their_meaning(study):
    page = tab(study, "New project")
    page.text_input(key="new_project_name").set_value("Second").run()
    page.text_area(key="new_project_labels").set_value("ham: wanted\n\nspam").run()

    page.button(key="new_project_begin").click().run()

    names = [one.name for one in list_projects(study.place, study.admin)]
    assert names == ["Forum study", "Second"]
    labels = get_codebook(study.place, "second").labels
    assert [(label.name, label.definition) for label in labels] == [("ham", "wanted"), ("spam", "")]
    assert all(label.colour and label.key for label in labels)


def test_project_begins_with_a_codebook_file(study):
    page = tab(study, "New project")
    page.text_input(key="new_project_name").set_value("Third").run()
    page.segmented_control(key="new_project_way").set_value("Take a codebook file").run()
    data = b"label,definition\nham,wanted\nspam,unwanted\n"
    page.file_uploader(key="new_project_codebook").set_value(("c.csv", data, "text/csv")).run()

    page.button(key="new_project_begin").click().run()

    assert get_codebook(study.place, "third").names == ["ham", "spam"]


def test_codebook_file_without_labels_is_refused(study):
    page = tab(study, "New project")
    page.segmented_control(key="new_project_way").set_value("Take a codebook file").run()
    data = b"name\nham\n"

    page.file_uploader(key="new_project_codebook").set_value(("c.csv", data, "text/csv")).run()

    assert not page.exception
    assert page.error
    assert page.button(key="new_project_begin").disabled
