"""Whether there are pictures enough for a run: said before it starts, with what helps."""

from __future__ import annotations

from amgan.data.labelled_images import FEW_OF_CLASS, LabelledImages
from amgan.errors import some_of
from amgan.training.config import TrainConfig

MANY_PASSES = 1000
"""A picture that is seen more often can be known by heart."""


def scarcity_in_words(config: TrainConfig, data: LabelledImages, processes: int) -> list[str]:
    """A line each on pictures that are seen very often and on classes of very few; none if there are enough.

    Args:
        config: The settings of the run, its steps among them.
        data: Its pictures.
        processes: How many train together.
    """
    lines = []
    passes = round(config.steps * config.batch_size * processes / sum(data.draws) * max(data.weights))
    if passes > MANY_PASSES:
        most = "up to " if len({*data.weights}) > 1 else ""
        ways = ["more pictures help most"]
        if config.recipe.augment != "all":
            ways.append("--augment all shows each in many forms")
        if config.start_from is None:
            ways.append("--start-from a model of such pictures needs fewer steps")
        lines.append(
            f"Few       each of the {len(data):,} pictures is seen {most}{passes:,} times, so that the model may "
            f"repeat them instead of drawing new ones: {'; '.join(ways)}; or lower --minutes or --steps"
        )
    small = {name: count for name, count in data.class_counts.items() if count < FEW_OF_CLASS}
    if small:
        named = some_of([f"{name} {count}" for name, count in small.items()])
        lines.append(
            f"Few       {len(small):,} of {len(data.class_names):,} classes have fewer than {FEW_OF_CLASS} pictures "
            f"({named}), too few to learn what varies within one: "
            "add pictures, or put classes together that look alike"
        )
    return lines
