"""Finding a class in a dynamic model: G takes noise only, so a seed's stream is walked until D names the class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import torch

from amgan.latents import LatentStream
from amgan.rendering import Renderer
from amgan.seed_index import NOT_FOUND, SeedIndex

MAX_DRAWS_PER_CLASS = 200
"""Times the number of classes: draws of one seed before the search for a class is given up."""

SEEDS_AT_ONCE = 64
PICTURES_A_ROUND = 64
"""Pictures judged together, over all seeds still open; the result does not depend on it."""


@dataclass
class _Walk:
    """One seed's stream, what is still wanted from it, and how far it was walked."""

    seed: int
    stream: LatentStream
    open: set[int]
    walked: int = 0
    found: dict[int, int] = field(default_factory=dict)

    def look_at(self, classes: list[int], accepted: list[bool]) -> None:
        for offset, (label, good) in enumerate(zip(classes, accepted)):
            if good and label in self.open:
                self.found[label] = self.walked + offset
                self.open.discard(label)
        self.walked += len(classes)


def find_draws(
    renderer: Renderer,
    wanted: Mapping[int, Iterable[int]],
    confidence: float,
    truncation: float = 1.0,
    max_draws: int | None = None,
) -> dict[tuple[int, int], int]:
    """The first draw of each seed that D gives each wanted class, with at least `confidence`.

    Pictures are drawn and judged in fp32, many seeds at once, all classes of a seed in one walk.

    Args:
        renderer: The model's nets.
        wanted: Label numbers wanted of each seed.
        confidence: Least probability among the K classes, which must also be the largest.
        truncation: Scale of the latents.
        max_draws: Where the walk along a seed ends; None for `most_draws`.

    Returns:
        The draw for each (seed, label) found; a pair that is missing was not found within `max_draws`.
    """
    limit = most_draws(renderer.config.num_classes) if max_draws is None else max_draws
    latent_dim = renderer.config.latent_dim
    seeds = list(wanted)
    found: dict[tuple[int, int], int] = {}
    for start in range(0, len(seeds), SEEDS_AT_ONCE):
        chunk = seeds[start : start + SEEDS_AT_ONCE]
        walks = [_Walk(seed, LatentStream(seed, latent_dim), set(wanted[seed])) for seed in chunk]
        while unfinished := [walk for walk in walks if walk.open and walk.walked < limit]:
            _advance(renderer, unfinished, confidence, truncation, limit)
        found.update({(walk.seed, label): draw for walk in walks for label, draw in walk.found.items()})
    return found


def build_seed_index(
    renderer: Renderer,
    num_seeds: int,
    confidence: float,
    max_draws: int | None = None,
    on_seeds_done: Callable[[int], None] | None = None,
) -> SeedIndex:
    """The index of seeds 0..num_seeds-1 for all classes.

    A class that none of the first `SEEDS_AT_ONCE` seeds has is not looked for any further, so that a model which never
    draws it does not walk every seed to the end.

    Args:
        renderer: The model's nets.
        num_seeds: How many seeds.
        confidence: As for `find_draws`; the model's default, for a release.
        max_draws: As for `find_draws`.
        on_seeds_done: Called with the number of seeds finished so far.
    """
    num_classes = renderer.config.num_classes
    labels = list(range(num_classes))
    draws = torch.full((num_seeds, num_classes), NOT_FOUND, dtype=torch.int32)
    for start in range(0, num_seeds, SEEDS_AT_ONCE):
        chunk = range(start, min(start + SEEDS_AT_ONCE, num_seeds))
        found = find_draws(renderer, dict.fromkeys(chunk, labels), confidence, max_draws=max_draws)
        for (seed, label), draw in found.items():
            draws[seed, label] = draw
        if start == 0:
            labels = sorted({label for _, label in found})
        if on_seeds_done:
            on_seeds_done(chunk.stop)
    return SeedIndex(draws)


def most_draws(num_classes: int) -> int:
    """How far a seed's stream is walked by default: rarer classes need longer walks."""
    return MAX_DRAWS_PER_CLASS * num_classes


def _advance(renderer: Renderer, walks: list[_Walk], confidence: float, truncation: float, max_draws: int) -> None:
    each = -(-PICTURES_A_ROUND // len(walks))
    takes = [min(each, max_draws - walk.walked) for walk in walks]
    latents = torch.cat([walk.stream.take(count) for walk, count in zip(walks, takes)]) * truncation
    judgement = renderer.judge(renderer.render(latents, precision="fp32"))
    probability, classes = judgement.class_probabilities.max(dim=1)
    accepted = (probability >= confidence).tolist()
    names = classes.tolist()
    start = 0
    for walk, count in zip(walks, takes):
        walk.look_at(names[start : start + count], accepted[start : start + count])
        start += count
