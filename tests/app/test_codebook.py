"""The codebook page: read, edit, and two people editing at once."""

from dataclasses import replace

import pytest

from app.views.codebook_changes import codebook_changes
from app.views.codebook_conflict import (
    THEIRS,
    brought_together,
    field_differences,
    names_now,
)
from app.views.codebook_draft import (
    draft_of,
    merged_into,
    moved,
    split_in_two,
    structure_changes,
    with_label,
    with_new_label,
    without_label,
)
from rhml_core.domain import Codebook, Label, Role
from rhml_core.store import judgements, reopenings
from rhml_core.store.label_changes import label_changes
from rhml_core.workflows.codebook_kinds import ChangeKind, LabelChange, Reach
from rhml_core.workflows.codebooks import change_codebook, get_codebook
from rhml_core.workflows.label_import import import_labels
from rhml_core.workflows.people import add_person
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


def choose(page, key, value):
    """Choose in a joined control."""
    page.segmented_control(key=key).set_value(value).run()


def test_page_shows_each_label_with_key_and_definition(study):
    page = page_of("codebook", study).run()

    assert not page.exception
    assert "2 labels, version 1, last changed by Ana" in seen(page)
    assert "Offers something." in seen(page)
    assert "rdp, 70 each" in seen(page)


def test_experts_read_but_do_not_edit(study):
    page = page_of("codebook", study, study.expert).run()

    assert not page.exception
    assert [button.key for button in page.button] == ["codebook_compare"]


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
    waits_for_kind = page.button(key="codebook_save").disabled
    choose(page, "codebook_change_kind", "wording")

    page.button(key="codebook_save").click().run()

    saved = newest(study)
    assert not page.exception
    assert waits_for_kind
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
    assert reopenings.reopened_by(study.place.db, study.project.project_id, 2) == ["m0", "m25"]


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
    assert reopenings.reopened_by(study.place.db, study.project.project_id, 2) == ["m25", "m26"]


def test_retired_label_is_gone_and_its_messages_come_back(study):
    study.fill()
    study.judge({"m25": "Leak"})
    change_codebook(
        study.place,
        study.admin,
        study.project.project_id,
        [*LABELS, Label("Chatter")],
        based_on=1,
        key="k",
    )
    page = open_editor(study)
    page.radio(key=f"codebook_row_{study.project.project_id}").set_value(1).run()
    page.button(key="codebook_remove").click().run()

    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert newest(study).names == ["Sale", "Chatter"]
    assert reopenings.reopened_by(study.place.db, study.project.project_id, 3) == ["m25"]


def test_merge_by_click_reads_old_answers_with_the_new_name(study):
    study.fill()
    study.judge({"m25": "Leak"})
    change_codebook(
        study.place,
        study.admin,
        study.project.project_id,
        [*LABELS, Label("Chatter")],
        based_on=1,
        key="k",
    )
    page = open_editor(study)
    page.radio(key=f"codebook_row_{study.project.project_id}").set_value(1).run()
    page.button(key="codebook_merge_2").click().run()

    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert newest(study).names == ["Sale", "Chatter"]
    labels = judgements.current_labels(study.place.db, study.project.project_id)
    assert labels["label"].to_list() == ["Chatter"]


def test_conflict_shows_both_versions_and_brings_them_together(study):
    """Two supervisors edit at once; neither loses a word."""
    page = open_editor(study)
    page.text_area(key="codebook_definition_0").set_value("Mine.").run()
    choose(page, "codebook_change_kind", "wording")
    theirs = [LABELS[0], replace(LABELS[1], definition="Theirs."), Label("New")]
    change_codebook(
        study.place, study.admin, study.project.project_id, theirs, based_on=1, key="theirs"
    )

    page.button(key="codebook_save").click().run()
    shown = seen(page)
    page.button(key="codebook_merge").click().run()
    choose(page, "codebook_change_kind", "wording")
    page.button(key="codebook_save").click().run()

    assert not page.exception
    assert "Version 2 was saved by Ana while you edited version 1" in shown
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


def both(draft, newest, *, newer=(), sides=None):
    """The draft, based on the study's labels, on top of a newer version."""
    return brought_together(draft, LABELS, newest, names_now(LABELS, newer), sides)


def test_label_removed_there_but_edited_here_is_kept():
    draft = with_label(draft_of(Codebook(1, LABELS)), 1, replace(LABELS[1], definition="Mine."))
    retired = [LabelChange(ChangeKind.RETIRED, "Leak")]

    merged = both(draft, Codebook(2, (LABELS[0],)), newer=[retired])

    assert [label.definition for label in merged.labels] == ["Offers something.", "Mine."]
    assert merged.based_on == 2
    assert merged.rows[1].was == ""


