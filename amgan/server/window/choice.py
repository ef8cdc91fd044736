"""Which picture a window goes to next: one by chance that the model is sure of."""

from __future__ import annotations

import random
from collections.abc import Sequence

from starlette.requests import Request

from amgan.sampling.sampler import Sample
from amgan.server.drawing import draw
from amgan.server.model_room import OpenModel
from amgan.server.service import Service
from amgan.ui.drawing import EXAMPLE_DRAWS, random_seed

CANDIDATES = 8
"""Pictures by chance, the surest of which is taken."""
FIELD = ("query", "label")

Named = tuple[int, int | None]
"""Seed and number of the class, None for any."""


async def next_picture(
    service: Service, request: Request, opened: OpenModel, labels: Sequence[int], last: int | None
) -> Named:
    """A seed and a class.

    Args:
        service: Draws.
        request: Who waits for it.
        opened: The model.
        labels: Numbers of the classes; none for all that the model knows.
        last: The class of the picture before, which comes again only where there is no other.

    Raises:
        AmganError: too much is waiting or asked for.
        ClientGoneError: the caller has gone.
    """
    model, chance, config = opened.model, random.SystemRandom(), opened.model.config
    known = range(config.num_classes) if config.knows_classes else ()
    asked = [label for label in labels or known if label != last] or list(labels)
    candidates: list[Named] = []
    for _ in range(CANDIDATES):
        label = chance.choice(asked) if asked else None
        names = [] if label is None else [config.class_names[label]]
        candidates.append((random_seed(model, names, 1.0), label))
    if asked:
        # A model that looks for its classes may not find one of them; the others are there all the same.
        wanted = [(seed, label) for seed, label in candidates if label is not None]
        found = await draw(
            service, request, opened, opened.sampler.find_recipe(wanted, EXAMPLE_DRAWS), CANDIDATES, FIELD
        )
        candidates = [pair for pair in wanted if pair in found] or [(seed, None) for seed, _ in wanted]
    seeds, numbers = zip(*candidates, strict=True)
    recipe = opened.sampler.sample_recipe(seeds, numbers)
    _, samples = await draw(service, request, opened, recipe, len(candidates), FIELD)
    return candidates[max(range(len(candidates)), key=lambda place: _sureness(samples[place], opened))]


def _sureness(sample: Sample, opened: OpenModel) -> float:
    return sample.class_probability if opened.model.config.judges_classes else sample.real_probability
