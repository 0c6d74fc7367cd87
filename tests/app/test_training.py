"""The training page: answers, start, decide, compare."""

import re

import polars as pl
import pytest

from app.views.training.words import rare_words
from rhml_core.domain import JobState, RunState
from rhml_core.store import jobs
from rhml_core.workflows.training.run_registry import promoted_run
from rhml_core.workflows.training.training import Readiness, active_jobs
from tests.app.training_fixtures import begin_study, page_of, seen


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    yield study
    study.place.close()


def test_empty_project_is_told_to_import_messages_first(study):
    page = page_of("training", study).run()

    assert not page.exception
    assert "Nothing to train on yet" in seen(page)
    assert "There are no messages yet" in seen(page)
    assert "training_start" not in {button.key for button in page.button}


def test_unjudged_project_is_told_what_is_missing_in_numbers(study):
    study.fill()

    page = page_of("training", study).run()

    assert not page.exception
    assert "so far: Sale 0, Leak 0" in seen(page)
    assert "(0 of 20 have one)" in seen(page)
    assert page.button(key="training_to_label").label == "Label messages"


def test_judged_project_can_start_a_first_run(study):
    study.fill()
    study.judge_all()

    page = page_of("training", study).run()
    page.button(key="training_start").click().run()

    assert not page.exception
    under_way = active_jobs(study.place, study.project.project_id)
    assert [job.recipe for job in under_way if job.kind == "train"] == ["fast"]
    assert "training_start" not in {button.key for button in page.button}


def test_first_line_is_the_promoted_runs_figure_with_interval_and_n(study):
    study.fill()
    study.judge_all()
    run = study.register_run(4, RunState.PROMOTED)

    page = page_of("training", study).run()

    f1 = run.metrics.macro_f1
    assert not page.exception
    assert (
        f"Run 1 (promoted): macro-F1 {f1.value:.2f} [{f1.low:.2f}, {f1.high:.2f}], "
        "n = 20 hold-out messages"
    ) in seen(page)


def test_newest_candidate_is_promoted_with_one_click(study):
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    study.register_run(0)

    page = page_of("training", study).run()
    page.button(key="training_promote_newest_run-2").click().run()

    assert not page.exception
    assert promoted_run(study.place, study.project.project_id).number == 2
    assert "Run 2 (promoted)" in seen(page)


def test_roll_back_promotes_the_run_before(study):
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    study.register_run(0)
    page = page_of("training", study).run()
    page.button(key="training_promote_newest_run-2").click().run()
    page.session_state["training_tab"] = "All runs"
    page.run()

    page.button(key="training_roll_back").click().run()

    assert not page.exception
    assert promoted_run(study.place, study.project.project_id).number == 1


def test_roll_back_says_where_it_leads_before_it_goes_there(study):
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    study.register_run(0)
    page = page_of("training", study).run()
    page.button(key="training_promote_newest_run-2").click().run()
    page.session_state["training_tab"] = "All runs"

    page.run()

    assert "Run 1 (Fast) spoke before. It speaks again, run 2 is retired." in seen(page)
    assert page.button(key="training_roll_back").label == "Roll back to run 1"


def test_first_promoted_run_has_no_way_back(study):
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    page = page_of("training", study)
    page.session_state["training_tab"] = "All runs"

    page.run()

    assert not page.exception
    assert "training_roll_back" not in {button.key for button in page.button}


def test_start_tells_how_long_it_takes_and_what_that_rests_on(study):
    study.fill()
    study.judge_all()

    page = page_of("training", study).run()

    assert not page.exception
    assert "About 4 s, from a measurement on two cores" in seen(page)
    assert "Suggested: " in seen(page)
    assert "What teaches: 10 judged messages" in seen(page)


@pytest.mark.parametrize(
    ("n_rare", "words"),
    [
        (0, "Uneven: Leak has 0 of 90 messages that teach (0 %)."),
        (5, "Uneven: Leak has 5 of 95 messages that teach (5 %)."),
        (10, ""),  # a tenth is not below a tenth
    ],
)
def test_label_below_a_tenth_is_called_rare(n_rare, words):
    per_label = pl.DataFrame({"label": ["Sale", "Leak"], "n_training": [90, n_rare]})
    readiness = Readiness(
        can_train=True,
        missing=[],
        n_training=90 + n_rare,
        n_holdout=0,
        n_holdout_judged=0,
        per_label=per_label,
    )

    assert rare_words(readiness) == words


def test_experts_see_figures_but_neither_start_nor_messages(study):
    """Hold-out references shown to experts would spoil their judgements."""
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    study.register_run(0)
    page = page_of("training", study, study.expert)
    page.session_state["training_tab"] = "Compare"

    page.run()

    assert not page.exception
    assert "messages changed their label" in seen(page)
    assert not page.dataframe
    assert not page.button


def test_comparison_counts_and_lists_what_changed(study):
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    study.register_run(1)
    page = page_of("training", study)
    page.session_state["training_tab"] = "Compare"

    page.run()

    assert not page.exception
    assert "3 of 30 messages changed their label." in seen(page)
    changed = page.dataframe[0].value
    assert list(changed["first"]) == ["Sale", "Leak", "Sale"]
    assert list(changed["second"]) == ["Leak", "Sale", "Leak"]


