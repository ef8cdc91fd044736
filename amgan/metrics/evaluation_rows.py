"""The section `evaluation` of metrics.json as rows: for the table in the terminal and for a model's card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amgan.metrics.as_many import are_too_few
from amgan.metrics.registry import METRICS

PARTS = ("as_many", "agreement", "asked", "copies", "published")
"""What of an evaluation is measured not of every model."""


@dataclass(frozen=True)
class EvaluationRow:
    """One number of an evaluation.

    Attributes:
        kind: The metric's id, as "inception_score".
        name: What was measured, for people.
        value: Of the model's pictures; None if it could not be measured.
        real: The same of real pictures that training did not see; None if that was not measured.
        better: Which values are better; see `amgan.metrics.metric.Better`.
        meaning: What it says, in a sentence.
        note: What the number leaves out; "" for nothing.
    """

    kind: str
    name: str
    value: float | None
    real: float | None
    better: str
    meaning: str
    note: str = ""

    @property
    def title(self) -> str:
        """Its name with the note."""
        return f"{self.name} ({self.note})" if self.note else self.name


def evaluation_rows(section: dict[str, Any]) -> list[EvaluationRow]:
    """The rows of an evaluation.

    Args:
        section: The section `evaluation` of metrics.json.

    Raises:
        KeyError, TypeError: the section does not hold what it should.
    """
    scores, real = section["scores"], section.get("real")
    of_real = real_values(real, scores["pictures"]) if real else {}
    parts = {"scores": scores} | {name: section[name] for name in PARTS if section.get(name)}
    if beside := parts.get("as_many"):
        of_real |= {metric.kind: metric.read(beside["real"]) for metric in METRICS if metric.part == "as_many"}
    return [
        EvaluationRow(
            metric.kind, metric.name, metric.read(parts[metric.part]), of_real.get(metric.kind), metric.better,
            metric.meaning, metric.note(section),
        )
        for metric in METRICS
        if metric.part in parts
    ]  # fmt: skip


def real_values(real: dict[str, Any], pictures: int) -> dict[str, float | None]:
    """The scores of real pictures by kind; None for those that say nothing beside so many pictures of a model.

    Args:
        real: The scores of real pictures, as `amgan.metrics.picture_meter.Scores` has them.
        pictures: How many pictures of a model they stand beside.

    Raises:
        KeyError, TypeError: the scores do not hold what they should.
    """
    few = are_too_few(real["pictures"], pictures)
    return {
        metric.kind: None if few and metric.needs_as_many else metric.read(real)
        for metric in METRICS
        if metric.part == "scores"
    }


def real_pictures_in_words(section: dict[str, Any]) -> str:
    """The heading of the column of real pictures, with their number where they were scored.

    Raises:
        KeyError, TypeError, ValueError: the section does not hold what it should.
    """
    real = section.get("real")
    return f"{real['pictures']:,d} real test pictures" if real else "real test pictures"


def distances_in_words(section: dict[str, Any]) -> str:
    """The distances in one line, those of real pictures beside them.

    Raises:
        KeyError, TypeError: the section does not hold what it should.
    """
    words = [
        f"{row.title} {row.value:.4g}" + ("" if row.real is None else f", of real pictures {row.real:.4g}")
        for row in evaluation_rows(section)
        if row.kind.startswith(("frechet_distance", "kernel_distance")) and row.value is not None
    ]
    return "; ".join(words)


def judge_in_words(section: dict[str, Any]) -> str:
    """Who judged, in one sentence part: name and accuracy.

    Raises:
        KeyError, TypeError, ValueError: the section does not hold what it should.
    """
    judge = section["protocol"]["judge"]
    return f"judge {judge['name']}, {accuracy_in_words(judge)}"


def accuracy_in_words(judge: dict[str, Any]) -> str:
    """How often a judge is right, with the standard error where it was cross-validated.

    Args:
        judge: As `amgan.metrics.judge.Judge.describe` gives it.

    Raises:
        KeyError, TypeError, ValueError: it does not hold what it should.
    """
    if not judge.get("folds"):
        return f"{judge['accuracy']:.2%} of {judge['test_pictures']:,} test pictures right"
    right = f"{judge['accuracy']:.2%} ± {judge['accuracy_error']:.2%} of {judge['test_pictures']:,} pictures right"
    return f"{right} in {judge['folds']:d}-fold cross-validation on {judge['pretrained']}"
