"""samples.png of a release: a row of pictures for each class, from the first seeds."""

from __future__ import annotations

import numpy as np

from amgan.class_search import find_draws
from amgan.media import grid
from amgan.objectives import OBJECTIVES
from amgan.sampling import Sampler

COLUMNS = 10
MAX_ROWS = 20
MAX_DRAWS = 200
"""A young model may not know a class yet; its cells stay white rather than hold up the release."""


def release_sheet(sampler: Sampler) -> np.ndarray:
    """The sheet, uint8 (H, W, C): seeds 0 to 9 across, the first classes down (any class where D learnt none)."""
    config = sampler.config
    seeds = range(COLUMNS)
    rows = range(min(config.num_classes, MAX_ROWS))
    if not config.is_predefined and not OBJECTIVES[config.objective].has_classifier:
        return grid(sampler.sample(range(COLUMNS * len(rows)), [None] * COLUMNS * len(rows))[0], COLUMNS)
    cells = [(seed, label) for label in rows for seed in seeds]
    if config.is_predefined:
        found = cells
        pictures = sampler.sample([seed for seed, _ in cells], [label for _, label in cells])[0]
    else:
        wanted = dict.fromkeys(seeds, rows)
        draws = find_draws(sampler.renderer, wanted, config.confidence, max_draws=MAX_DRAWS)
        found = list(draws)
        latents = sampler.latents([seed for seed, _ in found], list(draws.values()))
        pictures = sampler.renderer.render(latents, precision="fp32").cpu().numpy()
    sheet = np.full((len(cells), *pictures.shape[1:]), 255, dtype=np.uint8)
    sheet[[cells.index(cell) for cell in found]] = pictures
    return grid(sheet, COLUMNS)