def test_unmeasured_run_says_why_instead_of_a_figure(study):
    study.fill()
    study.judge_all()
    study.register_run(4, is_measured=False)
    page = page_of("training", study)
    page.session_state["training_tab"] = "Per label"

    page.run()

    assert not page.exception
    assert "Run 1 (not promoted): not measured" in seen(page)
    assert "Too few hold-out messages are judged." in seen(page)


def test_old_run_says_that_calibration_takes_another_training(study):
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    page = page_of("training", study)
    page.session_state["training_tab"] = "Calibration"

    page.run()

    assert not page.exception
    assert "Run 1 was measured before calibration was. Train again" in seen(page)


def test_calibration_has_interval_and_n_at_every_figure(study):
    study.fill()
    study.judge_all()
    run = study.register_run(4, RunState.PROMOTED, is_old=False)
    page = page_of("training", study)
    page.session_state["training_tab"] = "Calibration"

    page.run()

    brier = run.metrics.brier
    assert not page.exception
    assert f"[{brier.low:.2f}, {brier.high:.2f}] · n\u00a0=\u00a020" in seen(page)
    assert {"Calibration error", "Brier score", "Macro PR-AUC"} <= set(
        re.findall(r">([A-Z][^<>]+)</div>", seen(page))
    )
    assert "nothing to leave to it alone yet" in seen(page)


def test_threshold_for_the_recall_target_stands_beside_its_label(study):
    study.fill()
    study.judge_all()
    study.register_run(0, RunState.PROMOTED, is_old=False)
    page = page_of("training", study)
    page.session_state["training_tab"] = "Per label"

    page.run()

    table = page.dataframe[0].value
    assert not page.exception
    assert list(table["PR-AUC"]) == ["1.00 [1.00, 1.00]"] * 2
    thresholds = next(text for text in seen(page).split("\n") if "look from" in text)
    assert thresholds.count(">0.90<") == 2
    assert ">1.00 [0." in thresholds
    assert "To find 90 % of a label" in seen(page)


def test_table_per_label_has_n_for_each_label(study):
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    page = page_of("training", study)
    page.session_state["training_tab"] = "Per label"

    page.run()

    table = page.dataframe[0].value
    assert list(table["label"]) == ["Sale", "Leak"]
    assert list(table["n"]) == [10, 10]
    assert list(table["recall"]) == ["0.80 [0.49, 0.94]"] * 2


def test_comparison_says_how_many_more_labels_would_tell(study):
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    study.register_run(3)
    page = page_of("training", study)
    page.session_state["training_tab"] = "Compare"

    page.run()

    assert not page.exception
    assert "more to judge" in seen(page)
    assert "If both runs were equally good" in seen(page)


def test_registry_lists_every_run_with_its_basis(study):
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED)
    study.register_run(0)
    page = page_of("training", study)
    page.session_state["training_tab"] = "All runs"

    page.run()

    table = page.dataframe[0].value
    assert not page.exception
    assert list(table["run"]) == [2, 1]
    assert list(table["state"]) == ["not promoted", "promoted"]
    assert all("n = 20 hold-out messages" in figure for figure in table["figure"])


def test_failed_job_says_why_and_is_tried_again(study):
    study.fill()
    study.judge_all()
    study.add_job(JobState.FAILED, detail="The worker ran out of memory.")

    page = page_of("training", study).run()
    told = seen(page)
    page.button(key="training_job_again").click().run()

    under_way = active_jobs(study.place, study.project.project_id)
    assert not page.exception
    assert "The worker ran out of memory" in told.replace("\\", "")
    assert [job.state for job in under_way if job.kind == "train"] == [JobState.QUEUED]


def test_running_job_shows_step_and_is_cancelled(study):
    study.fill()
    study.judge_all()
    job = study.add_job(JobState.QUEUED, detail="Waiting")

    page = page_of("training", study).run()
    page.button(key="training_job_0").click().run()

    assert not page.exception
    ids = [one.job_id for one in active_jobs(study.place, study.project.project_id)]
    assert job.job_id not in ids


def test_loss_is_drawn_while_a_run_trains_also_for_who_comes_later(study):
    study.fill()
    study.judge_all()
    job = study.add_job(JobState.RUNNING)
    study.place.jobs._losses = (job.job_id, [(1, 0.5), (2, 0.3)])

    page = page_of("training", study).run()

    assert not page.exception
    assert len(page.get("vega_lite_chart")) == 1


def test_runs_loss_stays_with_its_particulars(study):
    study.fill()
    study.judge_all()
    study.register_run(4, losses=(0.5, 0.2, 0.1))
    page = page_of("training", study)
    page.session_state["training_tab"] = "All runs"

    page.run()

    assert not page.exception
    assert len(page.get("vega_lite_chart")) == 1


def test_job_that_does_not_know_its_time_yet_tells_what_such_jobs_take(study):
    study.fill()
    study.judge_all()
    job = study.add_job(JobState.RUNNING)
    with study.place.db.atomic() as transaction:
        jobs.set_progress(
            transaction, job.job_id, step=0, n_steps=0, seconds_left=None, detail="Preparing"
        )

    page = page_of("training", study).run()

    assert not page.exception
    assert "from a measurement on two cores" in seen(page)
