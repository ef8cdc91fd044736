"""The sheet of a release, samples.png: a row of pictures for each class."""

from __future__ import annotations

import numpy as np

from amgan.sampling.media import grid
from amgan.sampling.sampler import Sampler

SHEET_COLUMNS = 10
SHEET_ROWS = 20
SHEET_DRAWS = 200
"""A young model may not know a class yet; its cells stay white rather than hold up the release."""


def release_sheet(sampler: Sampler) -> np.ndarray:
    """The sheet, uint8 (H, W, C): seeds 0 to 9 across, the first classes down (any if D learnt none)."""
    config = sampler.config
    rows = min(config.num_classes, SHEET_ROWS)
    if not config.knows_classes:
        return grid(sampler.sample(range(SHEET_COLUMNS * rows), [None] * SHEET_COLUMNS * rows)[0], SHEET_COLUMNS)
    cells = [(seed, label) for label in range(rows) for seed in range(SHEET_COLUMNS)]
    found = sampler.find(cells, SHEET_DRAWS)
    white = np.full((config.image_size, config.image_size, config.channels), 255, dtype=np.uint8)
    return grid(np.stack([found.get(cell, white) for cell in cells]), SHEET_COLUMNS)
