"""The sheet of pictures from fixed latents that shows how a training goes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from amgan.networks.config import ModelConfig
from amgan.sampling.latents import LatentStream
from amgan.sampling.media import encode_png, grid
from amgan.whole_files import write_whole

COLUMNS = 10
MAX_ROWS = 10


class SampleSheet:
    """A grid of the same latents at every step: a row a class for predefined labeling, any class for dynamic."""

    def __init__(self, config: ModelConfig, folder: Path, device: torch.device) -> None:
        self._folder = folder
        rows = min(config.num_classes, MAX_ROWS)
        self._latents = torch.cat([LatentStream(s, config.latent_dim).take(1) for s in range(rows * COLUMNS)]).to(
            device
        )
        self._classes = None
        if config.is_predefined:
            labels = torch.arange(rows, device=device).repeat_interleave(COLUMNS)
            self._classes = F.one_hot(labels, config.num_classes).float()

    @torch.no_grad()
    def draw(self, generator: nn.Module, step: int) -> np.ndarray:
        """Draw with a generator in eval mode, write `step-<n>.png`, and return the sheet, uint8 (H, W, C)."""
        pictures = generator(self._latents, self._classes).float()
        pixels = pictures.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
        sheet = grid(pixels.permute(0, 2, 3, 1).cpu().numpy(), COLUMNS)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / f"step-{step:09d}.png", encode_png(sheet))
        return sheet
