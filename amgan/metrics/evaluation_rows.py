"""The section `evaluation` of metrics.json as rows: for the table in the terminal and for a model's card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class EvaluationRow:
    """One number of an evaluation.

    Attributes:
        kind: The metric's id, as "inception_score".
        name: What was measured, for people.
        value: Of the model's pictures; None if it could not be measured.
        real: The same of real pictures that training did not see; None if that was not measured.
        better: "higher" or "lower".
    """

    kind: str
    name: str
    value: float | None
    real: float | None
    better: str


ROWS: tuple[tuple[str, str, str, Callable[[dict[str, Any]], float | None]], ...] = (
    ("inception_score", "Inception Score", "higher", lambda scores: scores["inception_score"]),
    ("am_score", "AM Score", "lower", lambda scores: scores["am_score"]),
    ("am_score_divergence", "AM Score, divergence of classes", "lower", lambda s: s["am_score_terms"]["divergence"]),
    ("am_score_entropy", "AM Score, mean entropy", "lower", lambda s: s["am_score_terms"]["entropy"]),
    ("mode_score", "Mode Score", "higher", lambda scores: scores["mode_score"]),
    ("ms_ssim", "MS-SSIM, largest class mean", "lower", lambda scores: scores["ms_ssim"]["largest"]),
    ("ms_ssim_mean", "MS-SSIM, mean over classes", "lower", lambda scores: scores["ms_ssim"]["mean"]),
    ("frechet_distance", "Frechet distance", "lower", lambda scores: scores["frechet_distance"]),
    ("kernel_distance", "Kernel distance", "lower", lambda scores: scores["kernel_distance"]["mean"]),
    ("precision", "Precision", "higher", lambda scores: scores.get("precision")),
    ("recall", "Recall", "higher", lambda scores: scores.get("recall")),
)

PUBLISHED_ROWS = (
    ("inception_score", "Inception Score", "higher"),
    ("frechet_distance", "Frechet distance", "lower"),
)


def evaluation_rows(section: dict[str, Any]) -> list[EvaluationRow]:
    """The rows of an evaluation.

    Args:
        section: The section `evaluation` of metrics.json.

    Raises:
        KeyError, TypeError: the section does not hold what it should.
    """
    scores, real = section["scores"], section.get("real")
    rows = [
        EvaluationRow(kind, name, read(scores), read(real) if real else None, better)
        for kind, name, better, read in ROWS
    ]
    for part, name in (
        ("agreement", "judge agrees, any class"),
        ("asked", "judge agrees, asked class"),
    ):
        if section.get(part):
            rows.append(EvaluationRow(f"{part}_accuracy", name, section[part]["share"], None, "higher"))
    if published := section.get("published"):
        rows += [
            EvaluationRow(f"inception_v3_{kind}", f"{name}, Inception-v3", published[kind], None, better)
            for kind, name, better in PUBLISHED_ROWS
        ]
    return rows


def judge_in_words(section: dict[str, Any]) -> str:
    """Who judged, in one sentence part: name and accuracy.

    Raises:
        KeyError, TypeError, ValueError: the section does not hold what it should.
    """
    judge = section["protocol"]["judge"]
    return f"judge {judge['name']}, {judge['accuracy']:.2%} of {judge['test_pictures']:,} test pictures right"