def test_label_removed_here_stays_removed_and_new_one_keeps_its_text():
    draft, number = with_new_label(without_label(draft_of(Codebook(1, LABELS)), 1))
    draft = with_label(draft, number, Label("Chatter"))

    merged = both(draft, Codebook(2, (*LABELS, Label("Other"))))

    assert [label.name for label in merged.labels] == ["Sale", "Chatter", "Other"]
    assert len({row.row for row in merged.rows}) == 3


def test_either_side_can_be_taken_for_each_field():
    """The later editor sees both texts and decides field by field."""
    mine = replace(LABELS[0], definition="Mine.", examples=("my example",))
    theirs = replace(LABELS[0], definition="Theirs.", colour="#009E73")
    draft = with_label(draft_of(Codebook(1, LABELS)), 0, mine)
    newest = Codebook(2, (theirs, LABELS[1]))

    found = field_differences(draft, LABELS, newest, names_now(LABELS, ()))
    usual = both(draft, newest).labels[0]
    chosen = both(draft, newest, sides={(0, "definition"): THEIRS}).labels[0]

    assert [(one.field, one.is_contested) for one in found] == [
        ("definition", True),
        ("examples", False),
        ("colour", False),
    ]
    assert (usual.definition, usual.examples, usual.colour) == ("Mine.", ("my example",), "#009E73")
    assert (chosen.definition, chosen.examples) == ("Theirs.", ("my example",))


def test_draft_follows_a_label_that_was_renamed_meanwhile():
    draft = with_label(draft_of(Codebook(1, LABELS)), 0, replace(LABELS[0], definition="Mine."))
    renamed = [LabelChange(ChangeKind.RENAMED, "Sale", ("Offer",))]

    merged = both(
        draft, Codebook(2, (replace(LABELS[0], name="Offer"), LABELS[1])), newer=[renamed]
    )

    assert [(row.was, row.label.name) for row in merged.rows] == [
        ("Offer", "Offer"),
        ("Leak", "Leak"),
    ]
    assert merged.labels[0].definition == "Mine."


def test_label_that_both_added_is_one_label_of_which_either_text_can_be_taken():
    """Else the colleague's would be retired by a draft that has it, which cannot be saved."""
    draft, number = with_new_label(draft_of(Codebook(1, LABELS)))
    draft = with_label(draft, number, Label(" New ", "Mine."))
    newest = Codebook(2, (*LABELS, Label("New", "Theirs.", ("their example",))))

    found = field_differences(draft, LABELS, newest, names_now(LABELS, ()))
    usual = both(draft, newest)
    chosen = both(draft, newest, sides={(number, "definition"): THEIRS})

    texts = [(one.field, one.before, one.mine, one.theirs) for one in found]
    assert ("definition", "", "Mine.", "Theirs.") in texts
    assert ("examples", "", "", "their example") in texts
    assert [row.was for row in usual.rows] == ["Sale", "Leak", "New"]
    assert usual.labels[2].definition == "Mine."
    assert usual.labels[2].examples == ("their example",)
    assert chosen.labels[2].definition == "Theirs."
    assert structure_changes(usual, newest.labels) == []


def test_renamed_label_that_takes_an_added_ones_name_hides_it_from_nobody():
    """Two rows of one name can be seen and mended; a label left out would be retired."""
    draft = with_label(draft_of(Codebook(1, LABELS)), 0, replace(LABELS[0], name="New"))

    merged = both(draft, Codebook(2, (*LABELS, Label("New", "Theirs."))))

    assert [(row.was, row.label.name) for row in merged.rows] == [
        ("Sale", "New"),
        ("Leak", "Leak"),
        ("New", "New"),
    ]


def test_label_split_there_and_edited_here_goes_on_as_the_part_of_its_name():
    draft = with_label(draft_of(Codebook(1, LABELS)), 1, replace(LABELS[1], definition="Mine."))
    parts = (Label("Leak", "A part."), Label("Leak 2"))
    split = [LabelChange(ChangeKind.SPLIT, "Leak", ("Leak", "Leak 2"))]

    merged = both(draft, Codebook(2, (LABELS[0], *parts)), newer=[split])

    assert [row.was for row in merged.rows] == ["Sale", "Leak", "Leak 2"]
    assert merged.labels[1].definition == "Mine."


