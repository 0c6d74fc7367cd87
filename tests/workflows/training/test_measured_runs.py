"""What a run is measured on, and what its thresholds are chosen on."""

import numpy as np
import polars as pl

from rhml_core.workflows.training.data import MIN_HOLDOUT, TrainingSet
from rhml_core.workflows.training.trained_runs import measure

LABELS = ["ham", "spam"]


def references(names, *, n_adjudicated=0):
    """Reference labels, ham and spam in turn."""
    return pl.DataFrame(
        {
            "message_id": names,
            "label": [LABELS[place % 2] for place in range(len(names))],
            "weight": [1.0] * len(names),
            "source": [
                "adjudicated" if place < n_adjudicated else "consensus"
                for place in range(len(names))
            ],
        },
        schema={
            "message_id": pl.String,
            "label": pl.String,
            "weight": pl.Float64,
            "source": pl.String,
        },
    )


def judged(n_training=40, n_holdout=30, *, n_adjudicated=0):
    """Judged messages t0, t1, ... and h0, h1, ..."""
    return TrainingSet(
        labels=LABELS,
        training=references([f"t{place}" for place in range(n_training)], n_adjudicated=5),
        holdout=references(
            [f"h{place}" for place in range(n_holdout)], n_adjudicated=n_adjudicated
        ).drop("weight"),
        missing=[],
        codebook_version=1,
        n_experts=2,
    )


def predictions(data, seed=0, *, without=()):
    """What a machine that knows something says of every message, in no order."""
    random = np.random.default_rng(seed)
    known = pl.concat([data.training.drop("weight"), data.holdout])
    lean = random.normal(size=known.height) + np.where(known["label"] == "spam", 1.5, -1.5)
    spam = 1 / (1 + np.exp(-lean))
    return (
        pl.DataFrame(
            {
                "message_id": known["message_id"],
                "label": np.where(spam > 0.5, "spam", "ham"),
                "probabilities": np.column_stack([1 - spam, spam]).tolist(),
            }
        )
        .filter(~pl.col("message_id").is_in(list(without)))
        .sample(fraction=1, shuffle=True, seed=seed)
    )


def test_holdout_measures_where_enough_of_it_is_judged():
    data = judged(n_adjudicated=12)

    metrics, missing = measure(data, predictions(data), seed=0)

    assert (metrics.measured_on, metrics.n, metrics.n_adjudicated) == ("hold-out", 30, 12)
    assert missing == ""
    assert metrics.macro_pr_auc.value > 0.7
    assert metrics.per_label[1].threshold.n_chosen == 20
    assert metrics.per_label[1].threshold.recall.n == 15


def test_training_messages_measure_where_too_few_of_the_holdout_are_judged():
    data = judged(n_holdout=MIN_HOLDOUT - 1)

    metrics, missing = measure(data, predictions(data), seed=0)

    assert (metrics.measured_on, metrics.n, metrics.n_adjudicated) == ("cross-validation", 40, 5)
    assert "Only 19 hold-out messages" in missing
    assert metrics.per_label[1].threshold.recall is None


def test_labels_of_the_holdout_move_no_threshold():
    data = judged()
    said = predictions(data)
    other = TrainingSet(
        data.labels,
        data.training,
        data.holdout.with_columns(label=pl.col("label").reverse()),
        [],
        1,
        2,
    )

    one, two = (measure(known, said, seed=0)[0] for known in (data, other))

    assert one.macro_f1 != two.macro_f1
    assert [label.threshold.threshold for label in one.per_label] == [
        label.threshold.threshold for label in two.per_label
    ]


def test_messages_that_the_run_never_read_are_left_out():
    data = judged()

    metrics, _ = measure(data, predictions(data, without=("h0", "h1", "t0")), seed=0)

    assert metrics.n == 28
    assert metrics.per_label[0].threshold.n_chosen == 19


def test_run_without_a_judged_message_has_no_metrics():
    data = judged(n_training=0, n_holdout=0)

    metrics, missing = measure(data, predictions(data), seed=0)

    assert metrics is None
    assert "nothing can be measured" in missing
