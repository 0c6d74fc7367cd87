"""The codebook page: read, edit, and two people editing at once."""

from dataclasses import replace

import pytest

from app.views.codebook_changes import codebook_changes
from app.views.codebook_draft import (
    brought_together,
    draft_of,
    moved,
    with_label,
    with_new_label,
    without_label,
)
from rhml_core.domain import Codebook, Label
from rhml_core.workflows.codebooks import change_codebook, get_codebook
from tests.app.training_fixtures import LABELS, begin_study, page_of, seen


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    yield study
    study.place.close()


def newest(study):
    return get_codebook(study.place, study.project.project_id)


def open_editor(study):
    page = page_of("codebook", study).run()
    page.button(key="codebook_edit").click().run()
    return page


def test_page_shows_each_label_with_key_and_definition(study):
    page = page_of("codebook", study).run()

    assert not page.exception
    assert "2 labels, version 1, last changed by Ana" in seen(page)
    assert "Offers something." in seen(page)
    assert "rdp, 70 each" in seen(page)


def test_experts_read_but_do_not_edit(study):
    page = page_of("codebook", study, study.expert).run()

    assert not page.exception
    assert not page.button


def test_markup_in_a_definition_stays_text(study):
    hostile = replace(LABELS[0], definition="<img src=x onerror=alert(1)> **bold**")
    change_codebook(
        study.place,
        study.admin,
        study.project.project_id,
        [hostile, LABELS[1]],
        based_on=1,
        key="k",
    )

    page = page_of("codebook", study).run()

    assert "&lt;img src=x" in seen(page)
    assert "<img" not in seen(page)


def test_saved_draft_is_a_new_version_with_its_reason(study):
    page = open_editor(study)
    page.text_area(key="codebook_definition_0").set_value("Sells something.").run()
    page.text_area(key="codebook_examples_0").set_value("one\n\n two ").run()
    page.text_input(key=f"codebook_note_{study.project.project_id}").set_value("clearer").run()

    page.button(key="codebook_save").click().run()

    saved = newest(study)
    assert not page.exception
    assert (saved.version, saved.note) == (2, "clearer")
    assert saved.labels[0].definition == "Sells something."
    assert saved.labels[0].examples == ("one", "two")
    assert "version 2" in seen(page)


def test_added_label_stands_last_and_order_can_change(study):
    page = open_editor(study)
    page.button(key="codebook_add").click().run()
    page.text_input(key="codebook_name_2").set_value("Chatter").run()
    page.button(key="codebook_up").click().run()

    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert newest(study).names == ["Sale", "Chatter", "Leak"]


def test_judged_label_cannot_be_renamed_and_the_draft_stays(study):
    study.fill()
    study.judge({"m0": "Sale"})
    page = open_editor(study)
    page.text_input(key="codebook_name_0").set_value("Offer").run()

    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert "must stay" in page.error[0].value
    assert page.text_input(key="codebook_name_0").value == "Offer"
    assert newest(study).version == 1


def test_conflict_shows_both_versions_and_brings_them_together(study):
    """Two supervisors edit at once; neither loses a word."""
    page = open_editor(study)
    page.text_area(key="codebook_definition_0").set_value("Mine.").run()
    theirs = [LABELS[0], replace(LABELS[1], definition="Theirs."), Label("New")]
    change_codebook(
        study.place, study.admin, study.project.project_id, theirs, based_on=1, key="theirs"
    )

    page.button(key="codebook_save").click().run()
    shown = seen(page)
    page.button(key="codebook_merge").click().run()
    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert "Version 2 was saved while you edited version 1" in shown
    saved = newest(study)
    assert saved.version == 3
    assert saved.names == ["Sale", "Leak", "New"]
    assert [label.definition for label in saved.labels] == ["Mine.", "Theirs.", ""]


def test_versions_say_what_changed(study):
    change_codebook(
        study.place,
        study.admin,
        study.project.project_id,
        [*LABELS, Label("New")],
        based_on=1,
        note="seen often",
        key="k",
    )
    page = page_of("codebook", study)
    page.session_state["codebook_tab"] = "Versions"

    page.run()

    assert not page.exception
    assert "Added New." in seen(page)
    assert "seen often" in seen(page)


def test_changes_name_key_order_and_removal():
    before = [Label("a", key="1"), Label("b"), Label("c")]
    after = [Label("b"), Label("a", key="2")]

    lines = codebook_changes(before, after)

    assert lines == ["Removed c.", "a: key 1 to 2.", "New order: b, a."]


def test_moving_past_the_ends_stops_there():
    draft = draft_of(Codebook(1, LABELS))

    assert [row.row for row in moved(draft, 0, -1).rows] == [0, 1]
    assert [row.row for row in moved(draft, 0, 5).rows] == [1, 0]


def test_label_removed_there_but_edited_here_is_kept():
    draft = with_label(draft_of(Codebook(1, LABELS)), 1, replace(LABELS[1], definition="Mine."))

    merged = brought_together(draft, LABELS, Codebook(2, (LABELS[0],)))

    assert [label.definition for label in merged.labels] == ["Offers something.", "Mine."]
    assert merged.based_on == 2


def test_label_removed_here_stays_removed_and_new_one_keeps_its_text():
    draft, number = with_new_label(without_label(draft_of(Codebook(1, LABELS)), 1))
    draft = with_label(draft, number, Label("Chatter"))

    merged = brought_together(draft, LABELS, Codebook(2, (*LABELS, Label("Other"))))

    assert [label.name for label in merged.labels] == ["Sale", "Chatter", "Other"]
    assert len({row.row for row in merged.rows}) == 3
