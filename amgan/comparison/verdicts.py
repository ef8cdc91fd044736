"""Whether what the paper says holds in the numbers at hand: decided by arithmetic alone."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass

from amgan.comparison.paper import Claim
from amgan.comparison.plan import Variant
from amgan.comparison.results import Spread

ERRORS = 2.0
"""A difference of means counts where it is more than this many of its standard errors."""


class Verdict(enum.Enum):
    """What the numbers say of a claim, the worst last."""

    HOLDS = "holds"
    LEANS = "the same direction, but not beyond the noise of the seeds"
    LEANS_AGAINST = "the opposite direction, but not beyond the noise of the seeds"
    FAILS = "does not hold"


@dataclass(frozen=True)
class Compared:
    """One comparison of a claim.

    Attributes:
        pair: The variant that should be ahead, and the other.
        numbers: Their numbers.
        verdict: What they say.
    """

    pair: tuple[Variant, Variant]
    numbers: tuple[Spread, Spread]
    verdict: Verdict


@dataclass(frozen=True)
class Checked:
    """A claim beside the numbers.

    Attributes:
        claim: What the paper says.
        compared: The comparisons that could be made.
        missing: How many could not, for want of runs.
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


def check_claim(claim: Claim, numbers: Mapping[Variant, Mapping[str, Spread]]) -> Checked:
    """Hold a claim against final scores, as `amgan.comparison.results.spreads` gives them."""
    compared = []
    for ahead, behind in claim.pairs:
        one, other = numbers.get(ahead, {}).get(claim.metric), numbers.get(behind, {}).get(claim.metric)
        if one is not None and other is not None:
            compared.append(Compared((ahead, behind), (one, other), _verdict(one, other, claim.higher)))
    return Checked(claim, tuple(compared), len(claim.pairs) - len(compared))


def _verdict(ahead: Spread, behind: Spread, higher: bool) -> Verdict:
    gain = (ahead.mean - behind.mean) * (1 if higher else -1)
    # Of a single run nobody knows how much of a difference is chance.
    known = ahead.error is not None and behind.error is not None
    clear = known and abs(gain) > ERRORS * math.hypot(ahead.error or 0.0, behind.error or 0.0)
    if gain > 0:
        return Verdict.HOLDS if clear else Verdict.LEANS
    return Verdict.FAILS if clear else Verdict.LEANS_AGAINST
