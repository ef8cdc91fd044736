"""Which runs a comparison consists of, and in which order they are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amgan.errors import ConfigError
from amgan.networks.architecture import Labeling
from amgan.networks.objectives import OBJECTIVES, ObjectiveName

TABLE_1: tuple[ObjectiveName, ...] = ("am-gan", "labelgan", "ac-gan-star-plus", "ac-gan-star", "gan-star", "gan")
"""The models of the paper's Table 1, those that it is about first."""


@dataclass(frozen=True, order=True)
class Variant:
    """What is compared: a model with a labeling.

    Attributes:
        objective: Which of the paper's models.
        labeling: dynamic or predefined.
    """

    objective: ObjectiveName
    labeling: Labeling

    @property
    def name(self) -> str:
        """Its name in files."""
        return f"{self.objective}-{self.labeling}"

    @property
    def title(self) -> str:
        """Its model as the paper writes it."""
        return OBJECTIVES[self.objective].title


@dataclass(frozen=True)
class PlannedRun:
    """One training.

    Attributes:
        variant: What is trained.
        seed: With which seed.
    """

    variant: Variant
    seed: int

    @property
    def name(self) -> str:
        """Its name in files."""
        return f"{self.variant.name}-{self.seed}"


def plan_runs(
    dynamic: Sequence[ObjectiveName],
    predefined: Sequence[ObjectiveName],
    seeds: int,
    single: Sequence[ObjectiveName] = (),
) -> list[PlannedRun]:
    """The runs in their order: the first seed of everything, then the second, so that a table is complete early.

    Args:
        dynamic: Models with dynamic labeling.
        predefined: Models with predefined labeling.
        seeds: Runs of each.
        single: Models that get one run only.

    Raises:
        ConfigError: nothing is planned, something twice, or a single one not at all.
    """
    variants = [Variant(one, "dynamic") for one in dynamic] + [Variant(one, "predefined") for one in predefined]
    if not variants or seeds < 1:
        raise ConfigError("a comparison needs a model with --dynamic or --predefined, and --seeds of at least 1")
    if len(set(variants)) != len(variants):
        raise ConfigError("each model can be named once with --dynamic and once with --predefined")
    if strange := sorted(set(single) - set(dynamic) - set(predefined)):
        raise ConfigError(f"--single names {strange[0]}, which is not compared")
    return [
        PlannedRun(variant, seed)
        for seed in range(seeds)
        for variant in variants
        if seed == 0 or variant.objective not in single
    ]
