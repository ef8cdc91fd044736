"""Pictures that are in a data set more than once, as they are or nearly, and those that show nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from amgan.data.labelled_images import LabelledImages
from amgan.data.picture_files import counted
from amgan.errors import some_of
from amgan.networks.objectives import UNLABELLED

BLANK = 2
"""A picture none of whose channels has more between its darkest and its lightest level shows nothing."""

NEAR = 0.1
"""Two pictures are nearly the same if they differ by less than this part of their own contrast (root mean squares)."""

GRID = 8
"""Pictures are compared by the mean greys of so many by so many fields, which never differ by more than they do."""

MOST_COMPARED = 100_000
"""Of more different pictures only copies to the bit are found: comparing takes four times as long for twice as many."""

DESCRIBED = 1024
"""So many are brought to that grid at once."""

BLOCK = 512
"""So many are compared at once with those that come near."""


def repeats_in_words(data: LabelledImages) -> list[str]:
    """A line each on pictures in two classes at once, pictures that repeat within their class, and blank ones."""
    labels, blank = data.labels.cpu().numpy(), _blank(data)
    across, within, surplus = [], [], 0
    for group in repeats(data):
        by_class = {int(labels[row]): row for row in reversed(group) if labels[row] != UNLABELLED}
        if len(by_class) > 1:
            across.append(tuple(by_class.values())[-2:][::-1])
        else:
            within.append(tuple(group[:2]))
            surplus += len(group) - 1
    names = data.names or [f"picture {row}" for row in range(len(data))]
    lines = []
    if across:
        lines.append(
            f"Repeats   {counted(len(across), 'picture')} in several classes at once, which teach none of them: "
            f"{_pairs(across, names)}; leave each in one class"
        )
    if within:
        lines.append(
            f"Repeats   {counted(surplus, 'picture')} that {'is' if surplus == 1 else 'are'} there already, the same "
            f"or nearly: {_pairs(within, names)}; such are learnt by heart, so leave one of each"
        )
    if blank.any():
        rows = np.flatnonzero(blank).tolist()
        shown = some_of([names[row] for row in rows])
        lines.append(f"Blank     {counted(len(rows), 'picture')} of one colour all over: {shown}")
    return lines


def repeats(data: LabelledImages) -> list[list[int]]:
    """Rows of pictures that are the same, or nearly, together; blank ones are none of them."""
    images = data.images.cpu().numpy()
    first_of: dict[bytes, int] = {}
    links = []
    for row in np.flatnonzero(~_blank(data)).tolist():
        first = first_of.setdefault(hashlib.blake2b(images[row].tobytes(), digest_size=16).digest(), row)
        if first != row:
            links.append((first, row))
    if len(first_of) <= MOST_COMPARED:
        links += _near(data, np.array(sorted(first_of.values()), dtype=np.int64))
    return list(_groups(links))


def _blank(data: LabelledImages) -> np.ndarray:
    images = data.images.cpu().numpy()
    shows_nothing: np.ndarray = ((images.max(axis=(2, 3)) - images.min(axis=(2, 3))) <= BLANK).all(axis=1)
    return shows_nothing


def _near(data: LabelledImages, rows: np.ndarray) -> list[tuple[int, int]]:
    # Of each picture the nearest one of its own class and of another: two of many are enough to name.
    if len(rows) < 2:
        return []
    labels = data.labels.cpu().numpy()
    described = [_describe(data.images[part].cpu().float()) for part in torch.from_numpy(rows).split(DESCRIBED)]
    grids, contrasts = (torch.cat(parts).numpy() for parts in zip(*described))
    centred = grids - grids.mean(axis=0)
    # No two are nearer than along one direction: in the order along the longest, few come into question.
    along = centred @ np.linalg.eigh(centred.T @ centred)[1][:, -1]
    order = np.argsort(along)
    rows, grids, contrasts, along = rows[order], centred[order], contrasts[order], along[order]
    squares, ones = np.square(grids).sum(axis=1, keepdims=True), np.ones_like(along)[:, None]
    left, right = np.hstack([-2 * grids, squares, ones]), np.hstack([grids, ones, squares])
    found = []
    for start in range(0, len(rows), BLOCK):
        here = slice(start, min(start + BLOCK, len(rows)))
        allowed = NEAR * contrasts[here]
        end = int(np.searchsorted(along, along[here.stop - 1] + allowed.max(), side="right"))
        there = slice(start + 1, max(end, start + 1))
        apart = left[here] @ right[there].T  # squared distances
        near = apart <= np.square(allowed)[:, None]
        met = np.arange(len(near))[:, None] > np.arange(min(BLOCK, near.shape[1]))  # itself, and pairs seen before
        near[:, :BLOCK] &= ~met
        for number in np.flatnonzero(near.any(axis=1)).tolist():
            same = labels[rows[there]] == labels[rows[start + number]]
            for wanted in (near[number] & same, near[number] & ~same):
                if wanted.any():
                    other = np.where(wanted, apart[number], np.inf).argmin()
                    found.append((int(rows[start + number]), int(rows[there][other])))
    return [pair for pair in found if _are_near(data, *pair)]


def _describe(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Mean greys (N, GRID²), divided so that distances are root mean squares, and contrasts (N,)."""
    grids = adaptive_avg_pool2d(pictures.mean(dim=1), GRID).flatten(1) / GRID
    means = pictures.mean(dim=(1, 2, 3))
    return grids, (pictures.square_().mean(dim=(1, 2, 3)) - means.square()).clamp_(min=0).sqrt()


def _are_near(data: LabelledImages, row: int, other: int) -> bool:
    first, second = data.images[row].float(), data.images[other].float()
    return float((first - second).square().mean().sqrt()) <= NEAR * float(first.std(correction=0))


def _groups(links: list[tuple[int, int]]) -> Iterator[list[int]]:
    leader: dict[int, int] = {}

    def lead(row: int) -> int:
        while leader.setdefault(row, row) != row:
            leader[row] = row = leader.setdefault(leader[row], leader[row])
        return row

    for one, other in links:
        leader[lead(one)] = lead(other)
    groups = defaultdict(list)
    for row in sorted(leader):
        groups[lead(row)].append(row)
    yield from groups.values()


def _pairs(pairs: list[tuple[int, ...]], names: tuple[str, ...] | list[str]) -> str:
    return some_of([" and ".join(names[row] for row in pair) for pair in pairs])
