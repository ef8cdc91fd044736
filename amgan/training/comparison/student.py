"""Student's t: how many standard errors a mean of few values may be off."""

from __future__ import annotations

_QUANTILES = (
    (1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (6, 2.447), (7, 2.365), (8, 2.306), (9, 2.262),
    (10, 2.228), (12, 2.179), (15, 2.131), (20, 2.086), (30, 2.042), (60, 2.000), (120, 1.980),
)  # fmt: skip
"""Degrees of freedom and the 97.5 % quantile, as every book of tables has them."""


def two_sided_95(freedom: float) -> float:
    """The quantile for a two-sided test at 5 %, of the next smaller degrees of freedom in the table: on the safe side.

    Args:
        freedom: Degrees of freedom, 1 or more; rounding may leave a little less.
    """
    return next((value for least, value in reversed(_QUANTILES) if freedom >= least), _QUANTILES[0][1])
