"""A data set opened as a table: wherever it is, its columns of pictures and of classes found by type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import numpy as np
from datasets.exceptions import DatasetGenerationError, DatasetsError

from amgan.errors import DataError

PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
TABLE_PATTERNS = ("*.parquet", "*.arrow", "*.tar", "metadata.csv", "metadata.jsonl")
"""Files that make a folder a data set of `datasets`, beside which its pictures mean nothing by themselves."""

SPLIT_NAMES = {"train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval", "evaluation"}
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def open_table(source: str, split: str) -> datasets.Dataset:
    """The table of a Hub id, a local data set, or a folder with one subfolder of pictures a class.

    Raises:
        DataError: nothing there, no such split, no pictures, an empty class folder.
    """
    folder = Path(source)
    local = folder.exists()
    try:
        if local and not folder.is_dir():
            raise DataError(f"{source} is a file; give the folder that holds the data set")
        if local and not _holds(folder, *TABLE_PATTERNS):
            return _open_image_folder(folder, split)
        if not local and not HUB_ID.fullmatch(source):
            raise DataError(f"{source}: no such folder; a data set of the Hub is named user/name")
        return datasets.load_dataset(source, split=split)
    except DataError:
        raise
    except (DatasetsError, OSError, RuntimeError, ValueError) as error:
        # ValueError is datasets' word for an unknown split or a missing configuration, RuntimeError for a script.
        if local or not isinstance(error, OSError):
            cause = error.__cause__ if isinstance(error, DatasetGenerationError) else None
            raise DataError(f"{source}: {one_line(cause or error)}") from error
        raise DataError(
            f"{source}: no such folder here, and no data set of that name could be loaded from the Hub "
            f"({one_line(error)})"
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


def image_column_of(table: datasets.Dataset, source: str) -> str:
    """The one column of pictures.

    Raises:
        DataError: there is none, or several.
    """
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


def label_column_of(table: datasets.Dataset, source: str, image_column: str) -> str:
    """The one column that can be the class: of type ClassLabel, else of whole numbers or words.

    Raises:
        DataError: there is none, or several.
    """
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


def labels_of(table: datasets.Dataset, source: str, column: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The class numbers, int64 (N,), and the names of the classes.

    Raises:
        DataError: a row without a class, or a number without a name.
    """
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


def check_classes(labels: np.ndarray, class_names: tuple[str, ...], source: str) -> None:
    """Check that there are two classes or more, none of them empty.

    Raises:
        DataError: naming the class.
    """
    if len(class_names) < 2:
        only = f" ({class_names[0]!r})" if class_names else ""
        raise DataError(f"{source}: only one class{only}; a class-labelled GAN needs two or more")
    counts = np.bincount(labels, minlength=len(class_names))
    if not counts.all():
        raise DataError(
            f"{source}: class {class_names[int(counts.argmin())]!r} is empty; add pictures or remove the class"
        )


def one_line(error: BaseException) -> str:
    """What an error says, on one line of at most 300 characters; its kind if it says nothing."""
    return " ".join(str(error).split())[:300] or type(error).__name__
