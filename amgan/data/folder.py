"""What lies in a local folder: tables, classes of pictures, several data sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import datasets

from amgan.data.class_folders import SPLIT_NAMES, alike, class_of_folder, means_unlabelled
from amgan.data.file_tree import PassedOver, by_name, direct_files, files_below, subfolders
from amgan.data.labels_beside import labels_in
from amgan.data.manifest import Manifest, read_manifest
from amgan.data.picture_files import (
    TABLE_SUFFIXES,
    has_pictures,
    holds_table_files,
    is_picture,
    unread_endings,
    why_left_out,
    why_no_heic,
    why_not_read,
)
from amgan.data.reasons import Reason, both
from amgan.data.splits import beside_part, is_split, part_of
from amgan.errors import DataError, some_of

SHALLOW_TABLES = "*.tar"
"""Files that make a folder a data set of `datasets` only beside its pictures: below, they are somebody's archives."""


def holds_table(folder: Path) -> bool:
    """Whether a folder is a data set of `datasets`, beside which its pictures mean nothing by themselves."""
    if holds_table_files(folder):
        return True
    inner = [path for path in subfolders(folder) if path.name.lower() in SPLIT_NAMES | {"data"}]
    if any(len(_with_pictures(subfolders(place), but=inner)) > 1 for place in (folder, *inner)):
        return False
    return any(next(place.glob(SHALLOW_TABLES), None) for place in (folder, *inner))


def check_one_data_set(folder: Path, split: str) -> None:
    """Refuse a folder one level too high, unless what it holds are splits.

    Raises:
        DataError: the folder holds several data sets; some of them are named.
    """
    if sets := _several_in(folder, split):
        tables = any(map(holds_table_files, sets))
        kind = "several_tables" if tables else "several_sets"
        raise DataError(Reason(kind, {"folder": str(folder), "names": _named(sets)}))


def one_of_several(folder: Path, config: str) -> Path:
    """The folder of one of the data sets in a folder.

    Raises:
        DataError: there is none of that name.
    """
    sets = _several_in(folder)
    if config not in (names := [path.name for path in sets]):
        raise DataError(f"{folder}: no configuration {config!r}; it has {_named(sets) if sets else 'none'}")
    return sets[names.index(config)]


def declares_its_parts(folder: Path) -> bool:
    """Whether a folder says what is in it: a card of the Hub its configurations, a set of `save_to_disk` its splits."""
    if any((folder / name).is_file() for name in ("dataset_dict.json", "dataset_infos.json")):
        return True
    try:
        head = (folder / "README.md").read_text(encoding="utf-8", errors="replace").split("\n---", 1)[0]
    except OSError:
        return False
    return head.startswith("---") and ("\nconfigs:" in head or "\ndataset_info:" in head)


def _several_in(folder: Path, split: str = "train") -> list[Path]:
    if any(path.suffix.lower() in TABLE_SUFFIXES for path in folder.iterdir()) or declares_its_parts(folder):
        return []
    tables = {path for path in subfolders(folder) if holds_table_files(path)}
    inner = [path for path in subfolders(folder) if path in tables or has_pictures(path)]
    sets = [path for path in inner if path in tables or _looks_like_a_data_set(path)]
    if any(is_split(path, split) for path in inner) or len(sets) < 2 or not (tables or sets == inner):
        return []
    return sets


def _named(folders: list[Path]) -> str:
    return some_of([path.name for path in folders])


