"""Five modes of control: honestly tried, kept with their state, chosen by judged messages."""

import itertools
import json

import pytest

from rhml_core.domain import JobState
from rhml_core.errors import InvalidInputError, NotAllowedError
from rhml_core.machine.control_modes import ControlMode, TriedMode
from rhml_core.workflows.insights.control_figures import (
    advised_mode,
    figures_from_json,
    figures_to_json,
    measured_modes,
)
from rhml_core.workflows.insights.control_modes import look_at_modes, start_measuring
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.training import training
from tests.workflows.concepts.decoyed_mail import HAM, SPAM, judge_decoyed


@pytest.fixture
def taught(place, team, project, add_messages, add_labels):
    """Sixty judged messages, forty-eight held out, and a lexicon of half the telling words."""
    texts = judge_decoyed(add_messages, add_labels)
    for label, words in (("spam", SPAM[:4]), ("ham", HAM[:4])):
        for word in words:
            lexicon.add_term(
                place, team["ana"], project.project_id, word, label=label, key=f"t-{word}"
            )
    return texts


def test_all_five_are_measured_when_asked_and_kept(place, team, project, taught):
    unasked = look_at_modes(place, team["vic"], project.project_id)
    job = start_measuring(place, team["sue"], project.project_id, key="m1")
    again = start_measuring(place, team["sue"], project.project_id, key="m1")

    done = place.jobs.run(job.job_id)
    look = look_at_modes(place, team["vic"], project.project_id)

    assert unasked.modes == ()
    assert again.job_id == job.job_id
    assert done.state is JobState.DONE
    assert [one.name for one in look.modes] == [mode.value for mode in ControlMode]
    assert look.is_current
    assert look.n_judged == 60
    assert {one.crossed.n for one in look.modes} == {60}
    assert {one.held_out.n for one in look.modes} == {48}


def test_control_falls_from_mode_to_mode(place, team, project, taught):
    place.jobs.run(start_measuring(place, team["sue"], project.project_id, key="m").job_id)

    by_name = {one.name: one for one in look_at_modes(place, team["sue"], "mail").modes}

    assert by_name["lexicon"].own_share == by_name["weighed"].own_share == 1.0
    assert by_name["lexicon"].n_own == by_name["weighed"].n_own == 8
    assert 0 < by_name["surfaced"].own_share < 1
    assert 0 < by_name["all"].own_share < by_name["surfaced"].own_share
    assert by_name["surfaced"].n_added == len(by_name["surfaced"].added) > 0
    assert by_name["all"].n_hidden > 0
    assert not {term for term, _, _ in by_name["surfaced"].added} & {*SPAM[:4], *HAM[:4]}


def test_a_new_term_makes_the_figures_old(place, team, project, taught):
    place.jobs.run(start_measuring(place, team["sue"], project.project_id, key="m").job_id)

    lexicon.add_term(place, team["ana"], project.project_id, "urgent", label="spam", key="t")

    look = look_at_modes(place, team["sue"], project.project_id)
    assert len(look.modes) == 5
    assert not look.is_current


def test_without_terms_or_judgements_it_is_said_what_is_missing(
    place, team, project, add_messages, add_labels
):
    without_terms = look_at_modes(place, team["sue"], project.project_id).missing
    lexicon.add_term(place, team["ana"], project.project_id, "free", label="spam", key="t")
    without_judgements = look_at_modes(place, team["sue"], project.project_id).missing

    assert "no term yet" in without_terms
    assert "Training needs" in without_judgements
    with pytest.raises(InvalidInputError, match="Training needs"):
        start_measuring(place, team["sue"], project.project_id, key="m")


def test_experts_look_and_supervisors_measure(place, team, project, taught):
    with pytest.raises(NotAllowedError):
        start_measuring(place, team["ana"], project.project_id, key="m")
    assert training.active_jobs(place, project.project_id) == []


def _tried(mode, crossed, held_out=()):
    return TriedMode(mode, tuple(crossed), tuple(held_out), 0.5, 1.5, 3, (), 0, 1.0)


def test_advice_is_the_most_control_that_is_not_shown_to_be_worse():
    truth = ["ham", "spam"] * 30
    usual = ["ham"] * 60
    nearly = ["spam", *truth[1:]]
    tried = [
        _tried(ControlMode.LEXICON, usual),
        _tried(ControlMode.WEIGHED, nearly),
        _tried(ControlMode.ALL, truth),
    ]

    found = measured_modes(tried, truth, [])

    assert [one.is_as_good for one in found] == [False, True, True]
    assert advised_mode(found) == "weighed"
    assert all(one.held_out is None for one in found)
    assert advised_mode([]) == ""


def test_advice_never_looks_at_the_holdout():
    truth = ["ham", "spam"] * 30
    modes = (ControlMode.LEXICON, ControlMode.ALL)
    advised = set()
    for answers in itertools.product(["ham", "spam"], repeat=2):
        tried = [
            _tried(mode, truth, [answer] * 20) for mode, answer in zip(modes, answers, strict=True)
        ]
        advised.add(advised_mode(measured_modes(tried, truth, ["ham"] * 20)))

    assert advised == {"lexicon"}


def test_figures_are_read_as_they_were_kept():
    truth = ["ham", "spam"] * 30
    found = measured_modes([_tried(ControlMode.ALL, truth, truth)], truth, truth)

    kept = json.loads(json.dumps(figures_to_json(found)))

    assert figures_from_json(kept) == found
    assert found[0].crossed.value == found[0].crossed.high == 1.0
    assert found[0].crossed.n == 60
