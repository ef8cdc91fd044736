"""What lies in a local folder: tables, classes of pictures, several data sets, files that nothing reads."""

from __future__ import annotations

import functools
import importlib
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import datasets
from PIL import Image

from amgan.errors import DataError, SplitError

TABLE_SUFFIXES = {".parquet", ".arrow"}
"""Files that make a folder a data set of `datasets` wherever they lie: the Hub has them in folders of many names."""
SHALLOW_TABLES = ("*.tar", "metadata.csv", "metadata.jsonl")
"""Files that do so only beside their pictures: below, they are somebody's notes or archives."""

SPLIT_NAMES = {"train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval", "evaluation"}

UNDECODED_FORMATS = {"BUFR", "GRIB", "HDF5", "MPEG", "WMF", "EPS"}
"""Formats that Pillow names but does not decode by itself."""
HEIC_SUFFIXES = (".heic", ".heif")
"""What phones of Apple make, which Pillow reads with the help of pillow-heif."""
HEIC_WAY_OUT = "to read them, pip install pillow-heif"

NO_PICTURE_SUFFIXES = {".txt", ".md", ".json", ".jsonl", ".csv", ".xml", ".yaml", ".yml", ".html", ".ini", ".db"}
NO_PICTURE_STEMS = {"README", "LICENSE", "LICENCE"}
MOST_NAMES = 5

UNLABELLED_NAMES = {"unlabelled", "unlabeled"}
"""What a folder or a class is called, in any capitals, whose pictures have no class."""


@functools.cache
def picture_suffixes() -> frozenset[str]:
    """Endings of the files that this Pillow decodes, such as ".png"."""
    with suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()
    known = Image.registered_extensions()  # fills Image.OPEN
    return frozenset(suffix for suffix, name in known.items() if name in Image.OPEN and name not in UNDECODED_FORMATS)


def means_unlabelled(name: object) -> bool:
    """Whether the name of a folder or of a class says that its pictures have none."""
    return str(name).lower() in UNLABELLED_NAMES


def holds_table(folder: Path) -> bool:
    """Whether a folder is a data set of `datasets`, beside which its pictures mean nothing by themselves."""
    if _holds_table_files(folder):
        return True
    inner = [path for path in _subfolders(folder) if path.name in SPLIT_NAMES | {"data"}]
    if any(len(_with_pictures(_subfolders(place), but=inner)) > 1 for place in (folder, *inner)):
        return False
    return any(next(place.glob(pattern), None) for place in (folder, *inner) for pattern in SHALLOW_TABLES)


def check_one_data_set(folder: Path) -> None:
    """Refuse a folder one level too high.

    Raises:
        DataError: the folder holds several data sets; some of them are named.
    """
    if any(path.suffix.lower() in TABLE_SUFFIXES for path in folder.iterdir()) or _declares_its_parts(folder):
        return
    tables = {path for path in _subfolders(folder) if _holds_table_files(path)}
    inner = [path for path in _subfolders(folder) if path in tables or _has_pictures(path)]
    sets = [path for path in inner if path in tables or _looks_like_a_data_set(path)]
    if any(path.name in SPLIT_NAMES for path in inner) or len(sets) < 2 or not (tables or sets == inner):
        return
    names = ", ".join(path.name for path in sets[:MOST_NAMES])
    more = f" and {len(sets) - MOST_NAMES} more" if len(sets) > MOST_NAMES else ""
    way_out = "" if tables else ", or, if these are the classes, put their pictures right into them"
    raise DataError(f"{folder} holds several data sets ({names}{more}); give the folder of one of them{way_out}")


