"""Repairing two labels that people confuse, from the messages on which they meet."""

from dataclasses import replace

from rhml_core.domain import Role
from rhml_core.store.label_changes import label_changes
from rhml_core.workflows.codebook.kinds import Reach
from rhml_core.workflows.people import add_person
from tests.app.codebook.editing import (
    choose,
    confused,
    newest,
    save_version,
)
from tests.app.training_fixtures import LABELS, page_of, seen
from tests.store.rows_on_record import reopened_by


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
    assert reopened_by(study.place.db, study.project.project_id, 2) == ["m25", "m26"]
    assert "Version 2 is saved; 2 messages went back to those who judged them." in seen(page)
    assert page.button(key="codebook_to_training").proto.type == "primary"
    changes = label_changes(study.place.db, study.project.project_id)[2]
    assert {(one.label, one.reach, one.meets) for one in changes} == {
        ("Sale", Reach.MEETING, "Leak"),
        ("Leak", Reach.MEETING, "Sale"),
    }


def test_experts_see_the_pair_but_not_messages_that_wait_for_them(study):
    confused(study)
    newcomer = add_person(study.place, study.admin, "Cleo", Role.EXPERT)
    study.judge({"m29": "Leak"})
    study.judge({"m29": "Sale"}, by="Ben")

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
    save_version(study, theirs)

    page.button(key="pair_save").click().run()

    assert not page.exception
    assert "Version 2 was saved by Ana" in seen(page)
    assert "Mine." in seen(page)
    assert "Theirs." in seen(page)
    assert newest(study).labels[0].definition == "Theirs."
