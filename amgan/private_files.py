"""Files for their owner's eyes: what people said, their names, and the keys and ids that open things.

Files have mode 600 and the folders that are made for them 700, whatever the process's umask. A folder that was there
before belongs to whoever chose it, and stays as it is, unless it holds nothing else.
"""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from typing import BinaryIO, Literal

logger = logging.getLogger(__name__)

FILE_MODE = 0o600
FOLDER_MODE = 0o700
OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What the group and everyone may do."""


def user_data_folder() -> Path:
    """Where what this user makes is kept, if nothing else is said; it need not be there yet.

    Source: XDG Base Directory Specification 0.8, which passes over a relative XDG_DATA_HOME.
    """
    data = Path(os.environ.get("XDG_DATA_HOME") or "")
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "amgan"


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing. One that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    for each in reversed(missing):
        # Not all at once: `Path.mkdir` gives those above the last one the mode of the umask.
        each.mkdir(FOLDER_MODE, exist_ok=True)


def open_private(file: Path, mode: Literal["wb", "ab", "w+b"]) -> BinaryIO:
    """Open a file to write it. One that is there is tightened before anything is written.

    Args:
        file: Which.
        mode: Of `open`.

    Raises:
        OSError: it cannot be opened.
    """
    opened = open(file, mode, opener=lambda path, flags: os.open(path, flags, FILE_MODE))  # noqa: SIM115
    tighten(file)
    return opened


def tighten(path: Path) -> None:
    """Take away what others may do with a file or folder that is one's own; where that cannot be, say so in the log.

    What is missing is left alone, and so is what is everyone's on purpose: devices, and folders such as /tmp.
    """
    mode = _mode(path)
    is_kept = stat.S_ISREG(mode) or (stat.S_ISDIR(mode) and not mode & stat.S_ISVTX)
    if not is_kept or not open_to_others(path):
        return
    try:
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except OSError as error:
        logger.warning("%s is open to other users of this machine, and stays so (%s)", path, error.strerror)


def open_to_others(path: Path) -> bool:
    """Whether other users of the machine may do anything with what lies there. Only POSIX tells."""
    return os.name == "posix" and bool(_mode(path) & OTHERS)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
