"""What lies in a local folder: tables, classes of pictures, several data sets, files that nothing reads."""

from __future__ import annotations

import functools
import importlib
import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import datasets
import pyarrow as pa
from PIL import Image

from amgan.data.class_folders import SPLIT_NAMES, class_of_folder, loosely
from amgan.data.file_tree import PassedOver, by_name, direct_files, files_below, subfolders
from amgan.data.labels_beside import labels_in, name_key, read_labels
from amgan.data.manifest import Manifest, read_manifest
from amgan.errors import DataError, SplitError, one_line

TABLE_SUFFIXES = {".parquet", ".arrow"}
"""Files that make a folder a data set of `datasets` wherever they lie: the Hub has them in folders of many names."""
SHALLOW_TABLES = "*.tar"
"""Files that do so only beside their pictures: below, they are somebody's archives."""

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
    inner = [path for path in subfolders(folder) if path.name.lower() in SPLIT_NAMES | {"data"}]
    if any(len(_with_pictures(subfolders(place), but=inner)) > 1 for place in (folder, *inner)):
        return False
    return any(next(place.glob(SHALLOW_TABLES), None) for place in (folder, *inner))


def check_one_data_set(folder: Path) -> None:
    """Refuse a folder one level too high.

    Raises:
        DataError: the folder holds several data sets; some of them are named.
    """
    if any(path.suffix.lower() in TABLE_SUFFIXES for path in folder.iterdir()) or _declares_its_parts(folder):
        return
    tables = {path for path in subfolders(folder) if _holds_table_files(path)}
    inner = [path for path in subfolders(folder) if path in tables or _has_pictures(path)]
    sets = [path for path in inner if path in tables or _looks_like_a_data_set(path)]
    if any(path.name.lower() in SPLIT_NAMES for path in inner) or len(sets) < 2 or not (tables or sets == inner):
        return
    names = ", ".join(path.name for path in sets[:MOST_NAMES])
    more = f" and {len(sets) - MOST_NAMES} more" if len(sets) > MOST_NAMES else ""
    way_out = "" if tables else ", or, if these are the classes, put their pictures right into them"
    raise DataError(f"{folder} holds several data sets ({names}{more}); give the folder of one of them{way_out}")


