"""All metrics, in the order of tables: a metric is its file and a line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amgan.metrics import (
    agreement,
    am_score,
    as_many,
    copies,
    feature_distance,
    inception_score,
    inception_v3,
    mode_score,
    ms_ssim,
    precision_recall,
)  # fmt: skip
from amgan.metrics.metric import Metric, Seen

METRICS: tuple[Metric, ...] = (
    *inception_score.METRICS,
    *am_score.METRICS,
    *mode_score.METRICS,
    *ms_ssim.METRICS,
    *feature_distance.METRICS,
    *as_many.METRICS,
    *precision_recall.METRICS,
    *agreement.METRICS,
    *copies.METRICS,
    *inception_v3.METRICS,
)

MEASURES: tuple[Callable[[Seen], dict[str, Any]], ...] = (
    inception_score.measure, mode_score.measure, am_score.measure, feature_distance.measure, ms_ssim.measure,
    precision_recall.measure,
)  # fmt: skip
"""What computes the part "scores", JSON-ready, of any pictures that were judged."""
