"""What is decided for all pictures of a data set together, so that no class is told by how its files were made."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PIL import Image

from amgan.data.decoding import border_of
from amgan.data.picture_files import counted
from amgan.errors import some_of

Background = Literal["white", "black", "grey"]
"""What stands behind transparent pictures."""

LEVELS: dict[Background, int] = {"white": 255, "black": 0, "grey": 128}
"""The first that loses the fewest pictures is taken where nobody says one."""

LOST = 15
"""What differs from its ground by fewer levels, on average, can hardly be seen on it."""

DARK = 8
"""Levels up to which the edge of a picture counts as black."""

EXTREME_RATIO = 3
"""More times as long as wide, and the centre square shows little of a picture."""


def put_on_ground(images: np.ndarray, alphas: dict[int, np.ndarray], background: Background | None) -> str:
    """Put all transparent pictures on one ground, in place.

    Args:
        images: uint8 (N, C, size, size), on black so far.
        alphas: How opaque the transparent ones are, uint8 (size, size) each, by their numbers.
        background: The ground; None chooses by contrast.

    Returns:
        In words, which ground it is and why; "" if none is transparent.
    """
    if not alphas:
        return ""
    lost: dict[Background, int] = dict.fromkeys(LEVELS, 0)
    for row, alpha in alphas.items():
        opaque = float(alpha.mean()) / 255
        for name in LEVELS:
            contrast = np.abs(images[row] - _seen(alpha, name))
            lost[name] += bool(opaque > 0 and contrast.mean() < LOST * opaque)
    clearest = min(LEVELS, key=lambda name: lost[name])
    ground = background or clearest
    for row, alpha in alphas.items():
        images[row] = np.minimum(images[row] + _seen(255 - alpha, ground), 255)
    words = f"{counted(len(alphas), 'picture')} with transparency, on {ground}"
    if ground != "white" and background is None:
        words += f", since {lost['white']} could hardly be seen on white; --background says another"
    if lost[ground]:
        words += f"; {lost[ground]} can hardly be seen on it: choose another with --background"
    return words


def undo_uneven_borders(images: np.ndarray, sides: dict[int, int]) -> bool:
    """Scale pictures up in place of their black border, unless all have the same one and it goes on their black edge.

    Args:
        images: uint8 (N, C, size, size).
        sides: The side without border of each picture that got one, by their numbers.

    Returns:
        Whether the borders are kept.
    """
    if len(sides) == len(images) and len(set(sides.values())) == 1 and _are_dark_at_edge(images, sides[0]):
        return True
    size = images.shape[-1]
    for row, side in sides.items():
        start = border_of(size - side)[0]
        inside = images[row, :, start : start + side, start : start + side]
        for channel, small in zip(images[row], inside.copy()):
            channel[:] = Image.fromarray(small).resize((size, size), Image.Resampling.LANCZOS)
    return False


def _are_dark_at_edge(images: np.ndarray, side: int) -> bool:
    first = border_of(images.shape[-1] - side)[0]
    last = first + side - 1
    across = images[:, :, [first, last], first : last + 1].max(axis=1)
    down = images[:, :, first : last + 1, [first, last]].max(axis=1)
    return bool(((across <= DARK).mean() + (down <= DARK).mean()) / 2 >= 0.5)


def extreme_shapes(names: list[str], sizes: list[tuple[int, int]]) -> str:
    """In words, the pictures whose centre square is only a small part of them; "" if there are none."""
    found = [
        f"{name} ({width}x{height})"
        for name, (width, height) in zip(names, sizes)
        if max(width, height) > EXTREME_RATIO * min(width, height)
    ]
    if not found:
        return ""
    return (
        f"{counted(len(found), 'picture')} more than {EXTREME_RATIO} times as long as wide, of which only the middle "
        f"is kept: {some_of(found, english=True)}"
    )


def _seen(alpha: np.ndarray, ground: Background) -> np.ndarray:
    """What a cover of the ground's own colour, so opaque, adds to black."""
    return np.round(alpha * (LEVELS[ground] / 255)).astype(np.int16)
