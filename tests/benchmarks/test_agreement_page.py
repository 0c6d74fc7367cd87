import polars as pl

from tests.benchmarks.agreement_page import N_RATERS, report, simulated_judgements


def side(seconds):
    """A store whose page opened in these seconds."""
    return {"n_judgements": 1, "seconds": seconds, "question_seconds": [0.1], "wrongs": []}


def test_target_is_the_ratio_of_the_typical_times():
    """A single slow visit does not decide."""
    document = report(side([1.0, 1.0, 9.0]), side([1.5, 1.5, 1.5]))

    (one,) = document["targets"]
    assert (one["value"], one["holds"]) == (1.5, True)


def test_slower_than_twice_is_missed():
    (one,) = report(side([1.0]), side([2.1]))["targets"]

    assert not one["holds"]


def test_nobody_judges_a_message_twice():
    made = simulated_judgements(2_000)

    assert made.height == 2_000
    assert made.select("message_id", "expert_id").is_unique().all()
    assert made["expert_id"].n_unique() == N_RATERS
    assert made.group_by("message_id").len()["len"].to_list() == [4] * 500
    assert made["made_at"].dtype == pl.Datetime("us", "UTC")