def open_image_folder(folder: Path, split: str) -> tuple[datasets.Dataset, str]:
    """The table of a folder with one subfolder of pictures a class, and in words which files are left out.

    A subfolder of pictures without a class stands in it like a class of its name.

    Args:
        folder: Holds the class folders, or folders of splits that hold them.
        split: Which split; "train" is the whole of a folder that is not split.

    Raises:
        SplitError: no such split.
        DataError: no pictures of any class, an empty class folder, two whose names differ in capitals or spaces only.
    """
    # Split by hand: `datasets` would take a file named test_1.png for the test split, and leave out the class of a
    # single subfolder.
    nested = [path.name for path in _subfolders(folder) if any(map(_has_pictures, _subfolders(path)))]
    splits = [name for name in nested if name in SPLIT_NAMES or name == split]
    if split not in splits and (splits or split != "train"):
        raise SplitError(f"{folder}: no split {split!r}; it has {', '.join(splits) or 'none, so it is all train'}")
    root = folder / split if splits else folder
    classes = _class_files(root)
    pictures = {name: [str(file) for file in found if _is_picture(file)] for name, found in classes.items()}
    unread = {name: _unread_endings(found) for name, found in classes.items()}
    if not any(found for name, found in pictures.items() if not means_unlabelled(name)):
        but = next((f" but {name}" for name, found in pictures.items() if found), "")
        raise DataError(
            f"{root}: no pictures in subfolders{but}; put those of each class into a subfolder of its name"
            f"{_not_read(sum(unread.values(), Counter()))}"
        )
    for name, found in pictures.items():
        if not found and not means_unlabelled(name):
            raise DataError(
                f"{root}: class {name!r} is empty; add pictures to that subfolder or remove it{_not_read(unread[name])}"
            )
    beside = _direct_files(root)
    if splits:
        others = [path for path in _subfolders(folder) if path.name not in SPLIT_NAMES and path != root]
        beside += _direct_files(folder) + [file for path in others for file in _files(path)]
    left_out = _left_out(sum(unread.values(), _unread_endings(beside)), sum(map(_is_picture, beside)))
    left_out += _heic_in_words(sum(unread.values(), Counter()), sum(map(len, pictures.values())))
    features = datasets.Features(
        {"image": datasets.Image(decode=False), "label": datasets.ClassLabel(names=list(pictures))}
    )
    rows = {
        "image": [{"path": file, "bytes": None} for found in pictures.values() for file in found],
        "label": [label for label, found in enumerate(pictures.values()) for _ in found],
    }
    return datasets.Dataset.from_dict(rows, features=features), left_out


def _class_files(root: Path) -> dict[str, list[Path]]:
    # A Mac spells é as e and an accent, a keyboard as one letter: both are one class, by its composed name.
    classes: dict[str, list[Path]] = {}
    for path in _subfolders(root):
        classes.setdefault(unicodedata.normalize("NFC", path.name), []).extend(sorted(_files(path)))
    alike: dict[str, str] = {}
    for name in sorted(classes):
        other = alike.setdefault(" ".join(name.casefold().split()), name)
        if other != name and not means_unlabelled(name):
            raise DataError(
                f"{root}: the folders {other!r} and {name!r} differ in capitals or spaces only; put the pictures into "
                "one of them if they are one class, or give one another name"
            )
    return dict(sorted(classes.items()))


def _left_out(endings: Counter[str], beside: int) -> str:
    parts = []
    if endings:
        names = [
            f"{ending} {count}" if len(endings) > 1 else ending for ending, count in endings.most_common(MOST_NAMES)
        ]
        more = ", ..." if len(endings) > MOST_NAMES else ""
        parts.append(f"{_counted(endings.total(), 'file')} ({', '.join(names)}{more})")
    if beside:
        parts.append(f"{_counted(beside, 'picture')} beside the class folders")
    return ", ".join(parts)


def _heic_in_words(unread: Counter[str], read: int) -> str:
    photos = sum(unread[suffix] for suffix in HEIC_SUFFIXES)
    return f"; {photos} of {photos + read} photos are HEIC: {HEIC_WAY_OUT}" if photos else ""


def _not_read(endings: Counter[str]) -> str:
    if any(endings[suffix] for suffix in HEIC_SUFFIXES):
        return f" (.heic is not read yet: {HEIC_WAY_OUT})"
    return f" ({endings.most_common(1)[0][0]} is not read: save such files as .png or .jpg)" if endings else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _unread_endings(files: Iterable[Path]) -> Counter[str]:
    return Counter(
        file.suffix.lower() or "no ending"
        for file in files
        if not _is_picture(file)
        and file.suffix.lower() not in NO_PICTURE_SUFFIXES
        and file.stem.upper() not in NO_PICTURE_STEMS
    )


def _looks_like_a_data_set(folder: Path) -> bool:
    if any(map(_is_picture, _direct_files(folder))):
        return False
    inner = _with_pictures(_subfolders(folder))
    return len(inner) > 1 or any(path.name in SPLIT_NAMES for path in inner)


def _declares_its_parts(folder: Path) -> bool:
    # A card of the Hub names its configurations; a set saved by `save_to_disk` its splits.
    if any((folder / name).is_file() for name in ("dataset_dict.json", "dataset_infos.json")):
        return True
    try:
        head = (folder / "README.md").read_text(encoding="utf-8", errors="replace").split("\n---", 1)[0]
    except OSError:
        return False
    return head.startswith("---") and ("\nconfigs:" in head or "\ndataset_info:" in head)


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _with_pictures(folders: list[Path], but: Iterable[Path] = ()) -> list[Path]:
    return [path for path in folders if path not in but and _has_pictures(path)]


def _has_pictures(folder: Path) -> bool:
    return any(map(_is_picture, _files(folder)))


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in picture_suffixes()


def _holds_table_files(folder: Path) -> bool:
    return any(file.suffix.lower() in TABLE_SUFFIXES for file in _files(folder))


def _direct_files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]


def _files(folder: Path) -> Iterator[Path]:
    # Without hidden ones: editors keep copies of pictures in places such as .ipynb_checkpoints.
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in names if not name.startswith("."))