def test_two_supervisors_who_add_the_same_label_both_get_saved(study):
    page = open_editor(study)
    page.button(key="codebook_add").click().run()
    page.text_input(key="codebook_name_2").set_value("New").run()
    page.text_area(key="codebook_definition_2").set_value("Mine.").run()
    change_codebook(
        study.place,
        study.admin,
        study.project.project_id,
        [*LABELS, Label("New", "Theirs.")],
        based_on=1,
        key="theirs",
    )

    page.button(key="codebook_save").click().run()
    page.button(key="codebook_merge").click().run()
    choose(page, "codebook_change_kind", "wording")
    page.button(key="codebook_save").click().run()

    assert not page.exception
    saved = newest(study)
    assert (saved.version, saved.names) == (3, ["Sale", "Leak", "New"])
    assert saved.labels[2].definition == "Mine."


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


def judge_as(study, name, labels):
    """Take in labels of another expert than `study.judge` does."""
    rows = [f"{message},{name},{label}" for message, label in labels.items()]
    import_labels(
        study.place,
        study.admin,
        study.project.project_id,
        "\n".join(["message_id,expert,label", *rows]).encode(),
        "l.csv",
        adjudicated=False,
        key=f"{name}-{sorted(labels.items())}",
    )


def confused(study):
    """Ana and Ben differ on m25 and m26, and agree on m27 and m28."""
    study.fill()
    study.judge({"m25": "Sale", "m26": "Leak", "m27": "Sale", "m28": "Leak"})
    judge_as(study, "Ben", {"m25": "Leak", "m26": "Sale", "m27": "Sale", "m28": "Leak"})


def pair_page(study, person=None):
    page = page_of("codebook", study, person)
    page.query_params["pair"] = "Sale~Leak"
    return page.run()


def test_pair_page_reopens_exactly_the_messages_where_both_meet(study):
    confused(study)
    page = pair_page(study)
    heading = seen(page)
    key = f"codebook_pair_{study.project.project_id}_Sale~Leak"
    page.text_area(key=f"{key}_text_Sale").set_value("Offers, gives no data away.").run()
    choose(page, f"{key}_kind", "meaning")
    shown = seen(page)

    page.button(key="pair_save").click().run()

    assert not page.exception
    assert "Sale and Leak meet on 2 messages" in heading
    assert "Saving brings 2 messages back to 2 people; 4 answers" in shown
    assert reopenings.reopened_by(study.place.db, study.project.project_id, 2) == ["m25", "m26"]
    changes = label_changes(study.place.db, study.project.project_id)[2]
    assert {(one.label, one.reach, one.meets) for one in changes} == {
        ("Sale", Reach.MEETING, "Leak"),
        ("Leak", Reach.MEETING, "Sale"),
    }


def test_experts_see_the_pair_but_not_messages_that_wait_for_them(study):
    confused(study)
    newcomer = add_person(study.place, study.admin, "Cleo", Role.EXPERT)
    study.judge({"m29": "Leak"})
    judge_as(study, "Ben", {"m29": "Sale"})

    page = pair_page(study, newcomer)

    assert not page.exception
    assert not page.text_area
    assert not [button for button in page.button if button.key == "pair_save"]


def test_pair_saved_by_two_people_at_once_becomes_a_draft_beside_the_newer_version(study):
    confused(study)
    page = pair_page(study)
    key = f"codebook_pair_{study.project.project_id}_Sale~Leak"
    page.text_area(key=f"{key}_text_Sale").set_value("Mine.").run()
    choose(page, f"{key}_kind", "wording")
    theirs = [replace(LABELS[0], definition="Theirs."), LABELS[1]]
    change_codebook(study.place, study.admin, study.project.project_id, theirs, based_on=1, key="t")

    page.button(key="pair_save").click().run()

    assert not page.exception
    assert "Version 2 was saved by Ana" in seen(page)
    assert "Mine." in seen(page)
    assert "Theirs." in seen(page)
    assert newest(study).labels[0].definition == "Theirs."


def test_versions_count_changes_of_meaning_for_each_label(study):
    study.fill()
    study.judge({"m25": "Sale"})
    for version in (1, 2):
        labels = [replace(LABELS[0], definition=f"Meaning {version}."), LABELS[1]]
        change_codebook(
            study.place,
            study.admin,
            study.project.project_id,
            labels,
            based_on=version,
            changes=[LabelChange(ChangeKind.MEANING, "Sale", reach=Reach.EVERY)],
            key=f"k{version}",
        )
    page = page_of("codebook", study)
    page.session_state["codebook_tab"] = "Versions"

    page.run()

    assert not page.exception
    assert "Sale 2 times. Unchanged: Leak." in seen(page)
    assert "Version 2 · meaning · Ana" in seen(page)
    assert "1 message came back" in seen(page)
