"""Whether what the paper says holds in the numbers at hand: decided by arithmetic alone."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from dataclasses import dataclass

from amgan.training.comparison.paper import Claim
from amgan.training.comparison.plan import Variant
from amgan.training.comparison.results import RunResult, Spread, common_spreads

_QUANTILES = (
    (1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (6, 2.447), (7, 2.365), (8, 2.306), (9, 2.262),
    (10, 2.228), (12, 2.179), (15, 2.131), (20, 2.086), (30, 2.042), (60, 2.000), (120, 1.980),
)  # fmt: skip
"""Of Student's t: degrees of freedom and the 97.5 % quantile, as every book of tables has them."""


class Verdict(enum.Enum):
    """What the numbers say of a claim, the worst last."""

    HOLDS = "holds"
    LEANS = "the same direction, but not beyond the noise of the seeds"
    SINGLE = "the same direction, with a single run, whose noise is not known"
    LEANS_AGAINST = "the opposite direction, but not beyond the noise of the seeds"
    SINGLE_AGAINST = "the opposite direction, with a single run, whose noise is not known"
    FAILS = "does not hold"


@dataclass(frozen=True)
class Compared:
    """One comparison of a claim.

    Attributes:
        pair: The variant that should be ahead, and the other.
        numbers: Their numbers.
        verdict: What they say.
        classes: For a metric that is the largest of the classes, how many of them all these runs have; else None.
    """

    pair: tuple[Variant, Variant]
    numbers: tuple[Spread, Spread]
    verdict: Verdict
    classes: int | None = None


@dataclass(frozen=True)
class Checked:
    """A claim beside the numbers.

    Attributes:
        claim: What the paper says.
        compared: The comparisons that could be made.
        missing: How many could not, for want of runs, or of classes that they have in common.
    """

    claim: Claim
    compared: tuple[Compared, ...]
    missing: int

    @property
    def verdict(self) -> Verdict | None:
        """The worst of its comparisons; None where none could be made, or one is missing and none fails."""
        found = {one.verdict for one in self.compared}
        worst = next((verdict for verdict in reversed(Verdict) if verdict in found), None)
        return worst if not self.missing or worst is Verdict.FAILS else None


def check_claim(claim: Claim, results: Iterable[RunResult]) -> Checked:
    """Hold a claim against the final scores of runs."""
    results = list(results)
    compared = []
    for pair in claim.pairs:
        ahead, behind = ([result for result in results if result.run.variant == variant] for variant in pair)
        found = common_spreads(claim.metric, ahead, behind)
        if found is not None:
            one, other, classes = found
            compared.append(Compared(pair, (one, other), _verdict(one, other, claim.higher), classes))
    return Checked(claim, tuple(compared), len(claim.pairs) - len(compared))


def _verdict(ahead: Spread, behind: Spread, higher: bool) -> Verdict:
    gain = (ahead.mean - behind.mean) * (1 if higher else -1)
    if ahead.error is None or behind.error is None:
        # Of a single run nobody knows how much of a difference is chance.
        return Verdict.SINGLE if gain > 0 else Verdict.SINGLE_AGAINST
    clear = abs(gain) > _least_clear(ahead, behind)
    if gain > 0:
        return Verdict.HOLDS if clear else Verdict.LEANS
    return Verdict.FAILS if clear else Verdict.LEANS_AGAINST


def _least_clear(one: Spread, other: Spread) -> float:
    """The difference of means that chance alone exceeds in one of twenty cases, by Welch's test."""
    squares = [(spread.error or 0.0) ** 2 for spread in (one, other)]
    if not sum(squares):
        return 0.0
    # Welch and Satterthwaite's degrees of freedom: of two runs each hardly more than one.
    freedom = sum(squares) ** 2 / sum(square**2 / (spread.runs - 1) for square, spread in zip(squares, (one, other)))
    return two_sided_95(freedom) * math.sqrt(sum(squares))


def two_sided_95(freedom: float) -> float:
    """Student's t for a two-sided test at 5 %, of the next smaller degrees of freedom in the table: on the safe side.

    Args:
        freedom: Degrees of freedom, 1 or more; rounding may leave a little less.
    """
    return next((value for least, value in reversed(_QUANTILES) if freedom >= least), _QUANTILES[0][1])
