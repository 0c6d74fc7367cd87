"""Two people edit the codebook at once: neither loses a word."""

from dataclasses import replace

from app.views.codebook.conflict import (
    THEIRS,
    brought_together,
    field_differences,
    names_now,
)
from app.views.codebook.draft import (
    draft_of,
    structure_changes,
    with_label,
    with_new_label,
    without_label,
)
from rhml_core.domain import Codebook, Label
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange
from tests.app.codebook.editing import (
    choose,
    newest,
    open_editor,
    save_version,
)
from tests.app.training_fixtures import LABELS, seen


def test_conflict_shows_both_versions_and_brings_them_together(study):
    """Two supervisors edit at once; neither loses a word."""
    page = open_editor(study)
    page.text_area(key="codebook_definition_0").set_value("Mine.").run()
    choose(page, "codebook_change_kind", "wording")
    theirs = [LABELS[0], replace(LABELS[1], definition="Theirs."), Label("New")]
    save_version(study, theirs, key="theirs")

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


def test_two_supervisors_who_add_the_same_label_both_get_saved(study):
    page = open_editor(study)
    page.button(key="codebook_add").click().run()
    page.text_input(key="codebook_name_2").set_value("New").run()
    page.text_area(key="codebook_definition_2").set_value("Mine.").run()
    save_version(study, [*LABELS, Label("New", "Theirs.")], key="theirs")

    page.button(key="codebook_save").click().run()
    page.button(key="codebook_merge").click().run()
    choose(page, "codebook_change_kind", "wording")
    page.button(key="codebook_save").click().run()

    assert not page.exception
    saved = newest(study)
    assert (saved.version, saved.names) == (3, ["Sale", "Leak", "New"])
    assert saved.labels[2].definition == "Mine."


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
