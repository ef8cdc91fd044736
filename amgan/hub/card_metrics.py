"""What metrics.json measured, as the model-index of a card has it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from huggingface_hub import EvalResult

from amgan.metrics.evaluation_rows import evaluation_rows

TASK = "unconditional-image-generation"
HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


def finite(value: Any) -> float:
    """The same number.

    Raises:
        ValueError: it is no number, or not a finite one.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("no number")
    return value


@dataclass(frozen=True)
class Result:
    """One measured number.

    Attributes:
        kind: The metric's id, as "accuracy".
        name: What was measured, for people.
        value: The number.
    """

    kind: str
    name: str
    value: float


def eval_results(metrics: dict[str, Any], section: str) -> list[EvalResult]:
    """The results of one section; none if it is not there, or if it is not known what the model was trained on.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: the section does not hold what it should.
    """
    training = metrics.get("training")
    if not training or not metrics.get(section):
        return []
    name = " ".join(training["data"].split())
    return [
        EvalResult(
            task_type=TASK,
            dataset_type=data_id_of(metrics) or name,
            dataset_name=name,
            metric_type=result.kind,
            metric_name=result.name,
            metric_value=finite(result.value),
        )
        for result in RESULTS_OF[section](metrics[section])
    ]


def data_id_of(metrics: dict[str, Any]) -> str | None:
    """The Hub id of the data set that the model was trained on, None if it came from elsewhere."""
    data_id = (metrics.get("training") or {}).get("data_id")
    return data_id if isinstance(data_id, str) and len(data_id) <= 200 and HUB_ID.fullmatch(data_id) else None


def _labeling(section: dict[str, Any]) -> Iterator[Result]:
    for confidence, share in section["kept_at_confidence"].items():
        if float(confidence) > 0:
            yield Result("share", f"pictures with D's confidence of at least {float(confidence):.0%}", share)


def _evaluation(section: dict[str, Any]) -> Iterator[Result]:
    for row in evaluation_rows(section):
        if row.value is not None:  # there was nothing to measure
            yield Result(row.kind, row.name, row.value)


RESULTS_OF: dict[str, Callable[[dict[str, Any]], Iterator[Result]]] = {
    "labeling": _labeling,
    "evaluation": _evaluation,
}
