"""What metrics.json measured, as a model card shows it: the judge's paragraph, and results in the model-index."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from huggingface_hub import EvalResult

from amgan.metrics.copies import copies_in_words
from amgan.metrics.evaluation_rows import evaluation_rows, judge_in_words, real_pictures_in_words
from amgan.metrics.ms_ssim import classes_left_out
from amgan.release.folder import FIGURE_FILE

MOST_NAMES = 40
"""Classes that are named; of more only the number is said."""

TASK = "unconditional-image-generation"
HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


def evaluation_paragraph(section: dict[str, Any] | None, plain: Callable[[str], str]) -> str:
    """The paragraph; "" without a section.

    Args:
        section: The section `evaluation`, which may come from anyone.
        plain: Takes all meaning from a text that a stranger may have written.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: the section does not hold what it should.
    """
    if not section:
        return ""
    rows = [
        f"| {row.title} | {_shown(row.value)} | {_shown(row.real)} | {row.better} | {row.meaning} |"
        for row in evaluation_rows(section)
    ]
    judged = f"{plain(section['protocol']['pictures'])}; {plain(judge_in_words(section))}"
    lines = [
        "## How good the pictures are",
        "",
        f"{judged}. The judge is a classifier of the same data set that never saw the model's pictures.",
        "Scores of other judges cannot be compared with these.",
        "",
        f"| metric | model | {real_pictures_in_words(section)} | better | what it says |",
        "| --- | ---: | ---: | --- | --- |",
        *rows,
        *_left_out(section, plain),
        *_real_pictures(section, plain),
        *_at_confidence(section.get("agreement")),
    ]
    if section.get("figure") == FIGURE_FILE:
        lines += ["", f"![AM Score by class, agreement, best and worst pictures]({FIGURE_FILE})"]
    return "\n".join(lines)


def _left_out(section: dict[str, Any], plain: Callable[[str], str]) -> list[str]:
    names = classes_left_out(section["scores"])
    if not names:
        return []
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    said = f"{', '.join(map(plain, names[:MOST_NAMES]))}{more}"
    return ["", f"Left out of MS-SSIM, since the model drew too few pictures of them: {said}."]


def _real_pictures(section: dict[str, Any], plain: Callable[[str], str]) -> list[str]:
    which, warning = section["protocol"].get("real_pictures"), copies_in_words(section.get("copies"))
    said = [f"Real pictures: {plain(which)}."] if which else []
    return [line for text in (*said, *([f"**{warning}.**"] if warning else [])) for line in ("", text)]


def _at_confidence(agreement: dict[str, Any] | None) -> list[str]:
    if not agreement:
        return []
    at = agreement["at_confidence"]
    header = " | ".join(f"{float(confidence):.0%}" for confidence in at)
    row = " | ".join("none kept" if share is None else f"{_number(share):.1%}" for share in at.values())
    return [
        "",
        f"| D's confidence at least | {header} |",
        f"| --- |{' --- |' * len(at)}",
        f"| judge names the same class | {row} |",
    ]


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{_number(value):.4f}"


def _number(value: Any) -> float:
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
            metric_value=_number(result.value),
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
