"""A map of a model's seeds: pictures that D sees as alike lie near each other, none on another, and no gap between."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from amgan.errors import ReleaseError
from amgan.release.seed_map import MAX_SPRITE_BYTES, THUMBNAIL, SeedMap
from amgan.sampling.media import encode_sheet_webp
from amgan.sampling.sampler import Sampler

ROWS, COLUMNS = 32, 64
QUALITIES = (80, 60, 40, 20)
"""Of the WebP encoder: the first whose file is small enough counts."""
CHUNK = 256


def make_map(sampler: Sampler, rows: int = ROWS, columns: int = COLUMNS) -> SeedMap:
    """The map of seeds 0, 1, ..., of any class at truncation 1.

    Args:
        sampler: Draws their pictures.
        rows: Rows of places.
        columns: Places of a row.

    Raises:
        ReleaseError: its thumbnails do not go into a file that is small enough.
    """
    thumbnails, seen = [], []
    for start in range(0, rows * columns, CHUNK):
        seeds = range(start, min(start + CHUNK, rows * columns))
        given = sampler.given_classes(seeds, [None] * len(seeds))
        classes = None if given is None else sampler.one_hot(given)
        pictures = sampler.renderer.render(sampler.latents(seeds, [0] * len(seeds)), classes)
        seen.append(sampler.renderer.embed(pictures).cpu())
        thumbnails.append(_thumbnails(pictures.cpu()))
    places = spread(principal_plane(torch.cat(seen)), rows, columns)
    return SeedMap(places, _sprite(torch.cat(thumbnails)[places.flatten()].numpy(), columns))


def principal_plane(features: Tensor) -> Tensor:
    """Features (N, F) on their two principal components, float64 (N, 2).

    The sign of a component, which is arbitrary, is that by which its largest weight is positive.
    """
    centred = features.double() - features.double().mean(dim=0)
    _, _, components = torch.linalg.svd(centred, full_matrices=False)
    plane = components[:2]
    if len(plane) < 2:  # of one feature only
        plane = torch.cat([plane, torch.zeros_like(plane)])
    largest = plane.gather(1, plane.abs().argmax(dim=1, keepdim=True))
    return centred @ (plane * torch.where(largest < 0, -1.0, 1.0).double()).T


def spread(points: Tensor, rows: int, columns: int) -> Tensor:
    """Give each point of a plane a place of its own in a grid, so that near points stay near.

    The half that lies further left goes to the left half of the columns, of each half the upper half to the upper rows,
    and so on to single places: by rank, so that no place stays empty however the points lie.

    Args:
        points: (rows x columns, 2), from left to right and from top to bottom.
        rows: Rows of the grid.
        columns: Its columns.

    Returns:
        The number of the point at each place, int64 (rows, columns).
    """
    return _spread(points, torch.arange(len(points)), rows, columns)


def _spread(points: Tensor, numbers: Tensor, rows: int, columns: int) -> Tensor:
    if rows == columns == 1:
        return numbers.reshape(1, 1)
    axis = 0 if columns >= rows else 1
    ordered = numbers[points[numbers, axis].argsort(stable=True)]
    if axis == 0:
        half = columns // 2
        first, second = ordered[: half * rows], ordered[half * rows :]
        return torch.cat([_spread(points, first, rows, half), _spread(points, second, rows, columns - half)], dim=1)
    half = rows // 2
    first, second = ordered[: half * columns], ordered[half * columns :]
    return torch.cat([_spread(points, first, half, columns), _spread(points, second, rows - half, columns)], dim=0)


def _thumbnails(pictures: Tensor) -> Tensor:
    """Pictures uint8 (N, H, W, C), each pixel of a thumbnail the mean of those that it stands for."""
    factor = pictures.shape[1] // THUMBNAIL
    parts = pictures.float().unflatten(1, (THUMBNAIL, factor)).unflatten(3, (THUMBNAIL, factor))
    return parts.mean(dim=(2, 4)).round().to(torch.uint8)


def _sprite(thumbnails: np.ndarray, columns: int) -> bytes:
    for quality in QUALITIES:
        content = encode_sheet_webp(thumbnails, columns, quality)
        if len(content) <= MAX_SPRITE_BYTES:
            return content
    raise ReleaseError(f"the thumbnails of the map have more than {MAX_SPRITE_BYTES} bytes at any quality")
