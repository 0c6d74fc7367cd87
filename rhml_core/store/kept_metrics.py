"""A run's metrics as JSON, readable also where they were kept by an older program."""

import dataclasses
import json
from typing import Any

from rhml_core.figures import (
    CoveragePoint,
    Interval,
    LabelMetrics,
    LabelThreshold,
    Metrics,
    ReliabilityBin,
)

Kept = dict[str, Any]


def metrics_to_json(metrics: Metrics) -> str:
    """The metrics as JSON text."""
    return json.dumps(dataclasses.asdict(metrics), allow_nan=False)


def metrics_from_json(text: str) -> Metrics:
    """The metrics kept as JSON, as they were measured; figures unknown then stay unknown."""
    kept: Kept = json.loads(text)
    return Metrics(
        measured_on=kept["measured_on"],
        macro_f1=Interval(**kept["macro_f1"]),
        accuracy=Interval(**kept["accuracy"]),
        per_label=tuple(_label_metrics(entry) for entry in kept["per_label"]),
        confusion=tuple((row[0], row[1], row[2]) for row in kept["confusion"]),
        n=kept["n"],
        n_adjudicated=kept.get("n_adjudicated"),
        macro_pr_auc=_interval(kept.get("macro_pr_auc")),
        balanced_accuracy=_interval(kept.get("balanced_accuracy")),
        brier=_interval(kept.get("brier")),
        calibration_error=_interval(kept.get("calibration_error")),
        reliability=tuple(
            ReliabilityBin(entry["confidence"], Interval(**entry["accuracy"]))
            for entry in kept.get("reliability", ())
        ),
        coverage=tuple(
            CoveragePoint(entry["coverage"], entry["threshold"], Interval(**entry["accuracy"]))
            for entry in kept.get("coverage", ())
        ),
        unmeasured=tuple(kept.get("unmeasured", ())),
    )


def _label_metrics(kept: Kept) -> LabelMetrics:
    return LabelMetrics(
        **kept
        | {
            "pr_auc": _interval(kept.get("pr_auc")),
            "threshold": _threshold(kept.get("threshold")),
        }
    )


def _threshold(kept: Kept | None) -> LabelThreshold | None:
    if kept is None:
        return None
    return LabelThreshold(
        **kept | {"recall": _interval(kept["recall"]), "precision": _interval(kept["precision"])}
    )


def _interval(kept: Kept | None) -> Interval | None:
    return Interval(**kept) if kept else None
