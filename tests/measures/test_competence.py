"""How good raters are: known crowds, teams at the ends, and data too thin to tell."""

import numpy as np
import polars as pl
import pytest

from rhml_core.errors import NotEnoughDataError
from rhml_core.measures.competence import competences, team_competences
from rhml_core.measures.ratings import encode
from tests.benchmarks.agreement_coverage import agreement_coverage, competence_coverage
from tests.benchmarks.simulated_crowd import as_frame, judge, make_crowd
from tests.measures.agreement.rated import frame

NOTHING = pl.DataFrame(schema={"message_id": pl.String, "label": pl.String})


def test_competence_of_a_known_crowd_is_found():
    """Enough messages leave little to chance: every figure lies near the truth."""
    crowd = make_crowd(5, [0.5, 0.3, 0.2], right=(0.6, 0.95), seed=1)
    ratings = judge(crowd, 3000, n_each=[4], seed=2)

    found = competences(ratings, n_replicates=20)

    assert found.by_rater["competence"].to_numpy() == pytest.approx(crowd.competence, abs=0.03)
    assert found.by_rater["n"].sum() == 12_000
    shares = found.confusion["share"].to_numpy().reshape(5, 3, 3)
    assert shares == pytest.approx(crowd.confusion, abs=0.06)
    assert shares.sum(axis=2) == pytest.approx(1)


def test_interval_of_a_rater_who_is_always_right_has_a_width():
    """Ten of ten is not certainty: Wilson's lower end for it is 0.72."""
    of = {(f"m{n}", rater): "ham" if n % 2 else "spam" for n in range(10) for rater in "abc"}

    found = competences(encode(frame(of)), n_replicates=20).by_rater

    assert found["competence"].to_list() == pytest.approx([1.0] * 3)
    assert found["low"].to_list() == pytest.approx([0.7225] * 3, abs=1e-3)
    assert found["high"].to_list() == pytest.approx([1.0] * 3)
    assert found["n"].to_list() == [10] * 3


def test_truth_that_a_rater_never_met_has_no_row():
    of = {(f"m{n}", rater): "ham" if n % 2 else "spam" for n in range(10) for rater in "ab"}
    of |= {(f"m{n}", "cleo"): "ham" for n in range(1, 10, 2)}

    cells = competences(encode(frame(of)), n_replicates=5).confusion

    of_cleo = cells.filter(pl.col("expert_id") == "cleo")
    assert of_cleo["true_label"].unique().to_list() == ["ham"]
    assert of_cleo["share"].to_list() == pytest.approx([1.0, 0.0])
    assert (cells["low"] <= cells["share"]).all()
    assert (cells["share"] <= cells["high"]).all()


def test_known_truth_tells_who_is_wrong():
    """All messages adjudicated: competence is plain counting."""
    crowd = make_crowd(3, [0.5, 0.5], right=(0.7, 0.9), seed=3)
    labels = as_frame(judge(crowd, 200, n_each=[3], seed=4))
    verdicts = labels.filter(pl.col("expert_id") == "r000").select("message_id", "label")

    found = team_competences(labels, verdicts, n_replicates=20).by_rater

    met = labels.join(verdicts, on="message_id", suffix="_true")
    right = met.with_columns(is_right=pl.col("label") == pl.col("label_true"))
    for rater, competence in found.select("expert_id", "competence").iter_rows():
        own = right.filter(pl.col("expert_id") == rater)
        by_truth = own.group_by("label_true").agg(
            share=pl.col("is_right").mean(), weight=pl.len() / 200
        )
        expected = (by_truth["share"] * by_truth["weight"]).sum()
        assert competence == pytest.approx(expected, abs=1e-6)


def test_same_seed_gives_the_same_intervals():
    crowd = make_crowd(4, [0.6, 0.4], right=(0.6, 0.9), seed=5)
    ratings = judge(crowd, 60, n_each=[3], seed=6)

    first, second, other = (
        competences(ratings, n_replicates=20, seed=seed).by_rater for seed in (1, 1, 2)
    )

    assert first.equals(second)
    assert not first.equals(other)


def test_thin_data_are_told_in_words():
    labels = frame({("m1", "ana"): "ham", ("m1", "ben"): "spam"})

    with pytest.raises(NotEnoughDataError, match="Only 2 people have labelled"):
        team_competences(labels, NOTHING)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """Few trials: a gross error would show, the benchmark's long run shows the rest."""
    held = agreement_coverage(60, n_messages=100, n_replicates=300)
    held |= competence_coverage(4, n_messages=150, n_replicates=60)

    assert set(held) == {"alpha", "fleiss", "ac1", "percent", "kappa", "competence"}
    assert all(0.85 <= share <= 1 for share in held.values())
    assert np.mean(list(held.values())) < 1
