"""Photos of a few kinds that a net tells apart at a glance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

KINDS = ("disc", "bars", "dusk")


def photo(kind: str, number: int, side: int = 96) -> Image.Image:
    """A picture of a kind; another number gives another one of it."""
    random = np.random.default_rng([KINDS.index(kind), number])
    ground = random.integers(150, 255, 3)
    fall = np.linspace(0, random.integers(120, 150), side)[:, None, None] if kind == "dusk" else 0
    noise = random.normal(0, 6, (side, side, 3))
    image = Image.fromarray((ground - fall + noise).clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    at = int(random.integers(side // 10, side // 4))
    if kind == "disc":
        draw.ellipse((at, at, at + side // 2, at + side // 2), fill=(200, int(random.integers(0, 60)), 20))
    if kind == "bars":
        for x in range(at // 3, side, side // 6):
            draw.rectangle((x, 0, x + side // 12, side), fill=(10, 30, int(random.integers(90, 160))))
    return image


def pile(folder: Path, each: int = 10, first: int = 0) -> Path:
    """A folder of photos without classes, whose names say them all the same."""
    folder.mkdir(parents=True)
    for kind in KINDS:
        for number in range(first, first + each):
            photo(kind, number).save(folder / f"{kind}-{number}.png")
    return folder