def open_image_folder(folder: Path, split: str) -> tuple[datasets.Dataset, str]:
    """The table of a folder with one subfolder of pictures a class, and in words which files are left out.

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
    nested = [path for path in subfolders(folder) if any(map(_has_pictures, subfolders(path)))]
    root = _part_of(folder, [path for path in nested if _is_split(path, split)], split)
    passed = PassedOver()
    manifest = read_manifest(root)
    classes = _class_files(root, manifest, passed)
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
    beside = [file for file in direct_files(root) if not manifest.class_of(file)] + _beside_part(folder, root, passed)
    left_out = _left_out(
        sum(unread.values(), _unread_endings(beside)),
        passed,
        (sum(map(_is_picture, beside)), "picture", "beside the class folders"),
    )
    left_out += _heic_in_words(sum(unread.values(), Counter()), sum(map(len, pictures.values())))
    features = datasets.Features(
        {"image": datasets.Image(decode=False), "label": datasets.ClassLabel(names=list(pictures))}
    )
    rows = {
        "image": [{"path": file, "bytes": None} for found in pictures.values() for file in found],
        "label": [label for label, found in enumerate(pictures.values()) for _ in found],
    }
    return datasets.Dataset.from_dict(rows, features=features), left_out


def open_with_labels_beside(folder: Path, split: str) -> tuple[datasets.Dataset, str] | None:
    """The table of a folder whose pictures have their classes in a file beside them, and in words what is left out.

    Such a file wins over the names of subfolders. It lies in the folder, in its data/, or in that of the split.

    Returns:
        None if there is no such file.

    Raises:
        SplitError: no such split.
        DataError: two such files, one that cannot be read or leads out of the folder, or no picture has a row.
    """
    for place in filter(Path.is_dir, (folder, folder / "data")):
        parts = [path for path in subfolders(place) if _is_split(path, split) and _has_pictures(path)]
        beside, inside = labels_in(place), {path: labels_in(path) for path in parts}
        found = beside + [file for files in inside.values() for file in files]
        if not found or not _has_pictures(place) or _holds_table_files(place, but=found):
            continue
        root = _part_of(place, parts, split)
        files = beside + inside.get(root, [])
        if len(files) > 1:
            names = " and ".join(str(file.relative_to(folder)) for file in files)
            raise DataError(f"{folder}: {names} all say which class each picture has; keep one of them")
        return _open_rows(folder, place, root, files[0]) if files else None
    return None


def _open_rows(folder: Path, place: Path, root: Path, labels: Path) -> tuple[datasets.Dataset, str]:
    passed = PassedOver()
    found = [file for file in files_below(root, passed) if file != labels]
    files = {
        name_key(str(file.relative_to(labels.parent))): file for file in sorted(found, key=by_name) if _is_picture(file)
    }
    names, columns = read_labels(labels)
    rows: dict[Path, int] = {}
    missing = outside = 0
    others = tuple(f"{path.name}/" for path in subfolders(place) if path != root and _is_split(path))
    for row, name in enumerate(map(name_key, names)):
        file = files.get(name)
        if file in rows:
            raise DataError(f"{labels}: it has two rows for {name}; keep one of them")
        if file:
            rows[file] = row
        elif labels.parent == root or not name.startswith(others):
            missing += 1
    pictures = sum(map(_is_picture, found))
    unnamed = pictures - len(rows)
    if not rows:
        raise DataError(
            f"{labels}: none of its {_counted(len(names), 'row')} names a picture in {root}; they must say where the "
            f"files are from the folder it lies in, such as {next(iter(files), 'cat/1.png')}"
        )
    for file in list(rows):
        # What lies in a folder is its owner's; what a row of a downloaded file leads to may be anybody's.
        if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):
            outside += 1
            del rows[file]
    beside = _beside_part(place, root, passed)
    left_out = _left_out(
        _unread_endings([*found, *beside]),
        passed,
        (unnamed, "picture", f"without a row in {labels.name}"),
        (missing, "row", f"of {labels.name} without a picture"),
        (outside, "picture", "linked from outside the folder"),
        (sum(map(_is_picture, beside)), "picture", f"beside {root.name}"),
    )
    left_out += _heic_in_words(_unread_endings(found), len(rows))
    columns = columns.take(pa.array(rows.values(), pa.int64()))
    picture = "image" if "image" not in columns.column_names else "file_name"
    try:
        features = datasets.Features.from_arrow_schema(columns.schema)
        table = {picture: [{"path": str(file), "bytes": None} for file in rows], **columns.to_pydict()}
        features = datasets.Features({picture: datasets.Image(decode=False), **features})
        return datasets.Dataset.from_dict(table, features=features), left_out
    except (ValueError, TypeError, NotImplementedError, pa.ArrowException) as error:
        raise DataError(f"{labels}: its columns cannot be read ({one_line(error):.300})") from error


def _is_split(folder: Path, split: str = "train") -> bool:
    return folder.name.lower() in SPLIT_NAMES | {split.lower()}


def _part_of(folder: Path, parts: list[Path], split: str) -> Path:
    found = [path for path in parts if path.name.lower() == split.lower()]
    if len(found) > 1:
        names = " and ".join(repr(path.name) for path in found)
        raise DataError(f"{folder}: the folders {names} differ in capitals only; put them together, or rename one")
    if not found and (parts or split != "train"):
        names = ", ".join(path.name for path in parts)
        raise SplitError(f"{folder}: no split {split!r}; it has {names or 'none, so it is all train'}")
    return found[0] if found else folder


def _beside_part(folder: Path, root: Path, passed: PassedOver) -> list[Path]:
    # What lies in no split at all; what lies in the others is not lost.
    if root == folder:
        return []
    others = [path for path in subfolders(folder, passed) if path != root and not _is_split(path)]
    return direct_files(folder) + [file for path in others for file in files_below(path)]


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
    alike: dict[str, str] = {}
    known = set(manifest.classes.values())
    for name in sorted(classes):
        other = alike.setdefault(loosely(name), name)
        if other != name and not means_unlabelled(name) and not {name, other} <= known:
            raise DataError(
                f"{root}: the folders {other!r} and {name!r} differ in capitals or spaces only; put the pictures into "
                "one of them if they are one class, or give one another name"
            )
    return {name: classes[name] for name in manifest.in_order(classes)}


def _left_out(endings: Counter[str], passed: PassedOver, *others: tuple[int, str, str]) -> str:
    parts = []
    if endings:
        names = [
            f"{ending} {count}" if len(endings) > 1 else ending for ending, count in endings.most_common(MOST_NAMES)
        ]
        more = ", ..." if len(endings) > MOST_NAMES else ""
        parts.append(f"{_counted(endings.total(), 'file')} ({', '.join(names)}{more})")
    hidden = sum(map(_is_picture, passed.helpers))
    others += (
        (hidden, "picture", "hidden or in helper folders"),
        (len(passed.links), "link", "to nowhere or to what is read already"),
    )
    return ", ".join(parts + [f"{_counted(count, noun)} {where}" for count, noun, where in others if count])


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
    if any(map(_is_picture, direct_files(folder))):
        return False
    inner = _with_pictures(subfolders(folder))
    return len(inner) > 1 or any(path.name.lower() in SPLIT_NAMES for path in inner)


def _declares_its_parts(folder: Path) -> bool:
    # A card of the Hub names its configurations; a set saved by `save_to_disk` its splits.
    if any((folder / name).is_file() for name in ("dataset_dict.json", "dataset_infos.json")):
        return True
    try:
        head = (folder / "README.md").read_text(encoding="utf-8", errors="replace").split("\n---", 1)[0]
    except OSError:
        return False
    return head.startswith("---") and ("\nconfigs:" in head or "\ndataset_info:" in head)


def _with_pictures(folders: list[Path], but: Iterable[Path] = ()) -> list[Path]:
    return [path for path in folders if path not in but and _has_pictures(path)]


def _has_pictures(folder: Path) -> bool:
    return any(map(_is_picture, files_below(folder)))


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in picture_suffixes()


def _holds_table_files(folder: Path, but: Iterable[Path] = ()) -> bool:
    return any(file.suffix.lower() in TABLE_SUFFIXES and file not in but for file in files_below(folder))
