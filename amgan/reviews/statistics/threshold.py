"""How well D's confidence predicts what people keep, and which least confidence to set because of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from amgan.metrics.torchmetrics_import import torchmetrics_needed
from amgan.reviews.statistics.outcome import Outcome, outcome
from amgan.reviews.statistics.share import Share, pooled, share

STEPS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
"""Thresholds that are looked at, above the one that the pictures were drawn with."""

LEAST_VOTES = 10
"""With fewer votes above a threshold nothing is said of it."""
LEAST_CLASS_VOTES = 5
"""With fewer votes on a class above a threshold it reaches no target there: of several thresholds some leave few votes,
by chance all for keeping."""

Reached = Literal["already", "every class", "on the whole", "nearest", "best", "no gain"]
"""What the recommended confidence reaches, with pictures of every class left: the target is met as they were
drawn; it is met in every class; over all classes together; it is not met, but this one comes nearest; without a target:
this one keeps most; none surely keeps more."""


@dataclass(frozen=True)
class Opinion:
    """One vote on one picture, as the threshold sees it.

    Attributes:
        confidence: D's probability of the class that the picture is shown as.
        kept: Whether the vote is for keeping it.
        label: That class.
        picture: Number of the picture.
        reviewer: Whose vote it is.
    """

    confidence: float
    kept: bool
    label: str
    picture: int
    reviewer: str


@dataclass(frozen=True)
class Step:
    """What is left at one threshold.

    Attributes:
        confidence: The threshold: pictures of which D is at least so sure are left.
        kept: Votes for keeping, of the votes on those.
        pictures_left: Share of the judged pictures that are left, from 0 to 1.
        classes: The share of votes for keeping of each class that is left.
    """

    confidence: float
    kept: Share
    pictures_left: float
    classes: Mapping[str, Share]


@dataclass(frozen=True)
class Recommendation:
    """The least confidence to set.

    Attributes:
        step: What is left at it.
        reached: What it reaches.
        certain: Whether it reaches a target for certain, by the rule of `outcome` that the verdicts on
            classes follow, with votes on every class; else by the votes so far, or none.
    """

    step: Step
    reached: Reached
    certain: bool = False


@dataclass(frozen=True)
class Prediction:
    """How D's confidence and people's votes go together.

    Attributes:
        auc: Of a kept and a rejected vote's picture, how often D is surer of the kept one; ties count half. 0.5 is
            chance. None if all votes are the same.
        steps: What each threshold leaves, as long as enough votes are left: first all, at the least of `floors`.
        recommendation: The confidence to set; None without enough votes.
        settable: Whether there is one to set; without it there are neither steps nor a recommendation.
        floors: The least confidences that the pictures were drawn with, the lowest first; 0 for none. Nobody has seen
            what lies below.
    """

    auc: float | None
    steps: tuple[Step, ...]
    recommendation: Recommendation | None
    settable: bool = True
    floors: tuple[float, ...] = (0.0,)


def predict(
    opinions: Sequence[Opinion],
    target: float | None,
    settable: bool = True,
    labels: Collection[str] = (),
    floors: Collection[float] = (0.0,),
) -> Prediction:
    """Compare D's confidence with people's votes.

    Args:
        opinions: The votes on pictures of one model.
        target: The least share to be kept in every class, or None.
        settable: Whether the model has a least confidence to set.
        labels: The classes of its pictures: of one without votes no target is reached for certain.
        floors: The least confidences that its pictures were drawn with, at least one.
    """
    if not settable:
        return Prediction(_auc(opinions), (), None, settable=False)
    lowest = min(floors)
    looked_at = (lowest, *(least for least in STEPS if least > lowest))
    steps = tuple(step for least in looked_at if (step := _step(opinions, least)) is not None)
    # A threshold below every picture's confidence leaves what the one before it leaves.
    different = tuple(step for i, step in enumerate(steps) if i == 0 or step.kept != steps[i - 1].kept)
    is_silent = not {opinion.label for opinion in opinions}.issuperset(labels)
    recommended = _recommended(different, target, is_silent) if different else None
    return Prediction(_auc(opinions), different, recommended, floors=tuple(sorted(set(floors))))


def _auc(opinions: Sequence[Opinion]) -> float | None:
    kept = [opinion.kept for opinion in opinions]
    if len(set(kept)) < 2:
        return None
    with torchmetrics_needed():
        from torchmetrics.functional.classification import binary_auroc
    confidences = torch.tensor([opinion.confidence for opinion in opinions], dtype=torch.float64)
    return float(binary_auroc(confidences, torch.tensor(kept, dtype=torch.int64)))


def _step(opinions: Sequence[Opinion], least: float) -> Step | None:
    left = [opinion for opinion in opinions if opinion.confidence >= least]
    if len(left) < LEAST_VOTES:
        return None
    classes = {label: _kept([one for one in left if one.label == label]) for label in sorted({o.label for o in left})}
    pictures = {opinion.picture for opinion in opinions}
    return Step(least, _kept(left), len({opinion.picture for opinion in left}) / len(pictures), classes)


def _kept(opinions: Sequence[Opinion]) -> Share:
    own: dict[int, list[Opinion]] = {}
    for opinion in opinions:
        own.setdefault(opinion.picture, []).append(opinion)
    found = pooled(share(sum(one.kept for one in some), len(some), (o.reviewer for o in some)) for some in own.values())
    assert found is not None  # It is asked of at least one vote.
    return found


def _recommended(steps: Sequence[Step], target: float | None, is_silent: bool) -> Recommendation:
    first = steps[0]
    # One that leaves nothing of a class would make that class impossible to draw.
    possible = [step for step in steps if len(step.classes) == len(first.classes)]
    if target is not None:
        # What is certain is worth a higher confidence.
        for certain in (True, False):
            for step in possible:
                enough = step is first or min(one.count for one in step.classes.values()) >= LEAST_CLASS_VOTES
                classes = [outcome(one, target) for one in step.classes.values()]
                if enough and not (certain and is_silent) and _all_reach(classes, certain):
                    return Recommendation(step, "already" if step is first else "every class", certain)
        if first.kept.value < target:
            for certain in (True, False):
                for step in possible:
                    if _all_reach([outcome(step.kept, target)], certain):
                        return Recommendation(step, "on the whole", certain)
    # By the interval's lower end, not by the share itself: of several thresholds one always looks better by chance.
    best = max(possible, key=lambda step: (step.kept.low, -step.confidence))
    if best.kept.low <= first.kept.value:
        return Recommendation(first, "no gain")
    return Recommendation(best, "best" if target is None else "nearest")


def _all_reach(outcomes: Iterable[Outcome], certain: bool) -> bool:
    return all(one.so_far and (one.certain or not certain) for one in outcomes)
