"""Finished runs: what is kept of each, and their means over seeds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amgan.errors import ReleaseError
from amgan.metrics.evaluation_rows import evaluation_rows
from amgan.metrics.ms_ssim import classes_left_out
from amgan.release.checked_files import read_json
from amgan.training.comparison.plan import PlannedRun, Variant
from amgan.training.config import UNNAMED_BEFORE


@dataclass(frozen=True)
class RunResult:
    """What one run came to.

    Attributes:
        run: Which run it was.
        settings: What all runs of the comparison have in common.
        training: What is known of the training: seconds, machine, software.
        curve: The run's log: lines of losses, and of scores on the way.
        evaluation: The section `evaluation` of its last model; None if the training broke off.
        failure: Why it broke off, None if it did not.
    """

    run: PlannedRun
    settings: dict[str, Any]
    training: dict[str, Any] | None
    curve: list[dict[str, Any]]
    evaluation: dict[str, Any] | None
    failure: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The content of its file."""
        variant = self.run.variant
        return {
            "objective": variant.objective, "labeling": variant.labeling, "seed": self.run.seed,
            "settings": self.settings, "training": self.training, "failure": self.failure,
            "evaluation": self.evaluation, "curve": self.curve,
        }  # fmt: skip

    @property
    def class_ms_ssim(self) -> dict[str, float]:
        """MS-SSIM of the classes that had pictures enough."""
        scores = self.evaluation["scores"] if self.evaluation else {"classes": {}, "ms_ssim": {}}
        missing = classes_left_out(scores)
        found = {name: row["ms_ssim"] for name, row in scores["classes"].items() if name not in missing}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def numbers(self) -> dict[str, float]:
        """Its final scores by kind of metric; none if it broke off."""
        rows = evaluation_rows(self.evaluation) if self.evaluation else []
        return {row.kind: row.value for row in rows if row.value is not None}


def read_result(file: Path) -> RunResult:
    """Read a run's file.

    Raises:
        ReleaseError: it is not what `RunResult.to_json` gives.
    """
    content = read_json(file)
    try:
        result = RunResult(
            PlannedRun(Variant(content["objective"], content["labeling"]), content["seed"]),
            {
                **content["settings"],
                "budget": {name: UNNAMED_BEFORE[name] for name in ("architecture", "variety")}
                | content["settings"]["budget"],
            },
            content["training"],
            content["curve"],
            content["evaluation"],
            content["failure"],
        )
        _ = result.numbers, result.class_ms_ssim
    except (KeyError, TypeError, AttributeError) as error:
        raise ReleaseError(f"{file}: no result of a comparison; remove it to make that run again") from error
    return result


@dataclass(frozen=True)
class Spread:
    """A number over seeds.

    Attributes:
        mean: Mean.
        deviation: Standard deviation (of a sample: n - 1); None for one run.
        runs: How many runs, n.
    """

    mean: float
    deviation: float | None
    runs: int

    @property
    def error(self) -> float | None:
        """Standard error of the mean; None for one run."""
        return None if self.deviation is None else self.deviation / math.sqrt(self.runs)

    def __str__(self) -> str:
        return f"{self.mean:.3f}" if self.deviation is None else f"{self.mean:.3f} ± {self.deviation:.3f}"


def spread_of(values: Iterable[float]) -> Spread:
    """Mean and spread of one value or more."""
    values = list(values)
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return Spread(statistics.fmean(values), deviation, len(values))


def spreads(results: Iterable[RunResult]) -> dict[Variant, dict[str, Spread]]:
    """Each variant's final scores over its finished runs, by kind of metric."""
    numbers: dict[Variant, dict[str, list[float]]] = {}
    for result in results:
        of_variant = numbers.setdefault(result.run.variant, {})
        for kind, value in result.numbers.items():
            of_variant.setdefault(kind, []).append(value)
    return {variant: {kind: spread_of(of) for kind, of in kinds.items()} for variant, kinds in numbers.items()}


def common_spreads(
    metric: str, ahead: Sequence[RunResult], behind: Sequence[RunResult]
) -> tuple[Spread, Spread, int | None] | None:
    """One metric of two variants' runs, so that it can be compared.

    The largest MS-SSIM of the classes is taken over those that all these runs drew pictures enough of: a run that
    never draws the class of least variety would else look the more varied for it.

    Args:
        metric: Its kind, as `amgan.metrics.evaluation_rows` names it.
        ahead: Runs of one variant.
        behind: Runs of the other.

    Returns:
        Both, and the number of common classes, None for another metric; None where there is nothing to compare.
    """
    if metric != "ms_ssim":
        values = [[run.numbers[metric] for run in runs if metric in run.numbers] for runs in (ahead, behind)]
        return (spread_of(values[0]), spread_of(values[1]), None) if all(values) else None
    of_runs = [[run.class_ms_ssim for run in runs if run.evaluation] for runs in (ahead, behind)]
    if not all(of_runs):
        return None
    common = set.intersection(*(set(classes) for runs in of_runs for classes in runs))
    if not common:
        return None
    one, other = (spread_of(max(classes[name] for name in common) for classes in runs) for runs in of_runs)
    return one, other, len(common)
