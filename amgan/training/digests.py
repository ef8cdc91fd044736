"""The list of a checkpoint's files with their SHA-256, in the form that ``sha256sum --check`` reads.

It is there against accidents: a bit that flips, a copy that broke off, a file that a disk lost. It is none against an
attacker, who would write the list anew: the folder of a run is its owner's, and trusted as such.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from amgan.release.checked_files import sha256_of
from amgan.whole_files import write_whole

LINE = re.compile(r"([0-9a-f]{64})  ([^/\n]+)")


def write_digests(folder: Path, name: str) -> None:
    """Write the list of all files of a folder, once they have reached the disk."""
    lines = []
    for file in _listed(folder, name):
        with file.open("rb") as opened:
            os.fsync(opened.fileno())  # some disks say only now that they are full
        lines.append(f"{sha256_of(file).hex()}  {file.name}\n")
    write_whole(folder / name, "".join(lines).encode())


def has_digests(folder: Path, name: str) -> bool:
    """Whether the list holds anything; that of checkpoints of earlier versions does not."""
    return (folder / name).stat().st_size > 0


def find_damage(folder: Path, name: str) -> str | None:
    """What of a folder is not as it was when its list was written, in words that begin with a file's name.

    An empty list finds nothing.
    """
    if not has_digests(folder, name):
        return None
    # Split at this one end of a line alone: others may be what a flipped bit made of it.
    *lines, rest = (folder / name).read_text("utf-8", errors="replace").split("\n")
    matches = [LINE.fullmatch(line) for line in lines]
    digests = {match[2]: match[1] for match in matches if match}
    if rest or not all(matches):
        return f"{name} cannot be read"
    there = {file.name: file for file in _listed(folder, name)}
    for missing in sorted(set(digests) - set(there)):
        return f"{missing} is missing"
    for added in sorted(set(there) - set(digests)):
        return f"{added} is not among the files that {name} lists"
    for file_name, digest in sorted(digests.items()):
        try:
            if sha256_of(there[file_name]).hex() != digest:
                return f"{file_name} is not what was written, by its SHA-256"
        except OSError as error:
            return f"{file_name} cannot be read, {error.strerror}"
    return None


def _listed(folder: Path, name: str) -> list[Path]:
    # Hidden ones are of a file manager or a network disk.
    return sorted(file for file in folder.iterdir() if file.name != name and not file.name.startswith("."))
