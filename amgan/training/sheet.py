"""The sheet of pictures from fixed latents that shows how a training goes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont
from torch import nn

from amgan.networks.config import ModelConfig
from amgan.sampling.latents import LatentStream
from amgan.sampling.media import encode_png, grid
from amgan.whole_files import write_whole

COLUMNS = 10
MAX_ROWS = 10
GAP = 2

LETTER = 11
"""Size of the names beside pictures of 32 pixels; beside larger ones they are larger."""

APART = 10
"""Sheets of fewer steps apart are alike however well G learns."""

WIDEST_NAME = 4.5
"""Of names no more is shown than so many times the width of a picture."""


class SampleSheet:
    """A grid of the same latents at every step, a row a class with its name for predefined labeling, else any class.

    Attributes:
        change: How far, in levels of 255 and on average, the pictures of a sheet are from those of the one before;
            None before there are two.
        most_bytes: So large a sheet may be on file and in TensorBoard's log together.
    """

    def __init__(self, config: ModelConfig, folder: Path, device: torch.device, learns_from: int = 0) -> None:
        """Choose the latents and write the names.

        Args:
            config: The model's configuration.
            folder: Where the sheets go.
            device: Where G is.
            learns_from: The step after which G learns; sheets before it are not compared.
        """
        self._folder = folder
        self._learns_from = learns_from
        rows = min(config.num_classes, MAX_ROWS)
        self._latents = torch.cat([LatentStream(s, config.latent_dim).take(1) for s in range(rows * COLUMNS)]).to(
            device
        )
        self._classes = None
        self._names = np.empty((rows * (config.image_size + GAP) - GAP, 0, config.channels), np.uint8)
        self.most_bytes = 2 * len(self._latents) * config.channels * config.image_size**2
        self._last: tuple[int, np.ndarray] | None = None
        self.change: float | None = None
        if config.is_predefined:
            self._names = _names_beside(config.class_names[:rows], config.image_size).repeat(config.channels, axis=2)
            labels = torch.arange(rows, device=device).repeat_interleave(COLUMNS)
            self._classes = F.one_hot(labels, config.num_classes).float()

    @torch.no_grad()
    def draw(self, generator: nn.Module, step: int) -> np.ndarray:
        """Draw with a generator in eval mode, write `step-<n>.png`, and return the sheet, uint8 (H, W, C)."""
        pictures = generator(self._latents, self._classes).float()
        pixels = pictures.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
        drawn = pixels.permute(0, 2, 3, 1).cpu().numpy()
        if self._last is not None and step - self._last[0] >= APART:
            self.change = float(np.abs(drawn.astype(np.int16) - self._last[1]).mean())
        if step >= self._learns_from and (self._last is None or step - self._last[0] >= APART):
            self._last = step, drawn
        sheet = np.hstack([self._names, grid(drawn, COLUMNS, GAP)])
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / f"step-{step:09d}.png", encode_png(sheet))
        return sheet


def _names_beside(names: Sequence[str], side: int) -> np.ndarray:
    """A strip with a name beside each row of pictures, uint8 (H, W, 1)."""
    # Here, since they take a while to import, which a training that draws no sheet shall not wait for.
    import matplotlib
    from matplotlib.ft2font import FT2Font

    file = str(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))
    font, known = ImageFont.truetype(file, LETTER * side // 32), FT2Font(file).get_charmap()
    # What the font cannot draw is called by its number, as everywhere from 0.
    shown = [name if all(ord(letter) in known for letter in name) else f"class {k}" for k, name in enumerate(names)]
    shown = [_cut(name, font, WIDEST_NAME * side) for name in shown]
    width = math.ceil(max(map(font.getlength, shown))) + 4 * GAP
    strip = Image.new("L", (width, len(names) * (side + GAP) - GAP), 255)
    draw = ImageDraw.Draw(strip)
    for row, name in enumerate(shown):
        draw.text((width - 2 * GAP, row * (side + GAP) + side / 2), name, fill=0, font=font, anchor="rm")
    return np.asarray(strip)[..., None]


def _cut(name: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    if font.getlength(name) <= width:
        return name
    return next(cut for end in range(len(name), -1, -1) if font.getlength(cut := f"{name[:end]}…") <= width)
