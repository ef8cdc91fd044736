"""Labelled pictures from the Hub, a local data set or a folder with one subfolder a class, as uint8 tensors.

Not all need be labelled: pictures in a subfolder named unlabelled or unlabeled, and rows without a class, come along.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from amgan.data.decoded_pictures import DECODE_CHUNK, BrokenPicture, DecodedPictures, decoded_or_broken
from amgan.data.decoding import Fit, Picture
from amgan.data.evening_out import Background, extreme_shapes
from amgan.data.opening import quiet_pillow
from amgan.data.picture_files import counted, printable
from amgan.data.reasons import Reason
from amgan.errors import DataError
from amgan.networks.objectives import UNLABELLED

if TYPE_CHECKING:
    import datasets

FEW_OF_CLASS = 20
"""Fewer pictures show little of what varies in a class."""


@dataclass(frozen=True)
class LabelledImages:
    """A whole data set in memory.

    Attributes:
        images: uint8 (N, C, size, size).
        labels: int64 (N,), each 0..K-1, or `UNLABELLED`; every class has a labelled picture.
        class_names: K names.
        source: The path or Hub id it came from.
        fit: What was done to reach the size ("crop" if any picture was resized).
        original_sizes: How many pictures had which (width, height).
        skipped: Broken pictures left out.
        left_out: In words, the files of a folder that are not read; "" if there are none.
        names: The file of each picture in the set, or its row.
        ground: In words, what stands behind transparent pictures; "" if there are none.
        shapes: In words, the pictures of which little is kept; "" if there are none.
        parts: In words, what each of several sources gives; "" for one.
        source_numbers: int64 (N,), on the CPU, which of several sources each picture is of; None for one.
        weights: How often a training draws the pictures of each source in an epoch.
    """

    images: Tensor
    labels: Tensor
    class_names: tuple[str, ...]
    source: str
    fit: Fit
    original_sizes: dict[tuple[int, int], int]
    skipped: int = 0
    left_out: str = ""
    names: tuple[str, ...] = ()
    ground: str = ""
    shapes: str = ""
    parts: str = ""
    source_numbers: Tensor | None = None
    weights: tuple[float, ...] = (1.0,)

    def __len__(self) -> int:
        """N, the number of pictures."""
        return len(self.labels)

    def to(self, device: torch.device) -> LabelledImages:
        """The same set on another device."""
        return replace(self, images=self.images.to(device), labels=self.labels.to(device))

    def only(self, mask: Tensor) -> LabelledImages:
        """The pictures of a mask, bool (N,), in their order."""
        mask = mask.to(self.labels.device)
        names = tuple(name for name, stays in zip(self.names, mask.tolist()) if stays)
        sources = None if self.source_numbers is None else self.source_numbers[mask.cpu()]
        return replace(self, images=self.images[mask], labels=self.labels[mask], names=names, source_numbers=sources)

    @property
    def rows_by_source(self) -> list[Tensor]:
        """The numbers of the pictures of each source, int64 (n,), on the CPU."""
        if self.source_numbers is None:
            return [torch.arange(len(self))]
        return [(self.source_numbers == number).nonzero().flatten() for number in range(len(self.weights))]

    @property
    def draws(self) -> list[int]:
        """How many pictures of each source an epoch of training has: at least one of each that has any."""
        return [
            max(min(len(rows), 1), round(weight * len(rows))) for rows, weight in zip(self.rows_by_source, self.weights)
        ]

    @property
    def labelled(self) -> LabelledImages:
        """The labelled pictures alone."""
        if not self.unlabelled:
            return self
        left_out = ", ".join(filter(None, [self.left_out, counted(self.unlabelled, "unlabelled picture")]))
        return replace(self.only(self.labels != UNLABELLED), left_out=left_out)

    @property
    def unlabelled(self) -> int:
        """How many pictures have no class."""
        return int((self.labels == UNLABELLED).sum())

    @property
    def class_counts(self) -> dict[str, int]:
        """Labelled pictures of each class, in class order."""
        labels = self.labels[self.labels != UNLABELLED]
        return dict(zip(self.class_names, torch.bincount(labels.cpu(), minlength=len(self.class_names)).tolist()))

    def summary(self) -> str:
        """A few lines for people: where from, how many of each class, sizes and channels."""
        counts = self.class_counts
        shown = ", ".join(f"{name} {count}" for name, count in list(counts.items())[:20])
        more = f", and {len(counts) - 20} more" if len(counts) > 20 else ""
        sizes = sorted(self.original_sizes.items(), key=lambda item: -item[1])
        size_list = ", ".join(f"{width}x{height} ({count})" for (width, height), count in sizes[:4])
        more_sizes = f", and {len(sizes) - 4} other sizes" if len(sizes) > 4 else ""
        channels, side = self.images.shape[1], self.images.shape[2]
        done = {"none": "as they are", "pad": "with a black border", "crop": "centre square, resized"}[self.fit]
        known = f" ({self.unlabelled} of them unlabelled)" if self.unlabelled else ""
        lines = [
            f"Data      {self.source}: {len(self)} pictures{known}, {len(counts)} classes",
            *([f"Parts     {self.parts}"] if self.parts else []),
            f"Classes   {shown}{more}",
            f"Pictures  {size_list}{more_sizes} -> {side}x{side} {'grey' if channels == 1 else 'RGB'}, {done}",
        ]
        if self.ground:
            lines.append(f"Ground    {self.ground}")
        if self.shapes:
            lines.append(f"Shapes    {self.shapes}")
        if self.skipped:
            lines.append(f"Skipped   {counted(self.skipped, 'broken picture')}")
        if self.left_out:
            lines.append(f"Left out  {self.left_out}")
        return "\n".join(lines)


def load_labelled_images(
    source: str,
    image_size: int,
    *,
    split: str = "train",
    config: str | None = None,
    channels: int | None = None,
    image_column: str | None = None,
    label_column: str | None = None,
    skip_broken: bool = False,
    background: Background | None = None,
    is_part: bool = False,
) -> LabelledImages:
    """Load a labelled data set wherever it is, as one uint8 tensor.

    Args:
        source: A Hub id ("zalando-datasets/fashion_mnist"), a local folder in such a layout, or a folder with one
            subfolder of pictures a class (below a subfolder named as `split` if there is one) and, if some are
            unlabelled, one of that name; or one of these as a .zip or .tar, or alone in a folder as such.
        image_size: Side of the square pictures in pixels.
        split: Which split of the data set; "train" is the whole of a folder that is not split.
        config: Which configuration of a data set that has several, or which of several data sets in a folder.
        channels: 1 or 3; None takes 1 if every picture is stored as grey.
        image_column: Column of the pictures, where the type alone does not tell.
        label_column: Column of the classes, where the type alone does not tell.
        skip_broken: Leave out pictures that cannot be decoded, and count them.
        background: What stands behind transparent pictures; None chooses by contrast, white if they can be seen on it.
        is_part: Whether others are put to it, so that it may lack classes, or pictures of some.

    Raises:
        DataError: naming the path, column or file: nothing there, no such split or configuration, no labels, one
            class, a class without a labelled picture, a broken picture.
    """
    if not source.strip():
        raise DataError("no data set is named; give a folder or a Hub id")
    # `datasets` takes a second to import, which only those who read data shall wait for.
    from amgan.data.archives import at_hand

    with at_hand(source) as (place, not_unpacked):
        data = _load(
            place, image_size, split, config, channels, image_column, label_column, skip_broken, background, is_part
        )
    return replace(data, source=source, left_out=", ".join(filter(None, [data.left_out, str(not_unpacked or "")])))


def _load(
    source: str,
    image_size: int,
    split: str,
    config: str | None,
    channels: int | None,
    image_column: str | None,
    label_column: str | None,
    skip_broken: bool,
    background: Background | None,
    is_part: bool,
) -> LabelledImages:
    from amgan.data.table import check_classes, files_of, image_column_of, label_column_of, labels_of, open_table

    table, left_out = open_table(source, split, config)
    image_column = image_column or image_column_of(table, source)
    label_column = label_column or label_column_of(table, source, image_column)
    for column in (image_column, label_column):
        if column not in table.column_names:
            raise DataError(f"{source}: no column {column!r}; it has {', '.join(table.column_names)}")
    labels, class_names = labels_of(table, source, label_column)
    if not is_part:
        check_classes(labels, class_names, source)
    decoded = DecodedPictures(len(table), channels, image_size)
    for row, (name, picture) in enumerate(
        _decode_all(files_of(table, source, image_column), image_column, image_size, source)
    ):
        decoded.add(row, name, picture)
    decoded.check(source, skip_broken)
    labels = labels[decoded.rows]
    if not is_part:
        check_classes(labels, class_names, source)
    images, ground, fit = decoded.evened_out(background)
    return LabelledImages(
        images=torch.from_numpy(images),
        labels=torch.from_numpy(labels),
        class_names=class_names,
        source=source,
        fit=fit,
        original_sizes=dict(Counter(decoded.sizes)),
        skipped=len(decoded.broken),
        left_out=str(left_out or ""),
        names=tuple(decoded.names),
        ground=ground,
        shapes=extreme_shapes(decoded.names, decoded.sizes),
    )


def _decode_all(
    rows: datasets.Dataset, column: str, size: int, source: str
) -> Iterable[tuple[str, Picture | BrokenPicture]]:
    def decode(numbered: tuple[int, dict[str, Any] | None]) -> tuple[str, Picture | BrokenPicture]:
        number, cell = numbered
        cell = cell or {}
        name = _relative(cell["path"], source) if cell.get("path") else f"in row {number}"
        if not cell.get("bytes") and not cell.get("path"):
            return name, BrokenPicture(name, Reason("none"))
        return name, decoded_or_broken(name, cell.get("bytes") or Path(cell["path"]), size)

    with quiet_pillow(), ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for start in range(0, len(rows), DECODE_CHUNK):
            cells = rows[start : start + DECODE_CHUNK][column]
            yield from pool.map(decode, enumerate(cells, start))


def _relative(path: str, source: str) -> str:
    return printable(os.path.relpath(path, source) if Path(path).is_relative_to(source) else path)
