"""A map of seeds beside a model: which of them lies where, and a thumbnail of each one's picture, in one file.

The places are bricks of a wall: rows of `columns` thumbnails, every second row half a thumbnail to the right.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from amgan.bounds import MAX_SEED
from amgan.errors import ReleaseError
from amgan.release.checked_files import faults_of, read_these, write_tensors

LEAST_SIDE, MOST_SIDE = 2, 128
"""Places to a side."""
THUMBNAIL = 32
"""Side of a thumbnail in pixels: all models' pictures are a whole multiple, and no block of a WebP spans two."""
MAX_SPRITE_BYTES = 1_000_000
MAX_MAP_BYTES = MAX_SPRITE_BYTES + 8 * MOST_SIDE**2 + 10_000
SEEDS, SPRITE = "seeds", "sprite"


@dataclass(frozen=True)
class SeedMap:
    """Seeds whose pictures look alike lie beside each other.

    Attributes:
        seeds: The seed of each place, int64 (rows, columns), from the top left; no seed lies at two places.
        sprite: A WebP file of columns x rows thumbnails, those of the places.
    """

    seeds: Tensor
    sprite: bytes

    @property
    def rows(self) -> int:
        """Places from the top to the bottom."""
        return len(self.seeds)

    @property
    def columns(self) -> int:
        """Places of a row."""
        return self.seeds.shape[1]

    def check(self) -> None:
        """Check that it is a map.

        Raises:
            ReleaseError: in one line, what does not fit.
        """
        seeds = self.seeds
        if seeds.dtype != torch.int64 or seeds.dim() != 2:
            raise ReleaseError(f"{SEEDS!r} must be int64 (rows, columns)")
        if not all(LEAST_SIDE <= side <= MOST_SIDE for side in seeds.shape):
            raise ReleaseError(f"it must have {LEAST_SIDE} to {MOST_SIDE} places to a side, not {tuple(seeds.shape)}")
        if not 0 <= int(seeds.min()) <= int(seeds.max()) <= MAX_SEED:
            raise ReleaseError(f"a seed is not from 0 to {MAX_SEED}")
        if len(seeds.unique()) != seeds.numel():
            raise ReleaseError("a seed lies at two places")
        self._check_sprite()

    def _check_sprite(self) -> None:
        if len(self.sprite) > MAX_SPRITE_BYTES:
            raise ReleaseError(f"its picture has more than {MAX_SPRITE_BYTES} bytes")
        size = (self.columns * THUMBNAIL, self.rows * THUMBNAIL)
        try:
            with Image.open(io.BytesIO(self.sprite), formats=["WEBP"]) as sprite:
                if sprite.size != size or getattr(sprite, "n_frames", 1) != 1:
                    raise ReleaseError(f"its picture must be one of {size[0]} x {size[1]} pixels")
                sprite.load()
        except ReleaseError:
            raise
        except Exception as error:  # whatever the decoder makes of a stranger's file
            raise ReleaseError(f"its picture is no WebP file that can be read ({type(error).__name__})") from error


def read_map(file: Path) -> SeedMap | None:
    """Read and check the map of a release; None if it has none.

    Raises:
        ReleaseError: in one line, what is wrong with it.
    """
    tensors = read_these(file, {SEEDS, SPRITE}, MAX_MAP_BYTES)
    if tensors is None:
        return None
    sprite = tensors[SPRITE]
    with faults_of(file):
        if sprite.dtype != torch.uint8 or sprite.dim() != 1:
            raise ReleaseError(f"{SPRITE!r} must be the bytes of a file, uint8 (N,)")
        found = SeedMap(tensors[SEEDS], sprite.numpy().tobytes())
        found.check()
    return found


def write_map(file: Path, seed_map: SeedMap) -> None:
    """Write the file whole or not at all.

    Raises:
        ReleaseError: it is no map that could be read.
    """
    seed_map.check()
    sprite = torch.frombuffer(bytearray(seed_map.sprite), dtype=torch.uint8)
    write_tensors(file, {SEEDS: seed_map.seeds, SPRITE: sprite})
