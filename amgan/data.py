"""Labelled pictures from the Hub, a local data set or a folder with one subfolder a class, as uint8 tensors."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import torch
from datasets.exceptions import DatasetGenerationError, DatasetsError
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from amgan.errors import DataError
from amgan.pictures import Fit, decode_picture

PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
TABLE_PATTERNS = ("*.parquet", "*.arrow", "*.tar", "metadata.csv", "metadata.jsonl")
"""Files that make a folder a data set of `datasets`, beside which its pictures mean nothing by themselves."""

SPLIT_NAMES = {"train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval", "evaluation"}
HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")
DECODE_CHUNK = 1024


@dataclass(frozen=True)
class LabelledImages:
    """A whole data set in memory.

    Attributes:
        images: uint8 (N, C, size, size).
        labels: int64 (N,), each 0..K-1.
        class_names: K names.
        source: The path or Hub id it came from.
        fit: What was done to reach the size ("crop" if any picture was resized).
        original_sizes: How many pictures had which (width, height).
        skipped: Broken pictures left out.
    """

    images: Tensor
    labels: Tensor
    class_names: tuple[str, ...]
    source: str
    fit: Fit
    original_sizes: dict[tuple[int, int], int]
    skipped: int = 0

    def __len__(self) -> int:
        """N, the number of pictures."""
        return len(self.labels)

    def to(self, device: torch.device) -> LabelledImages:
        """The same set on another device."""
        return replace(self, images=self.images.to(device), labels=self.labels.to(device))

    @property
    def class_counts(self) -> dict[str, int]:
        """Pictures of each class, in class order."""
        counts = torch.bincount(self.labels.cpu(), minlength=len(self.class_names)).tolist()
        return dict(zip(self.class_names, counts))

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
        lines = [
            f"Data      {self.source}: {len(self)} pictures, {len(counts)} classes",
            f"Classes   {shown}{more}",
            f"Pictures  {size_list}{more_sizes} -> {side}x{side} {'grey' if channels == 1 else 'RGB'}, {done}",
        ]
        if self.skipped:
            lines.append(f"Skipped   {self.skipped} broken pictures")
        return "\n".join(lines)


def load_labelled_images(
    source: str,
    image_size: int,
    *,
    split: str = "train",
    channels: int | None = None,
    image_column: str | None = None,
    label_column: str | None = None,
    skip_broken: bool = False,
) -> LabelledImages:
    """Load a labelled data set wherever it is, as one uint8 tensor.

    Args:
        source: A Hub id ("zalando-datasets/fashion_mnist"), a local folder in such a layout, or a folder with one
            subfolder of pictures a class (below a subfolder named as `split` if there is one).
        image_size: Side of the square pictures in pixels.
        split: Which split of the data set; "train" is the whole of a folder that is not split.
        channels: 1 or 3; None takes 1 if every picture is stored as grey.
        image_column: Column of the pictures, where the type alone does not tell.
        label_column: Column of the classes, where the type alone does not tell.
        skip_broken: Leave out pictures that cannot be decoded, and count them.

    Raises:
        DataError: naming the path, column or file: nothing there, no such split, no labels, one class, an empty class,
            a broken picture.
    """
    if not source.strip():
        raise DataError("no data set is named; give a folder or a Hub id")
    table = _open_table(source, split)
    image_column = image_column or _image_column(table, source)
    label_column = label_column or _label_column(table, source, image_column)
    for column in (image_column, label_column):
        if column not in table.column_names:
            raise DataError(f"{source}: no column {column!r}; it has {', '.join(table.column_names)}")
    labels, class_names = _labels(table, source, label_column)
    _check_classes(labels, class_names, source)

    images = np.empty((len(table), channels or 1, image_size, image_size), dtype=np.uint8)
    kept: list[int] = []
    sizes: Counter[tuple[int, int]] = Counter()
    fits: Counter[str] = Counter()
    for row, decoded in enumerate(_decode_all(table, source, image_column, image_size)):
        if isinstance(decoded, BrokenPicture):
            if skip_broken:
                continue
            raise DataError(
                f"{source}: picture {decoded.name} cannot be read ({decoded.reason}); "
                "mend or remove it, or leave such pictures out with --skip-broken"
            )
        picture, original, fit = decoded
        if channels is None and len(picture) > images.shape[1]:
            images = np.repeat(images, len(picture), axis=1)  # the first one in colour
        images[len(kept)] = _with_channels(picture, images.shape[1])
        kept.append(row)
        sizes[original] += 1
        fits[fit] += 1
    if not kept:
        raise DataError(f"{source}: none of its {len(table)} pictures can be read; check the column or the files")
    labels = labels[kept]
    _check_classes(labels, class_names, source)
    return LabelledImages(
        images=torch.from_numpy(images[: len(kept)]),
        labels=torch.from_numpy(labels),
        class_names=class_names,
        source=source,
        fit="crop" if fits["crop"] else "pad" if fits["pad"] else "none",
        original_sizes=dict(sizes),
        skipped=len(table) - len(kept),
    )


def _open_table(source: str, split: str) -> datasets.Dataset:
    folder = Path(source)
    local = folder.exists()
    try:
        if local and not folder.is_dir():
            raise DataError(f"{source} is a file; give the folder that holds the data set")
        if local and not _holds(folder, *TABLE_PATTERNS):
            return _open_image_folder(folder, split)
        if not local and not HUB_ID.fullmatch(source):
            raise DataError(f"{source}: no such folder")
        return datasets.load_dataset(source, split=split)
    except DataError:
        raise
    except (DatasetsError, OSError, RuntimeError, ValueError) as error:
        # ValueError is datasets' word for an unknown split or a missing configuration, RuntimeError for a script.
        if local or not isinstance(error, OSError):
            cause = error.__cause__ if isinstance(error, DatasetGenerationError) else None
            raise DataError(f"{source}: {_one_line(cause or error)}") from error
        raise DataError(
            f"{source}: no such folder here, and no data set of that name could be loaded from the Hub "
            f"({_one_line(error)})"
        ) from error


def _open_image_folder(folder: Path, split: str) -> datasets.Dataset:
    # Split by hand: `datasets` would take a file named test_1.png for the test split, and leave out the class of a
    # single subfolder.
    nested = [path.name for path in _subfolders(folder) if any(map(_has_pictures, _subfolders(path)))]
    splits = [name for name in nested if name in SPLIT_NAMES or name == split]
    if split not in splits and (splits or split != "train"):
        raise DataError(f"{folder}: no split {split!r}; it has {', '.join(splits) or 'none, so it is all train'}")
    root = folder / split if splits else folder
    subfolders = _subfolders(root)
    files = {path.name: sorted(str(file) for file in _picture_files(path)) for path in subfolders}
    if not any(files.values()):
        raise DataError(f"{root}: no pictures in subfolders; put those of each class into a subfolder of its name")
    for name, found in files.items():
        if not found:
            raise DataError(f"{root}: class {name!r} is empty; add pictures to that subfolder or remove it")
    features = datasets.Features(
        {"image": datasets.Image(decode=False), "label": datasets.ClassLabel(names=list(files))}
    )
    rows = {
        "image": [{"path": file, "bytes": None} for found in files.values() for file in found],
        "label": [label for label, found in enumerate(files.values()) for _ in found],
    }
    return datasets.Dataset.from_dict(rows, features=features)


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _has_pictures(folder: Path) -> bool:
    return next(_picture_files(folder), None) is not None


def _picture_files(folder: Path) -> Iterator[Path]:
    for path in _visible(folder, "*"):
        if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file():
            yield path


def _holds(folder: Path, *patterns: str) -> bool:
    return any(next(_visible(folder, pattern), None) for pattern in patterns)


def _visible(folder: Path, pattern: str) -> Iterator[Path]:
    # Editors keep copies of pictures in places such as .ipynb_checkpoints.
    for path in folder.rglob(pattern):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _image_column(table: datasets.Dataset, source: str) -> str:
    found = [name for name, feature in table.features.items() if isinstance(feature, datasets.Image)]
    # Parquet that `datasets` did not write names no such type, but has the files' bytes all the same.
    found = found or [name for name, feature in table.features.items() if _is_bytes(feature)]
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError(f"{source}: several picture columns ({', '.join(found)}); choose one with --image-column")
    raise DataError(f"{source}: no picture column; its columns are {', '.join(table.column_names)}")


def _is_bytes(feature: Any) -> bool:
    if isinstance(feature, dict):
        return _is_bytes(feature.get("bytes"))
    return isinstance(feature, datasets.Value) and feature.dtype in ("binary", "large_binary")


def _is_class(feature: Any) -> bool:
    return isinstance(feature, datasets.Value) and bool(re.fullmatch(r"u?int\d+|bool|(large_)?string", feature.dtype))


def _label_column(table: datasets.Dataset, source: str, image_column: str) -> str:
    features = {name: feature for name, feature in table.features.items() if name != image_column}
    found = [name for name, feature in features.items() if isinstance(feature, datasets.ClassLabel)]
    if not found:
        found = [name for name, feature in features.items() if _is_class(feature)]
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError(
            f"{source}: several columns could be the class ({', '.join(found)}); choose with --label-column"
        )
    raise DataError(f"{source}: no label column; its columns are {', '.join(table.column_names)}")


def _labels(table: datasets.Dataset, source: str, column: str) -> tuple[np.ndarray, tuple[str, ...]]:
    feature = table.features[column]
    numbered = isinstance(feature, datasets.ClassLabel)
    if not numbered and not _is_class(feature):
        raise DataError(f"{source}: column {column!r} cannot be the class; it must hold whole numbers or words")
    values = table.with_format(None)[column][:]
    # -1 is how sets with numbered classes mark an unknown one.
    missing = next((row for row, value in enumerate(values) if value in (None, "") or (numbered and value == -1)), None)
    if missing is not None:
        raise DataError(f"{source}: row {missing} has no class in column {column!r}")
    if not numbered:
        names = sorted(set(values))
        numbers = {name: number for number, name in enumerate(names)}
        return np.asarray([numbers[value] for value in values], dtype=np.int64), tuple(map(str, names))
    wrong = next((row for row, value in enumerate(values) if not 0 <= value < feature.num_classes), None)
    if wrong is not None:
        raise DataError(
            f"{source}: row {wrong} has class {values[wrong]} in column {column!r}, which names {feature.num_classes}"
        )
    return np.asarray(values, dtype=np.int64), tuple(feature.names)


def _check_classes(labels: np.ndarray, class_names: tuple[str, ...], source: str) -> None:
    if len(class_names) < 2:
        only = f" ({class_names[0]!r})" if class_names else ""
        raise DataError(f"{source}: only one class{only}; a class-labelled GAN needs two or more")
    counts = np.bincount(labels, minlength=len(class_names))
    if not counts.all():
        raise DataError(
            f"{source}: class {class_names[int(counts.argmin())]!r} is empty; add pictures or remove the class"
        )


@dataclass(frozen=True)
class BrokenPicture:
    """A picture that could not be decoded: its file or row, and why."""

    name: str
    reason: str


def _decode_all(
    table: datasets.Dataset, source: str, column: str, size: int
) -> Iterable[tuple[np.ndarray, tuple[int, int], Fit] | BrokenPicture]:
    try:
        rows = table.select_columns([column]).cast_column(column, datasets.Image(decode=False))
    except (TypeError, ValueError, NotImplementedError) as error:  # pyarrow's errors are of these kinds too
        raise DataError(f"{source}: column {column!r} holds no pictures ({_one_line(error)})") from error

    def decode(numbered: tuple[int, dict[str, Any] | None]) -> tuple[np.ndarray, tuple[int, int], Fit] | BrokenPicture:
        number, cell = numbered
        cell = cell or {}
        name = str(cell.get("path") or f"in row {number}")
        if not cell.get("bytes") and not cell.get("path"):
            return BrokenPicture(name, "there is none")
        try:
            return decode_picture(cell.get("bytes") or Path(cell["path"]).read_bytes(), size)
        except UnidentifiedImageError:
            return BrokenPicture(name, "in no format that Pillow knows")
        except Exception as error:  # whatever a decoder makes of broken bytes
            return BrokenPicture(name, _one_line(error))

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for start in range(0, len(rows), DECODE_CHUNK):
            cells = rows[start : start + DECODE_CHUNK][column]
            yield from pool.map(decode, enumerate(cells, start))


def _with_channels(picture: np.ndarray, channels: int) -> np.ndarray:
    if len(picture) == channels:
        return picture
    if channels == 3:
        return np.repeat(picture, 3, axis=0)
    grey = Image.fromarray(picture.transpose(1, 2, 0)).convert("L")
    return np.asarray(grey, dtype=np.uint8)[None]


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
