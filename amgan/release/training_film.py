"""The sheets of a training, the first to the last, in one WebP beside the model: how it learnt to draw."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from amgan.errors import ReleaseError
from amgan.release.checked_files import is_there

LEAST_SHEETS, MOST_SHEETS = 2, 16
COLUMNS = 2
"""Sheets of a row; the first is at the top left, and each row goes to the right."""
MAX_FILM_BYTES = 4_000_000
MOST_SIDE = 2048
"""Pixels of a sheet's longer side: a hundred pictures of 128 pixels with their names beside them."""
MOST_STEP = 10**12


def read_film(file: Path, steps: Any) -> list[Image.Image]:
    """The sheets of a film, as RGB; none if there is no such file.

    Args:
        file: The file.
        steps: After how many steps each sheet was drawn, as metrics.json says; nothing in it is trusted either.

    Raises:
        ReleaseError: in one line, what is wrong with the file or the steps.
    """
    if not is_there(file):
        return []
    _check_steps(file, steps)
    if file.stat().st_size > MAX_FILM_BYTES:
        raise ReleaseError(f"{file}: larger than {MAX_FILM_BYTES} bytes")
    try:
        with Image.open(io.BytesIO(file.read_bytes()), formats=["WEBP"]) as film:
            rows = math.ceil(len(steps) / COLUMNS)
            width, height = film.width // COLUMNS, film.height // rows
            if max(width, height) > MOST_SIDE:
                raise ReleaseError(f"{file}: its sheets have more than {MOST_SIDE} pixels to a side")
            if (film.width, film.height) != (COLUMNS * width, rows * height):
                raise ReleaseError(f"{file}: it cannot hold as many sheets as metrics.json has steps")
            whole = film.convert("RGB")
            corners = [divmod(place, COLUMNS) for place in range(len(steps))]
            return [
                whole.crop((column * width, row * height, (column + 1) * width, (row + 1) * height))
                for row, column in corners
            ]
    except ReleaseError:
        raise
    except Exception as error:  # whatever the decoder makes of a stranger's file
        raise ReleaseError(f"{file}: no WebP file that can be read ({type(error).__name__})") from error


def _check_steps(file: Path, steps: Any) -> None:
    numbers = steps if isinstance(steps, Sequence) and all(type(step) is int for step in steps) else []
    if not LEAST_SHEETS <= len(numbers) <= MOST_SHEETS or list(numbers) != sorted(set(numbers)):
        raise ReleaseError(f"{file}: metrics.json must name {LEAST_SHEETS} to {MOST_SHEETS} steps in their order")
    if not 0 <= numbers[0] <= numbers[-1] <= MOST_STEP:
        raise ReleaseError(f"{file}: a step is not from 0 to {MOST_STEP}")
