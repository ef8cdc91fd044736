"""Variations of a picture: small steps from its latent, each towards another picture's."""

from __future__ import annotations

import numpy as np

from amgan.bounds import check_truncation
from amgan.sampling.class_names import Label
from amgan.sampling.recipes import Recipe
from amgan.sampling.sampler import Sample, Sampler
from amgan.sampling.variation_name import PictureSeed, check_picture_seed, variations_of

CANDIDATES = 2
"""So many times as many are drawn for a dynamic model, whose variations may be of another class."""


def variations_recipe(
    sampler: Sampler, name: PictureSeed, label: Label | None, count: int, percent: int, truncation: float = 1.0
) -> Recipe[tuple[np.ndarray, list[Sample]]]:
    """The recipe of pictures much like one, which may itself be a variation.

    For a predefined model they are of the picture's class. A dynamic model draws freely: of `CANDIDATES` times as many
    those come first that D gives the class asked or, for any, the one that it gives the picture itself.

    Args:
        sampler: Draws the model's pictures.
        name: Seed of the picture, or its name as a variation.
        label: The class asked of the seed, None for any.
        count: How many variations.
        percent: How much of the arc to another latent is gone.
        truncation: Scale of the latents, above 0, at most 2.

    Returns:
        uint8 (count, H, W, C), and what is known of each, by the name that leads to it again.

    Raises:
        RequestError: what `Sampler.sample` refuses, or a picture as far from its seed as there may be.
        ClassSearchError: the seed's picture of the class was not found.
    """
    check_truncation(truncation)
    name, asked = check_picture_seed(name), sampler.label_number(label)
    candidates = count if sampler.config.is_predefined else count * CANDIDATES
    names = [name, *variations_of(name, percent, range(1, candidates + 1))]
    pictures, samples = yield from sampler.sample_recipe(names, [asked] * len(names), truncation)
    wanted = samples[0].label if asked is None else asked
    rows = sorted(range(1, len(names)), key=lambda row: samples[row].label != wanted)[:count]
    return pictures[rows], [samples[row] for row in rows]
