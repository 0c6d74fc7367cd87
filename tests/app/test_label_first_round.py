"""The first round on the Label page: one message, one answer, and the codebook's word on it."""

import pytest

from rhml_core.domain import Mode, QueueShares, Role
from rhml_core.workflows.people import add_person
from rhml_core.workflows.projects import change_project
from rhml_core.workflows.turn.first_round import first_round
from tests.app.training_fixtures import begin_study, page_of, seen

SETTLED = {"m20": "Sale", "m21": "Leak", "m22": "Sale", "m23": "Leak"}


@pytest.fixture
def study(tmp_path):
    """Four settled messages of the pool, all four to be answered, three of them rightly."""
    study = begin_study(tmp_path)
    study.fill()
    study.judge(SETTLED, adjudicated=True)
    change_project(
        study.place,
        study.admin,
        study.project.project_id,
        mode=Mode.RECIPROCAL,
        overlap=2,
        shares=QueueShares(),
        baseline_probes=0,
        first_round_messages=4,
        first_round_pass=0.75,
        key="settings",
    )
    yield study
    study.place.close()


@pytest.fixture
def newcomer(study):
    return add_person(study.place, study.admin, "Nora", Role.EXPERT)


def asked_of(study, newcomer):
    return first_round(study.place, newcomer, study.project.project_id).question.message_id


def answer(page, study, newcomer, *, rightly=True):
    name = SETTLED[asked_of(study, newcomer)]
    label = name if rightly else {"Sale": "Leak", "Leak": "Sale"}[name]
    return page.button(key=f"first_round_{label}").click().run()


def test_newcomer_is_told_what_comes_before_it_begins(study, newcomer):
    page = page_of("label", study, newcomer).run()

    assert not page.exception
    assert "First, 4 messages to practise on" in seen(page)
    assert "with 3 of 4 right" in seen(page)


def test_each_answer_is_followed_by_what_it_is_and_why(study, newcomer):
    page = page_of("label", study, newcomer).run()
    page.button(key="first_round_begin").click().run()

    page = answer(page, study, newcomer, rightly=False)

    assert not page.exception
    assert "First round: 1 of 4, 0 right" in seen(page)
    assert "it is settled as" in seen(page)
    assert "Offers something." in seen(page)
    page.button(key="first_round_on").click().run()
    assert "First round: 2 of 4, 0 right" in seen(page)


def test_round_that_is_passed_opens_the_queue(study, newcomer):
    page = page_of("label", study, newcomer).run()
    page.button(key="first_round_begin").click().run()

    for rightly in (True, True, False, True):
        page = answer(page, study, newcomer, rightly=rightly)
        told = seen(page)
        page.button(key="first_round_on").click().run()

    assert not page.exception
    assert "Passed: 3 were needed" in told
    assert first_round(study.place, newcomer, study.project.project_id) is None
    assert "first_round_on" not in {button.key for button in page.button}


def test_round_that_is_not_passed_says_so_and_begins_again(study, newcomer):
    page = page_of("label", study, newcomer).run()
    page.button(key="first_round_begin").click().run()
    for _ in range(4):
        page = answer(page, study, newcomer, rightly=False)
        told = seen(page)
        if "Not passed" not in told:
            page.button(key="first_round_on").click().run()

    reloaded = page_of("label", study, newcomer).run()
    page.button(key="first_round_on").click().run()

    assert "Not passed yet: 3 were needed" in told
    assert "Not passed yet: 0 of 4 right" in seen(reloaded)
    assert "some or all of the same" in seen(reloaded)
    assert "First round: 1 of 4, 0 right" in seen(page)
