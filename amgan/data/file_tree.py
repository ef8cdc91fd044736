"""The files below a folder, without what file systems and editors add; links are followed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

HELPER_NAMES = re.compile(
    r"\..*"  # hidden: .AppleDouble, ._a.png, .Trash-1000, .ipynb_checkpoints
    r"|__MACOSX|Network Trash Folder|Temporary Items|TheVolumeSettingsFolder|TheFindByContentFolder"  # macOS
    r"|\$RECYCLE\.BIN|System Volume Information|(eh)?thumbs\.db|desktop\.ini|found\.\d{3}"  # Windows
    r"|@eaDir|@tmp|#recycle|#snapshot|@Recycle|@Recently-Snapshot|~snapshot"  # NAS: Synology, QNAP, NetApp
    r"|lost\+found|__pycache__",
    re.IGNORECASE,
)


@dataclass
class PassedOver:
    """What a look at a folder leaves out.

    Attributes:
        helpers: Files that are hidden or lie in what a file system or an editor made.
        links: Links to nowhere, in a circle, or to a folder that is read already.
    """

    helpers: list[Path] = field(default_factory=list)
    links: list[Path] = field(default_factory=list)


def is_helper(name: str) -> bool:
    """Whether a file or a folder of this name is hidden or no person's, such as .AppleDouble, @eaDir, Thumbs.db."""
    return HELPER_NAMES.fullmatch(name) is not None


def by_name(path: PurePath) -> tuple[str, ...]:
    """By what files and folders are sorted, everywhere the same: Windows itself passes over capitals."""
    return path.parts


def subfolders(folder: Path, passed: PassedOver | None = None) -> list[Path]:
    """The folders in a folder, or linked there, by name.

    Args:
        folder: Where they are.
        passed: Is told what is left out right there.

    Raises:
        OSError: it cannot be read.
    """
    found = []
    for path in sorted(folder.iterdir(), key=by_name):
        if is_helper(path.name):
            if passed:
                passed.helpers += _all_files(path)
        elif path.is_dir() and not _leads_up(path, folder):
            found.append(path)
        elif passed and path.is_symlink() and not path.is_file():
            passed.links.append(path)
    return found


def direct_files(folder: Path) -> list[Path]:
    """The files right in a folder.

    Raises:
        OSError: it cannot be read.
    """
    return [path for path in folder.iterdir() if path.is_file() and not is_helper(path.name)]


def files_below(folder: Path, passed: PassedOver | None = None) -> Iterator[Path]:
    """The files at any depth below a folder; one that is linked there twice, or in a circle, is read once.

    Args:
        folder: Where to begin.
        passed: Is told what is left out.
    """
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        here = os.path.realpath(place)
        if here in seen or (seen and _leads_up(Path(place), folder)):
            folders.clear()
            if passed:
                passed.links.append(Path(place))
            continue
        seen.add(here)
        if passed:
            passed.helpers += [
                file for name in [*folders, *names] if is_helper(name) for file in _all_files(Path(place, name))
            ]
        folders[:] = sorted(name for name in folders if not is_helper(name))
        for path in (Path(place, name) for name in names if not is_helper(name)):
            if path.is_file():
                yield path
            elif passed and path.is_symlink():
                passed.links.append(path)


def _leads_up(path: Path, folder: Path) -> bool:
    return path.is_symlink() and Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(path))


def _all_files(path: Path) -> list[Path]:
    return [Path(place, name) for place, _, names in os.walk(path) for name in names] if path.is_dir() else [path]
