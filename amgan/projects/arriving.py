"""A process of its own that brings what was uploaded into a project, and looks at its photos; it says what it does.

``python -m amgan.projects.arriving FOLDER WHO [SOURCE]`` writes a JSON line for each step. What the photos are read by
is a process below it, so that neither their decoders nor the nets that look at them share anything with a server.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from amgan.data.archives import Unpacking
from amgan.data.decoded_pictures import DECODE_CHUNK, BrokenPicture
from amgan.data.reasons import Reason
from amgan.errors import AmganError, BusyError
from amgan.projects.bringing import Brought, NothingBroughtError, bring
from amgan.projects.folder import Project
from amgan.projects.labels import labels_of
from amgan.projects.looks import look
from amgan.projects.reading import PhotoFile, reading_apart
from amgan.projects.thumbs import keep_thumb, thumb_file
from amgan.projects.uploads import Upload, Uploads
from amgan.whole_files import FULL

MOST_UNPACKED = 20 * 2**30
"""Bytes that may come out of an archive while it is read."""

MOST_NAMED = 100
"""So many broken files are named."""

LAID_OUT = "laid-out-"


def main(folder: Path, who: str, source: str = "") -> None:
    """Bring in what has come whole, or what is named; make what pages show of photos, and look at them.

    Args:
        folder: Of the project.
        who: Whoever brings them.
        source: In place of what has come, a folder, file or data set, as `bring` takes it.
    """
    project = Project.open(folder)
    uploads = Uploads(project)
    coming = [] if source else uploads.whole
    if coming or source:
        _say(step="reading", done=0, total=len(coming))
        arrived = _bring_all(project, uploads, coming, who, source)
        uploads.remove(coming)
        named = replace(arrived, broken=arrived.broken[:MOST_NAMED])
        _say(arrived={**asdict(named), "broken_count": len(arrived.broken)})
    names = list(labels_of(project.log.read()).names)
    _make_thumbs(project, names)
    _say(step="looking", done=0, total=len(names))
    look(project, names, progress=lambda done, count: _say(step="looking", done=done, total=count))
    _say(step="done")


def _bring_all(project: Project, uploads: Uploads, coming: Sequence[Upload], who: str, source: str) -> Brought:
    arrived, read = Brought(), 0
    for left in uploads.folder.glob(f"{LAID_OUT}*"):  # by a kill
        shutil.rmtree(left, ignore_errors=True)
    uploads.folder.mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=uploads.folder, prefix=LAID_OUT))

    def told(count: int) -> None:
        nonlocal read
        read += count
        _say(step="reading", done=read, total=max(read, len(coming)))

    try:
        for sources in [[source]] if source else uploads.laid_out(coming, place):
            try:
                brought = bring(project, sources, who, reading_apart, Unpacking(MOST_UNPACKED, place), told)
            except AmganError as error:
                if isinstance(error, (OSError, BusyError)):  # what was uploaded is none of its reasons
                    raise
                found = error.brought.broken if isinstance(error, NothingBroughtError) else []
                reason = Reason.of(error) if source else Reason.of(error).replace(f"{Path(sources[0]).parent}/", "")
                arrived.broken += found or [BrokenPicture(Path(sources[0]).name, reason)]
                continue
            arrived.add(brought)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return arrived


def _make_thumbs(project: Project, names: list[str]) -> None:
    missing = [name for name in names if not thumb_file(project, name).exists()]
    if not missing:
        return
    with reading_apart() as reader:
        for start in range(0, len(missing), DECODE_CHUNK):
            part = missing[start : start + DECODE_CHUNK]
            for name, read in zip(part, reader([PhotoFile(name, project.photos / name) for name in part])):
                if not isinstance(read, BrokenPicture):
                    keep_thumb(project, name, read.thumb)


def _say(**words: object) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was copied, and is not in the project yet, is removed
    try:
        main(Path(sys.argv[1]), *sys.argv[2:])
    except OSError as error:
        _say(step="failed", problem=asdict(Reason("arrival_full") if error.errno in FULL else Reason.of(error)))
        sys.exit(1)
    except AmganError as error:
        _say(step="failed", problem=asdict(Reason.of(error)))
        sys.exit(1)
