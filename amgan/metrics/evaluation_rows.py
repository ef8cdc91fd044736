"""The section `evaluation` of metrics.json as rows: for the table in the terminal and for a model's card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from amgan.metrics.feature_distance import MOST_FEATURES


@dataclass(frozen=True)
class EvaluationRow:
    """One number of an evaluation.

    Attributes:
        kind: The metric's id, as "inception_score".
        name: What was measured, for people.
        value: Of the model's pictures; None if it could not be measured.
        real: The same of real pictures that training did not see; None if that was not measured.
        better: "higher", "lower", or "near real": pictures more alike than real ones have collapsed, and noise is less
            alike than any.
        note: What the number leaves out; "" for nothing.
    """

    kind: str
    name: str
    value: float | None
    real: float | None
    better: str
    note: str = ""

    @property
    def title(self) -> str:
        """Its name with the note."""
        return f"{self.name} ({self.note})" if self.note else self.name


NEAR_REAL = "near real"

ROWS: tuple[tuple[str, str, str, Callable[[dict[str, Any]], float | None]], ...] = (
    ("inception_score", "Inception Score", "higher", lambda scores: scores["inception_score"]),
    ("am_score", "AM Score", "lower", lambda scores: scores["am_score"]),
    ("am_score_divergence", "AM Score, divergence of classes", "lower", lambda s: s["am_score_terms"]["divergence"]),
    ("am_score_entropy", "AM Score, mean entropy", "lower", lambda s: s["am_score_terms"]["entropy"]),
    ("mode_score", "Mode Score", "higher", lambda scores: scores["mode_score"]),
    ("ms_ssim", "MS-SSIM, largest class mean", NEAR_REAL, lambda scores: scores["ms_ssim"]["largest"]),
    ("ms_ssim_mean", "MS-SSIM, mean over classes", NEAR_REAL, lambda scores: scores["ms_ssim"]["mean"]),
    ("frechet_distance", "Frechet distance", "lower", lambda scores: scores["frechet_distance"]),
    ("kernel_distance", "Kernel distance", "lower", lambda scores: scores["kernel_distance"]["mean"]),
    ("precision", "Precision", "higher", lambda scores: scores.get("precision")),
    ("recall", "Recall", "higher", lambda scores: scores.get("recall")),
)

MS_SSIM = frozenset({"ms_ssim", "ms_ssim_mean"})

NEED_AS_MANY = frozenset({"frechet_distance", "precision", "recall"})
"""What few pictures make worse, whatever they show: the Frechet distance of pictures as good as real ones is about
inverse to their number, and a manifold of few features is coarse. Half as many real pictures as the model's get twice
the distance that a perfect model would; those of still fewer are not shown. Beyond `MOST_FEATURES` more change little,
and precision and recall take no more."""

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
    of_real = real_values(real, scores["pictures"]) if real else {}
    rows = [
        EvaluationRow(
            kind, name, read(scores), of_real.get(kind), better, _left_out(scores, real) if kind in MS_SSIM else ""
        )
        for kind, name, better, read in ROWS
    ]
    if named := section.get("agreement"):
        rows.append(EvaluationRow("agreement_accuracy", "judge agrees, any class", named["share"], None, "higher"))
    if asked := section.get("asked"):
        name = "judge agrees, asked class"
        rows.append(EvaluationRow("asked_accuracy", name, asked["share"], None, "higher", _how_asked(asked)))
    if published := section.get("published"):
        rows += [
            EvaluationRow(f"inception_v3_{kind}", f"{name}, Inception-v3", published[kind], None, better)
            for kind, name, better in PUBLISHED_ROWS
        ]
    return rows


def real_values(real: dict[str, Any], pictures: int) -> dict[str, float | None]:
    """The scores of real pictures by kind; None for those that say nothing beside so many pictures of a model.

    Args:
        real: The scores of real pictures, as `amgan.metrics.picture_meter.Scores` has them.
        pictures: How many pictures of a model they stand beside.

    Raises:
        KeyError, TypeError: the scores do not hold what they should.
    """
    few = 2 * real["pictures"] < min(pictures, MOST_FEATURES)
    return {kind: None if few and kind in NEED_AS_MANY else read(real) for kind, _, _, read in ROWS}


def real_pictures_in_words(section: dict[str, Any]) -> str:
    """The heading of the column of real pictures, with their number where they were scored.

    Raises:
        KeyError, TypeError, ValueError: the section does not hold what it should.
    """
    real = section.get("real")
    return f"{real['pictures']:,d} real test pictures" if real else "real test pictures"


def classes_left_out(scores: dict[str, Any]) -> list[str]:
    """The classes that had too few pictures for MS-SSIM.

    Raises:
        KeyError, TypeError: the scores do not hold what they should.
    """
    # Scores of an earlier version do not say it, and leave none out.
    return list(scores["ms_ssim"].get("left_out", []))


def _left_out(scores: dict[str, Any], real: dict[str, Any] | None) -> str:
    counts = [len(classes_left_out(scores)), len(classes_left_out(real)) if real else 0]
    said = [f"{count} of {who}" for count, who in zip(counts, ("the model's", "the real ones'")) if count]
    return f"classes left out for too few pictures: {', '.join(said)}" if said else ""


def _how_asked(asked: dict[str, Any]) -> str:
    notes = [] if asked["confidence"] is None else [f"at D's confidence {asked['confidence']:g}"]
    if asked["not_found"]:
        notes.append(f"{asked['not_found']:,d} of {asked['pictures'] + asked['not_found']:,d} not found")
    return ", ".join(notes)


def judge_in_words(section: dict[str, Any]) -> str:
    """Who judged, in one sentence part: name and accuracy.

    Raises:
        KeyError, TypeError, ValueError: the section does not hold what it should.
    """
    judge = section["protocol"]["judge"]
    return f"judge {judge['name']}, {judge['accuracy']:.2%} of {judge['test_pictures']:,} test pictures right"
