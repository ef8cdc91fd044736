"""The folder of a job: which job it is, the chunks that are done, and in the end its result.

A chunk is one file that takes its place by a rename, so the files that are there are the journal.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.spec import MAX_JSON_BYTES, JobSpec
from amgan.errors import RequestError
from amgan.whole_files import left_over, replacing

LAYOUT = 3
"""Raised when the same job would give other bytes, so that no file is half of one and half of the other."""

JOB_FILE = ".job.json"
"""Hidden, as are the chunks, so that whoever reads the folder as a data set sees the pictures alone."""

CHUNKS = f".unfinished-{LAYOUT}-{CHUNK_PICTURES}"
"""Those of another layout lie elsewhere."""


class JobFolder:
    """Where a job's files lie. A chunk may be written by any process; the result is put together by one."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.folder = folder
        self.scratch = folder / CHUNKS

    def claim(self, spec: JobSpec) -> None:
        """Make the folder this job's, or see that it is. One of another layout is drawn anew, unless it is finished.

        Raises:
            RequestError: it is a file, or holds something else: another job, or files of no job.
            OSError: it cannot be written.
        """
        folder = self.folder
        if folder.exists() and not folder.is_dir():
            raise RequestError(f"{folder} is a file; name a folder for the pictures")
        wanted = {"layout": LAYOUT, "chunk_pictures": CHUNK_PICTURES, "job": spec.to_json()}
        is_claimed = (folder / JOB_FILE).exists()
        if is_claimed:
            found = self._found()
            if (difference := _difference(found, wanted)) is not None:
                raise RequestError(f"{folder} holds another job ({difference}); choose another folder")
            is_claimed = found == wanted
        elif folder.exists() and any(not path.name.startswith(".") for path in folder.iterdir()):
            raise RequestError(f"{folder} holds other files; choose an empty folder")
        self.scratch.mkdir(parents=True, exist_ok=True)
        if not is_claimed:
            with replacing(folder / JOB_FILE, self.scratch) as file:
                file.write(json.dumps(wanted, indent=2, ensure_ascii=False).encode())

    @contextlib.contextmanager
    def locked(self, rank: int = 0) -> Iterator[None]:
        """Keep other runs out; the lock ends with the process, whatever ends it.

        Args:
            rank: Number of this process among those that do the job together.

        Raises:
            RequestError: another run is at work here.
        """
        lock = FileLock(self.scratch / f"lock-{rank}")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise RequestError(f"{self.folder}: another run is at work here; wait for it or stop it") from error
        try:
            yield
        finally:
            lock.release()

    def chunk(self, number: int) -> Path:
        """The file of a chunk, there once it is done."""
        return self.scratch / f"chunk-{number:07d}"

    def done(self) -> set[int]:
        """The numbers of the chunks that are done."""
        return {int(path.name.removeprefix("chunk-")) for path in self.scratch.glob("chunk-???????")}

    def write_chunk(self, number: int, content: bytes) -> None:
        """Keep a chunk for good."""
        with replacing(self.chunk(number), self.scratch) as file:
            file.write(content)

    def drop_remains(self, result: Path) -> None:
        """Remove what is of no use any more; only for who has the lock of rank 0.

        That is what kills have left of a result half written, and chunks of another layout.
        """
        for path in left_over(result, self.scratch):
            path.unlink(missing_ok=True)
        for path in self._scratches():
            if path != self.scratch:
                shutil.rmtree(path, ignore_errors=True)

    def clear(self) -> None:
        """Remove the chunks, once the result is there."""
        for path in self._scratches():
            shutil.rmtree(path, ignore_errors=True)

    def _scratches(self) -> list[Path]:
        return list(self.folder.glob(".unfinished*"))

    def _found(self) -> Any:
        file = self.folder / JOB_FILE
        try:
            with file.open("rb") as opened:
                return json.loads(opened.read(MAX_JSON_BYTES))
        except (ValueError, RecursionError) as error:
            raise RequestError(f"{file} cannot be read ({type(error).__name__}); choose another folder") from error


def _difference(found: Any, wanted: dict[str, Any]) -> str | None:
    before = found.get("job") if isinstance(found, dict) else None
    if not isinstance(before, dict):
        return "of an unknown kind"
    for name, value in wanted["job"].items():
        if before.get(name) != value:
            return f"with {name} {before.get(name)!r:.80}, not {value!r:.80}"
    return None