def open_image_folder(folder: Path, split: str) -> tuple[datasets.Dataset, Reason | None]:
    """The table of a folder with one subfolder of pictures a class, and which files are left out.

    A subfolder of pictures without a class stands in it like a class of its name. Where the folder is an export of
    this program, its manifest says the class of each picture, and classes.json the order of the classes.

    Args:
        folder: Holds the class folders, or folders of splits that hold them.
        split: Which split; "train" is the whole of a folder that is not split.

    Raises:
        SplitError: no such split.
        DataError: no pictures of any class, an empty class folder, two whose names differ in capitals or spaces only.
    """
    # Split by hand: `datasets` would take a file named test_1.png for the test split, and leave out the class of a
    # single subfolder.
    nested = [path for path in subfolders(folder) if any(map(has_pictures, subfolders(path)))]
    root = part_of(folder, [path for path in nested if is_split(path, split)], split)
    passed = PassedOver()
    manifest = read_manifest(root)
    classes = _class_files(root, manifest, passed)
    pictures = {name: [str(file) for file in found if is_picture(file)] for name, found in classes.items()}
    unread = {name: unread_endings(found) for name, found in classes.items()}
    if not any(found for name, found in pictures.items() if not means_unlabelled(name)):
        but = next((Reason("but", {"name": name}) for name, found in pictures.items() if found), "")
        why = why_not_read(sum(unread.values(), Counter()))
        raise DataError(Reason("no_class_pictures", {"folder": str(root), "but": but, "why": why}))
    named = [name for name in pictures if not means_unlabelled(name)]
    parts = [path for path in _with_pictures(subfolders(root)) if not means_unlabelled(path.name)]
    if parts and all(map(is_split, parts)) and not manifest.classes:
        raise DataError(Reason("only_parts", {"folder": str(root), "names": _named(parts)}))
    if len(named) == 1 and len(inner := _with_pictures(subfolders(root / named[0]))) > 1:
        values = {"folder": str(root), "name": repr(named[0]), "names": _named(inner), "inner": str(root / named[0])}
        raise DataError(Reason("one_folder", values))
    for name, found in pictures.items():
        if not found and not means_unlabelled(name):
            why = why_not_read(unread[name])
            raise DataError(Reason("class_empty", {"folder": str(root), "name": repr(name), "why": why}))
    beside = [file for file in direct_files(root) if not manifest.class_of(file)] + beside_part(folder, root, passed)
    left_out = why_left_out(
        sum(unread.values(), unread_endings(beside)),
        passed,
        Reason("left_beside_classes", {"count": sum(map(is_picture, beside))}),
    )
    heic = why_no_heic(sum(unread.values(), Counter()), sum(map(len, pictures.values())))
    features = datasets.Features(
        {"image": datasets.Image(decode=False), "label": datasets.ClassLabel(names=list(pictures))}
    )
    rows = {
        "image": [{"path": file, "bytes": None} for found in pictures.values() for file in found],
        "label": [label for label, found in enumerate(pictures.values()) for _ in found],
    }
    return datasets.Dataset.from_dict(rows, features=features), both(left_out, heic)


def pictures_without_classes(folder: Path) -> tuple[list[Path], Reason | None] | None:
    """The pictures of a folder that says of none what it shows, and what is left out.

    They lie right in it, or all below one subfolder, as a phone has them.

    Returns:
        None if it is a data set, with classes as its subfolders, a file of labels or a table.

    Raises:
        DataError: a file of labels is too large.
        OSError: it cannot be read.
    """
    inner = _with_pictures(subfolders(folder))
    if len(inner) > 1 or holds_table(folder) or any(map(labels_in, (folder, *inner))):
        return None
    if inner and pictures_without_classes(inner[0]) is None:
        return None
    passed = PassedOver()
    found = sorted(files_below(folder, passed))
    pictures = list(filter(is_picture, found))
    unread = unread_endings(found)
    return pictures, both(why_left_out(unread, passed), why_no_heic(unread, len(pictures)))


def _class_files(root: Path, manifest: Manifest, passed: PassedOver) -> dict[str, list[Path]]:
    classes: dict[str, list[Path]] = {}
    for path in subfolders(root, passed):
        found = [(file, manifest.class_of(file)) for file in sorted(files_below(path, passed), key=by_name)]
        # Two exports put together have the rows of one of them, and older ones other names for their folders.
        own = next((name for _, name in found if name), class_of_folder(path.name))
        classes.setdefault(own, [])
        for file, name in found:
            classes.setdefault(name or own, []).append(file)
    for file in sorted(direct_files(root), key=by_name):
        if name := manifest.class_of(file):
            classes.setdefault(name, []).append(file)
    first: dict[str, str] = {}
    known = set(manifest.classes.values())
    for name in sorted(classes):
        other = first.setdefault(alike(name), name)
        if other != name and not means_unlabelled(name) and not {name, other} <= known:
            values = {"folder": str(root), "one": repr(other), "other": repr(name)}
            raise DataError(Reason("folders_alike", values))
    return {name: classes[name] for name in manifest.in_order(classes)}


def _looks_like_a_data_set(folder: Path) -> bool:
    if any(map(is_picture, direct_files(folder))):
        return False
    inner = _with_pictures(subfolders(folder))
    return len(inner) > 1 or any(path.name.lower() in SPLIT_NAMES for path in inner)


def _with_pictures(folders: list[Path], but: Iterable[Path] = ()) -> list[Path]:
    return [path for path in folders if path not in but and has_pictures(path)]
