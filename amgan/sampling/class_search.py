"""Finding a class in a dynamic model: G takes noise only, so a seed's stream is walked until D names the class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import torch

from amgan.networks.config import ModelConfig
from amgan.release.seed_index import MAX_DRAW, NOT_FOUND, SeedIndex
from amgan.sampling.latents import LatentStream
from amgan.sampling.recipes import Points, Recipe, follow
from amgan.sampling.rendering import Renderer

MAX_DRAWS_PER_CLASS = 200
"""Times the number of classes: draws of one seed before the search for a class is given up."""

SEEDS_AT_ONCE = 64
PICTURES_A_ROUND = 64
"""Pictures judged together, over all seeds still open; the result does not depend on it."""

PROBE_SEEDS = 8
"""So many seeds are walked for all classes when an index begins; a class that none of them has is given up."""

PATIENCE = 8
"""Where all seeds are needed, one that took 1/8 of the limit is walked to its end before the others go on."""

MAX_INDEX_PIXELS = 300_000 * 32 * 32
"""Of all pictures drawn for a seed index before it ends with the seeds done: with the default nets some twenty minutes
on one core, at either size."""


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
    config: ModelConfig,
    wanted: Mapping[int, Iterable[int]],
    confidence: float,
    truncation: float = 1.0,
    max_draws: int | None = None,
    all_or_nothing: bool = False,
) -> Recipe[dict[tuple[int, int], int]]:
    """The recipe of a search: the first draw of each seed that D gives each wanted class, with at least `confidence`.

    Pictures are drawn and judged in fp32, many seeds at once, all classes of a seed in one walk.

    Args:
        config: The model's configuration.
        wanted: Label numbers wanted of each seed.
        confidence: Least probability among the K classes, which must also be the largest.
        truncation: Scale of the latents.
        max_draws: Where the walk along a seed ends; None for `most_draws`.
        all_or_nothing: Stop at the first seed whose walk ended without all it was wanted for, since the others are of
            no use without it. Seeds that take long are then walked to their end before the rest.

    Returns:
        The draw for each (seed, label) found; a pair that is missing was not found within `max_draws`, or with
        `all_or_nothing` perhaps not looked for any more.
    """
    limit = most_draws(config.num_classes) if max_draws is None else max_draws
    seeds = list(wanted)
    # One seed alone first: a class that the model does not draw at all is known to be missing after one walk.
    first = 1 if all_or_nothing else SEEDS_AT_ONCE
    chunks = [
        seeds[:first],
        *(seeds[start : start + SEEDS_AT_ONCE] for start in range(first, len(seeds), SEEDS_AT_ONCE)),
    ]
    found: dict[tuple[int, int], int] = {}
    for chunk in chunks:
        walks = _start(config, {seed: wanted[seed] for seed in chunk})
        complete = yield from _walk(walks, confidence, truncation, limit, all_or_nothing)
        found.update(_found(walks))
        if all_or_nothing and not complete:
            break
    return found


def build_seed_index(
    renderer: Renderer,
    num_seeds: int,
    confidence: float,
    max_draws: int | None = None,
    max_pictures: int | None = None,
    on_seeds_done: Callable[[int], None] | None = None,
) -> SeedIndex:
    """The index of seeds 0..num_seeds-1 for all classes, or of fewer seeds if they take too many pictures.

    A class that none of the first `PROBE_SEEDS` seeds has is not looked for any further, so that a model which never
    draws it does not walk every seed to the end.

    Args:
        renderer: The model's nets.
        num_seeds: How many seeds.
        confidence: As for `find_draws`; the model's default, for a release.
        max_draws: As for `find_draws`.
        max_pictures: Once so many pictures were drawn, the index ends with the seeds done; None for as many as have
            `MAX_INDEX_PIXELS`.
        on_seeds_done: Called with the number of seeds finished so far.
    """
    num_classes = renderer.config.num_classes
    limit = most_draws(num_classes) if max_draws is None else max_draws
    most = MAX_INDEX_PIXELS // renderer.config.image_size**2 if max_pictures is None else max_pictures
    labels = list(range(num_classes))
    parts = [torch.empty(0, num_classes, dtype=torch.int32)]
    drawn = 0
    for start in (0, *range(PROBE_SEEDS, num_seeds, SEEDS_AT_ONCE)):
        chunk = range(start, min(start + (SEEDS_AT_ONCE if start else PROBE_SEEDS), num_seeds))
        walks = _start(renderer.config, dict.fromkeys(chunk, labels))
        follow(_walk(walks, confidence, 1.0, limit, all_or_nothing=False), renderer)
        found = _found(walks)
        draws = torch.full((len(chunk), num_classes), NOT_FOUND, dtype=torch.int32)
        for (seed, label), draw in found.items():
            draws[seed - start, label] = draw
        parts.append(draws)
        if start == 0:
            labels = sorted({label for _, label in found})
        if on_seeds_done:
            on_seeds_done(chunk.stop)
        drawn += sum(walk.walked for walk in walks)
        if drawn >= most:
            break
    return SeedIndex(torch.cat(parts))


def most_draws(num_classes: int) -> int:
    """How far a seed's stream is walked by default: rarer classes need longer walks."""
    return min(MAX_DRAWS_PER_CLASS * num_classes, MAX_DRAW)


def _start(config: ModelConfig, wanted: Mapping[int, Iterable[int]]) -> list[_Walk]:
    return [_Walk(seed, LatentStream(seed, config.latent_dim), set(labels)) for seed, labels in wanted.items()]


def _found(walks: list[_Walk]) -> dict[tuple[int, int], int]:
    return {(walk.seed, label): draw for walk in walks for label, draw in walk.found.items()}


def _walk(walks: list[_Walk], confidence: float, truncation: float, limit: int, all_or_nothing: bool) -> Recipe[bool]:
    """Walk on until each walk has found all or reached the limit; whether all was found."""
    while unfinished := [walk for walk in walks if walk.open and walk.walked < limit]:
        if all_or_nothing:
            longest = max(unfinished, key=lambda walk: walk.walked)
            if longest.walked >= limit // PATIENCE:
                unfinished = [longest]
        yield from _advance(unfinished, confidence, truncation, limit)
        if all_or_nothing and any(walk.open and walk.walked >= limit for walk in walks):
            break
    return not any(walk.open for walk in walks)


def _advance(walks: list[_Walk], confidence: float, truncation: float, max_draws: int) -> Recipe[None]:
    each = -(-PICTURES_A_ROUND // len(walks))
    takes = [min(each, max_draws - walk.walked) for walk in walks]
    latents = torch.cat([walk.stream.take(count) for walk, count in zip(walks, takes)]) * truncation
    rendered = yield Points(latents, precision="fp32")
    names = rendered.class_probabilities.argmax(axis=1).tolist()
    accepted = (rendered.class_probabilities.max(axis=1) >= confidence).tolist()
    start = 0
    for walk, count in zip(walks, takes):
        walk.look_at(names[start : start + count], accepted[start : start + count])
        start += count
