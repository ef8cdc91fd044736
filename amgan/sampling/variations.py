"""Variations of a picture: small steps from its latent, each towards another picture's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from amgan.bounds import MAX_SEED, check_seed, check_share, check_truncation
from amgan.sampling.class_names import Label
from amgan.sampling.interpolation import slerp
from amgan.sampling.recipes import Points, Recipe
from amgan.sampling.sampler import Sampler

CANDIDATES = 2
"""So many times as many are drawn for a dynamic model, whose variations may be of another class."""


@dataclass(frozen=True)
class Variation:
    """What is known of one variation beside its pixels.

    It has no name of its own, as a `Sample` has: it is the picture that lies a part of the way from a named one towards
    draw 0 of another seed.

    Attributes:
        towards: That seed.
        label: Number of the class that it is shown as: the one G was given (predefined) or D names (dynamic).
        class_probability: D's probability of `label` among the K classes.
        real_probability: D's probability that the picture is a real one.
    """

    towards: int
    label: int
    class_probability: float
    real_probability: float


def variations_recipe(
    sampler: Sampler, seed: int, label: Label | None, count: int, part: float, truncation: float = 1.0
) -> Recipe[tuple[np.ndarray, list[Variation]]]:
    """The recipe of pictures much like a named one, each towards the next seed; after the last seed comes seed 0.

    For a predefined model they are of the picture's class. A dynamic model draws freely: of `CANDIDATES` times as many
    those come first that D gives the class asked or, for any, the one that it gives the picture itself.

    Args:
        sampler: Draws the model's pictures.
        seed: Seed of the picture.
        label: Its class, None for any.
        count: How many variations.
        part: How much of the arc to the other latent is gone, from 0, the picture itself, to 1.
        truncation: Scale of the latents, above 0, at most 2.

    Returns:
        uint8 (count, H, W, C), and what is known of each.

    Raises:
        RequestError: what `Sampler.sample` refuses, or a part that is none.
        ClassSearchError: the picture's class was not found.
    """
    check_truncation(truncation)
    check_share(part, "part")
    seed, asked = check_seed(seed), sampler.label_number(label)
    draws = yield from sampler.draws_recipe([seed], [asked], truncation)
    start = sampler.latents([seed], draws, truncation)[0]
    given = sampler.given_classes([seed], [asked])
    candidates = count if given else count * CANDIDATES
    towards = [(seed + step) % (MAX_SEED + 1) for step in range(1, candidates + 1)]
    time = torch.tensor([part], dtype=torch.float64)
    arcs = [slerp(start, end, time) for end in sampler.latents(towards, [0] * candidates, truncation)]
    latents = torch.cat([start[None], *arcs])  # The first is the picture itself.
    rendered = yield Points(latents, sampler.one_hot(given * len(latents)) if given else None)
    probabilities = rendered.class_probabilities
    shown = given * len(latents) if given else probabilities.argmax(axis=1).tolist()
    wanted = shown[0] if asked is None else asked
    rows = sorted(range(1, len(latents)), key=lambda row: shown[row] != wanted)[:count]
    known = [
        Variation(towards[row - 1], shown[row], float(probabilities[row, shown[row]]), float(real))
        for row, real in zip(rows, rendered.real_probability[rows], strict=True)
    ]
    return rendered.pictures[rows], known
