"""Metrics come back from JSON as they were, also those of an older program."""

import json

import numpy as np
import pytest

from rhml_core.figures import Interval, LabelMetrics
from rhml_core.measures.evaluation import Answers, measure_answers
from rhml_core.store.kept_metrics import metrics_from_json, metrics_to_json

OLD = {
    "measured_on": "hold-out",
    "macro_f1": {"value": 0.8, "low": 0.7, "high": 0.9, "n": 40},
    "accuracy": {"value": 0.9, "low": 0.8, "high": 1.0, "n": 40},
    "per_label": [
        {
            "label": "spam",
            "precision": None,
            "recall": 0.5,
            "f1": 0.6,
            "f1_low": 0.4,
            "f1_high": 0.7,
            "n": 12,
            "n_predicted": 0,
        }
    ],
    "confusion": [["spam", "ham", 3]],
    "n": 40,
}


@pytest.mark.parametrize("n_training", [0, 60])
@pytest.mark.parametrize("measured_on", ["hold-out", "cross-validation"])
def test_metrics_come_back_whole(measured_on, n_training):
    """With thresholds measured, not measured and missing, and a label that nobody has."""
    random = np.random.default_rng(0)
    told = Answers(["ham", "spam"] * 20, random.dirichlet(np.ones(3), size=40))
    training = Answers(
        ["ham", "spam"] * (n_training // 2), random.dirichlet(np.ones(3), size=n_training)
    )
    metrics = measure_answers(
        told, ["ham", "spam", "threat"], measured_on=measured_on, training=training, n_replicates=9
    )

    assert metrics_from_json(metrics_to_json(metrics)) == metrics
    assert metrics.per_label[2].pr_auc is None


def test_metrics_of_an_older_program_are_read():
    """What was not measured then is unknown, not zero."""
    metrics = metrics_from_json(json.dumps(OLD))

    assert metrics.macro_f1 == Interval(0.8, 0.7, 0.9, 40)
    assert metrics.per_label == (LabelMetrics("spam", None, 0.5, 0.6, 0.4, 0.7, 12, 0),)
    assert metrics.confusion == (("spam", "ham", 3),)
    assert (metrics.n_adjudicated, metrics.macro_pr_auc, metrics.brier) == (None, None, None)
    assert (metrics.reliability, metrics.coverage, metrics.unmeasured) == ((), (), ())
