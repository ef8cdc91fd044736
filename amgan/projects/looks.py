"""What a frozen net sees in the photos of a project, and what can be told of a photo by itself; kept in .cache/."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from amgan.data.decoded_pictures import BrokenPicture, decoded_or_broken
from amgan.data.evening_out import put_on_ground
from amgan.data.opening import quiet_pillow
from amgan.errors import DataError
from amgan.networks.efficientnet import CHANNELS, LITE0, FrozenEfficientNet
from amgan.projects.folder import Project
from amgan.whole_files import write_whole

SIDE = 128
"""Side in pixels at which photos are looked at."""

THUMB = 64
"""Side of the small pictures that sheets show, and in which repeats are looked for."""

BATCH = 50

FILE = "looks.safetensors"
VERSION = "1"
"""Changes with whatever changes what is kept."""


@dataclass(frozen=True)
class Looks:
    """What is known of photos, a row a photo.

    Attributes:
        names: Of the photos.
        features: float32 (N, F), each of the F in its own standard deviations, each row of length 1.
        thumbs: uint8 (N, 3, THUMB, THUMB), transparent ones on white.
        sharpness: How much of what varies in it varies from pixel to pixel, float32 (N,), 0 and more.
        sizes: Width and height as they came, int64 (N, 2).
        centre: Mean of each of the F before that, float32 (F,).
        spread: Their standard deviations, likewise.
    """

    names: tuple[str, ...]
    features: Tensor
    thumbs: Tensor
    sharpness: Tensor
    sizes: Tensor
    centre: Tensor
    spread: Tensor

    def beside(self, features: Tensor) -> Tensor:
        """Features of other pictures, as `features_of` gives them, as those of the photos are."""
        return F.normalize((features - self.centre) / self.spread)

    def only(self, names: Sequence[str]) -> Looks:
        """Those of some photos, in their order."""
        row_of = {name: row for row, name in enumerate(self.names)}
        rows = [row_of[name] for name in names]
        features, thumbs, sharpness, sizes = (
            column[rows] for column in (self.features, self.thumbs, self.sharpness, self.sizes)
        )
        return Looks(tuple(names), features, thumbs, sharpness, sizes, self.centre, self.spread)


def look(
    project: Project,
    names: Sequence[str],
    told: Callable[[int], None] = lambda count: None,
    progress: Callable[[int, int], None] = lambda done, count: None,
) -> Looks:
    """Look at photos, those that were looked at before left out.

    Args:
        project: Where they are.
        names: Which.
        told: Is told before it begins how many are to be looked at, if any are.
        progress: Is told now and then how many of them were.

    Raises:
        ConfigError: the pretrained net is not installed.
        DataError: a photo is gone or broken.
        OSError: the cache cannot be written.
    """
    file = project.cache / FILE
    seen = _read(file)
    wanted = [name for name in names if name not in seen]
    if wanted:
        told(len(wanted))
        net = FrozenEfficientNet(LITE0)
        for start in range(0, len(wanted), BATCH):
            part = wanted[start : start + BATCH]
            seen |= zip(part, _look_at(project, part, net))
            progress(start + len(part), len(wanted))
        _write(file, seen)
    columns = [torch.stack(column) for column in zip(*(seen[name] for name in names))] or _nothing()
    features, thumbs, sharpness, sizes = columns
    centre, spread = torch.zeros(features.shape[1]), torch.ones(features.shape[1])
    if names:  # of none there is neither, nor are they asked for
        centre, spread = features.mean(dim=0), features.std(dim=0, correction=0).clamp(min=1e-6)
    found = F.normalize((features - centre) / spread)
    return Looks(tuple(names), found, thumbs, sharpness, sizes, centre, spread)


def are_looked_at(project: Project, names: Sequence[str]) -> bool:
    """Whether all of them were looked at before, so that `look` takes no time."""
    try:
        with safe_open(project.cache / FILE, framework="pt") as content:
            about = content.metadata() or {}
            return about.get("version") == VERSION and set(names) <= set(json.loads(about["names"]))
    except (OSError, SafetensorError, KeyError, ValueError, TypeError):
        return not names


def _look_at(project: Project, names: Sequence[str], net: FrozenEfficientNet) -> list[tuple[Tensor, ...]]:
    with quiet_pillow(), ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        read = list(pool.map(lambda name: decoded_or_broken(name, project.photos / name, SIDE), names))
    images = np.empty((len(names), 3, SIDE, SIDE), dtype=np.uint8)
    alphas, sizes = {}, []
    for row, picture in enumerate(read):
        if isinstance(picture, BrokenPicture):
            raise DataError(f"{project.photos / picture.name} cannot be read ({picture.reason}); put it back")
        images[row] = picture.pixels  # grey ones in all three channels
        sizes.append(torch.tensor(picture.original))
        if picture.alpha is not None:
            alphas[row] = picture.alpha
    put_on_ground(images, alphas, "white")
    pixels = torch.from_numpy(images)
    thumbs = F.interpolate(pixels.float(), THUMB, mode="area").round().to(torch.uint8)
    return list(zip(features_of(pixels, net), thumbs, sharpness_of(pixels), sizes))


@torch.inference_mode()
def features_of(images: Tensor, net: FrozenEfficientNet) -> Tensor:
    """What the net sees in pictures, uint8 (N, 3, side, side) of any side: float32 (N, F)."""
    found = []
    for part in images.split(BATCH):
        pixels = part.float().div(127.5).sub(1)
        if part.shape[2:] != (SIDE, SIDE):
            pixels = F.interpolate(pixels, (SIDE, SIDE), mode="bilinear", antialias=True)
        seen = net(pixels.contiguous(memory_format=torch.channels_last))
        found.append(torch.cat([scale.mean(dim=(2, 3)) for scale in seen], dim=1))
    return torch.cat(found) if found else torch.empty(0, sum(CHANNELS))


def sharpness_of(images: Tensor) -> Tensor:
    """The energy of the Laplacian of pictures, uint8 (N, 3, side, side), as a part of their contrast, (N,)."""
    grey = images.float().div(127.5).sub(1).mean(dim=1, keepdim=True)
    kernel = torch.tensor([[[[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]]])
    return F.conv2d(grey, kernel).var(dim=(1, 2, 3)) / grey.var(dim=(1, 2, 3)).clamp(min=1e-6)


def _nothing() -> list[Tensor]:
    return [
        torch.empty(0, sum(CHANNELS)),
        torch.empty(0, 3, THUMB, THUMB, dtype=torch.uint8),
        torch.empty(0),
        torch.empty(0, 2, dtype=torch.int64),
    ]


COLUMNS = ("features", "thumbs", "sharpness", "sizes")


def _read(file: Path) -> dict[str, tuple[Tensor, ...]]:
    try:
        with safe_open(file, framework="pt") as content:
            about = content.metadata() or {}
            if about.get("version") != VERSION:
                return {}
            names, columns = json.loads(about["names"]), [content.get_tensor(name) for name in COLUMNS]
        known = all(
            column.dtype == empty.dtype and column.shape == (len(names), *empty.shape[1:]) and column.isfinite().all()
            for column, empty in zip(columns, _nothing())
        )
        return dict(zip(names, zip(*columns))) if known else {}
    except (OSError, SafetensorError, KeyError, ValueError, TypeError):  # it can be made anew
        return {}


def _write(file: Path, seen: dict[str, tuple[Tensor, ...]]) -> None:
    file.parent.mkdir(exist_ok=True)
    columns = {name: torch.stack(column) for name, column in zip(COLUMNS, zip(*seen.values()))}
    write_whole(file, save(columns, {"version": VERSION, "names": json.dumps(list(seen))}))
