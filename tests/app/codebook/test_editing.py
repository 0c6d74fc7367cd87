"""Editing the codebook: a draft, what it would bring back, and the new version."""

from app.views.codebook.draft import (
    draft_of,
    merged_into,
    moved,
    split_in_two,
    structure_changes,
    without_label,
)
from rhml_core.domain import Codebook, Label
from rhml_core.store import judgements
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange
from tests.app.codebook.editing import choose, edit_second_of_three, newest, open_editor
from tests.app.training_fixtures import LABELS, seen
from tests.store.rows_on_record import reopened_by


def test_saved_draft_is_a_new_version_with_its_reason(study):
    page = open_editor(study)
    page.text_area(key="codebook_definition_0").set_value("Sells something.").run()
    page.text_area(key="codebook_examples_0").set_value("one\n\n two ").run()
    page.text_input(key=f"codebook_note_{study.project.project_id}").set_value("clearer").run()
    waits_for_kind = page.button(key="codebook_save").disabled
    told = seen(page)
    choose(page, "codebook_change_kind", "wording")

    page.button(key="codebook_save").click().run()

    saved = newest(study)
    assert not page.exception
    assert waits_for_kind
    assert "Your draft makes 1 change to version 1 of the codebook" in told
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


def test_renamed_label_keeps_its_judgements(study):
    """A new name is no reason to ask anybody again."""
    study.fill()
    study.judge({"m0": "Sale", "m25": "Sale"})
    page = open_editor(study)
    page.text_input(key="codebook_name_0").set_value("Offer").run()

    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert newest(study).names == ["Offer", "Leak"]
    labels = judgements.current_labels(study.place.db, study.project.project_id)
    assert labels["label"].to_list() == ["Offer", "Offer"]


def test_change_of_wording_that_is_structure_is_refused_in_words(study):
    page = open_editor(study)
    page.button(key="codebook_split").click().run()
    choose(page, "codebook_change_kind", "wording")

    assert not page.exception
    assert "Choose structure" in page.info[0].value
    assert page.button(key="codebook_save").disabled


def test_change_of_meaning_says_what_comes_back_and_brings_it_back(study):
    study.fill()
    study.judge({"m0": "Sale", "m25": "Sale", "m26": "Leak"})
    page = open_editor(study)
    page.text_area(key="codebook_definition_0").set_value("Sells something.").run()
    choose(page, "codebook_change_kind", "meaning")
    shown = seen(page)

    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert "Saving brings 2 messages back to 1 person" in shown
    assert "1 message of the hold-out among them" in shown
    assert reopened_by(study.place.db, study.project.project_id, 2) == ["m0", "m25"]


def test_answers_given_since_the_preview_stop_the_save(study):
    """What comes back is what the supervisor was told, message by message."""
    study.fill()
    study.judge({"m25": "Sale"})
    page = open_editor(study)
    page.text_area(key="codebook_definition_0").set_value("Sells something.").run()
    choose(page, "codebook_change_kind", "meaning")
    study.judge({"m26": "Sale"})

    page.button(key="codebook_save").click().run()
    told = page.error[0].value
    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert "2 messages would come back now, not 1" in told
    assert reopened_by(study.place.db, study.project.project_id, 2) == ["m25", "m26"]


def test_retired_label_is_gone_and_its_messages_come_back(study):
    page = edit_second_of_three(study)
    page.button(key="codebook_remove").click().run()

    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert newest(study).names == ["Sale", "Chatter"]
    assert reopened_by(study.place.db, study.project.project_id, 3) == ["m25"]


def test_merge_by_click_reads_old_answers_with_the_new_name(study):
    page = edit_second_of_three(study)
    page.button(key="codebook_merge_2").click().run()

    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert newest(study).names == ["Sale", "Chatter"]
    labels = judgements.current_labels(study.place.db, study.project.project_id)
    assert labels["label"].to_list() == ["Chatter"]


def test_moving_past_the_ends_stops_there():
    draft = draft_of(Codebook(1, LABELS))

    assert [row.row for row in moved(draft, 0, -1).rows] == [0, 1]
    assert [row.row for row in moved(draft, 0, 5).rows] == [1, 0]


def test_draft_tells_what_became_of_each_label():
    labels = (*LABELS, Label("Chatter"), Label("Spam"))
    draft = without_label(draft_of(Codebook(1, labels)), 3)
    draft = merged_into(draft, 1, 0)
    draft, second = split_in_two(draft, 2)

    told = structure_changes(draft, labels)
    undone = structure_changes(without_label(draft, second), labels)

    assert told == [
        LabelChange(ChangeKind.MERGED, "Leak", ("Sale",)),
        LabelChange(ChangeKind.SPLIT, "Chatter", ("Chatter 1", "Chatter 2")),
        LabelChange(ChangeKind.RETIRED, "Spam"),
    ]
    assert undone[1] == LabelChange(ChangeKind.RENAMED, "Chatter", ("Chatter 1",))
