"""The sheets of a run as the film that its release carries: some of them, the first and the last among them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from amgan.release.training_film import COLUMNS, LEAST_SHEETS, MAX_FILM_BYTES, MOST_SHEETS
from amgan.sampling.media import encode_sheet_webp

QUALITIES = (75, 50, 25)
"""Of the WebP encoder: the first whose file is small enough counts."""


@dataclass(frozen=True)
class Film:
    """A film and after how many steps each of its sheets was drawn."""

    content: bytes
    steps: list[int]


def film_of(sheets: Path, last_step: int) -> Film | None:
    """The film of a run's sheets up to a step; None if there are too few for one.

    Args:
        sheets: Folder of files `step-<n>.png`.
        last_step: Later sheets are another model's.
    """
    files = {int(file.stem.removeprefix("step-")): file for file in sheets.glob("step-*.png")}
    steps = sorted(step for step in files if step <= last_step)
    if len(steps) > MOST_SHEETS:
        # What is learnt early is learnt fast, so that early sheets lie closer: by the square of their place.
        last = len(steps) - 1
        places = sorted({round(last * (place / (MOST_SHEETS - 1)) ** 2) for place in range(MOST_SHEETS)})
        steps = [steps[place] for place in places]
    if len(steps) < LEAST_SHEETS:
        return None
    drawn = [_sheet(files[step]) for step in steps]
    if any(sheet.shape != drawn[0].shape for sheet in drawn):  # of a run that was begun anew with other settings
        return None
    # Not as an animation, whose encoder would put sheets together that differ little.
    pictures = np.stack(drawn)
    for quality in QUALITIES:
        content = encode_sheet_webp(pictures, COLUMNS, quality)
        if len(content) <= MAX_FILM_BYTES:
            return Film(content, steps)
    return None


def _sheet(file: Path) -> np.ndarray:
    with Image.open(file) as sheet:
        return np.asarray(sheet.convert("RGB"))
