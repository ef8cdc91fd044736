"""What a job will take, said before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from amgan.bulk.spec import JobSpec
from amgan.networks.config import ModelConfig
from amgan.release.seed_index import NOT_FOUND, SeedIndex
from amgan.sampling.variation_name import root_seed

ENTRY_BYTES = 600
"""What an entry of a zip and a row of the manifest take beside the picture, about."""

WRITING_SHARE = 1.15
"""Files take so much longer than pictures alone (measured: 0.87 of the raw speed, as zip)."""


@dataclass(frozen=True)
class Estimate:
    """What a job will take.

    Attributes:
        pictures: Pictures in the result.
        drawn: Pictures that must be drawn for it: a dynamic model draws several until one is of the class.
        bytes: Size of the result, at most about this.
        seconds: Time on a device that has nothing else to do; None if its speed is not known.
    """

    pictures: int
    drawn: int
    bytes: int
    seconds: float | None


def picture_bytes(config: ModelConfig) -> int:
    """About the most that a picture takes in a result."""
    return config.image_size**2 * config.channels + ENTRY_BYTES


def estimate_job(
    spec: JobSpec, config: ModelConfig, seed_index: SeedIndex | None, images_per_second: float | None
) -> Estimate:
    """What a job will take.

    Args:
        spec: The job.
        config: Its model's configuration.
        seed_index: Its model's index, if it has one.
        images_per_second: How fast the model draws pictures of any class.
    """
    drawn = spec.count
    if spec.labels is not None and not config.is_predefined:
        own_index = spec.truncation == 1 and spec.confidence in (None, config.confidence)
        first = root_seed(spec.seed)
        covered = range(first, len(seed_index)) if seed_index is not None and own_index else range(0)
        # Beyond the index a class is walked for, as far as the index says that it takes on average.
        walk = _mean_walk(seed_index) if seed_index is not None and len(seed_index) else float(config.num_classes)
        # Variations of a class all come from one picture.
        searched = [count if isinstance(spec.seed, int) else 1 for count in spec.labels.values()]
        beyond = sum(max(0, count - len(covered)) for count in searched)
        drawn += round(beyond * walk)
    seconds = None if not images_per_second else WRITING_SHARE * drawn / images_per_second
    return Estimate(spec.count, drawn, spec.count * picture_bytes(config), seconds)


def _mean_walk(index: SeedIndex) -> float:
    found = index.draws[index.draws != NOT_FOUND]
    return float(found.double().mean()) + 1 if len(found) else 1.0
