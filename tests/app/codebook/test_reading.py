"""Reading the codebook: labels, versions and what they changed."""

from dataclasses import replace

from app.views.codebook.changes import codebook_changes
from rhml_core.domain import Label
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach
from tests.app.codebook.editing import (
    save_version,
)
from tests.app.training_fixtures import LABELS, page_of, seen


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
    save_version(study, [hostile, LABELS[1]])

    page = page_of("codebook", study).run()

    assert "&lt;img src=x" in seen(page)
    assert "<img" not in seen(page)


def test_versions_say_what_changed(study):
    save_version(study, [*LABELS, Label("New")], note="seen often")
    page = page_of("codebook", study)
    page.session_state["codebook_tab"] = "Versions"

    page.run()

    assert not page.exception
    assert "Added New." in seen(page)
    assert "seen often" in seen(page)


def test_versions_count_changes_of_meaning_for_each_label(study):
    study.fill()
    study.judge({"m25": "Sale"})
    for version in (1, 2):
        labels = [replace(LABELS[0], definition=f"Meaning {version}."), LABELS[1]]
        meant = [LabelChange(ChangeKind.MEANING, "Sale", reach=Reach.EVERY)]
        save_version(study, labels, based_on=version, changes=meant, key=f"k{version}")
    page = page_of("codebook", study)
    page.session_state["codebook_tab"] = "Versions"

    page.run()

    assert not page.exception
    assert "Sale 2 times. Unchanged: Leak." in seen(page)
    assert "Version 2 · meaning · Ana" in seen(page)
    assert "1 message came back" in seen(page)


def test_changes_name_key_order_and_removal():
    before = [Label("a", key="1"), Label("b"), Label("c")]
    after = [Label("b"), Label("a", key="2")]

    lines = codebook_changes(before, after)

    assert lines == ["Removed c.", "a: key 1 to 2.", "New order: b, a."]
