"""The folder of a job: which job it is, the chunks that are done, and in the end its result.

A chunk is one file that takes its place by a rename, so the files that are there are the journal. Its name holds a
digest of its content and of the job: one that was copied from elsewhere is whole, and of this job, or is not taken.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.spec import MAX_JSON_BYTES, JobSpec
from amgan.errors import AtWorkError, RequestError
from amgan.whole_files import left_over, replacing

LAYOUT = 3
"""Raised when the same job would give other bytes, so that no file is half of one and half of the other."""

JOB_FILE = ".job.json"
"""Hidden, as are the chunks, so that whoever reads the folder as a data set sees the pictures alone."""

CHUNKS = f".unfinished-{LAYOUT}-{CHUNK_PICTURES}"
"""Those of another layout lie elsewhere."""

MOMENT = 5.0
"""Seconds for which a lock may be held by somebody who only looks whether it is free."""


class JobFolder:
    """Where a job's files lie. A chunk may be written by any process; the result is put together by one."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.folder = folder
        self.scratch = folder / CHUNKS
        self._wanted: dict[str, Any] = {}

    def claim(self, spec: JobSpec) -> None:
        """Make the folder this job's, or see that it is. One of another layout is drawn anew, unless it is finished.

        Raises:
            RequestError: it is a file, or holds something else: another job, or files of no job.
            OSError: it cannot be written.
        """
        folder = self.folder
        if folder.exists() and not folder.is_dir():
            raise RequestError(f"{folder} is a file; name a folder for the pictures")
        self._wanted = wanted = _described(spec)
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
            AtWorkError: another run is at work here, be it on a share.
        """
        with self._held(f"lock-{rank}"):
            if rank == 0:
                for lock in self.scratch.glob("share-*"):
                    self._see_free(lock.name)
            yield

    @contextlib.contextmanager
    def share_locked(self, share: str) -> Iterator[None]:
        """Keep out who would do the same share, and who would put the result together; other shares go on beside it.

        Raises:
            AtWorkError: one of those is at work here.
        """
        # Each takes its own lock before it looks at the other's, so that of the two at most one goes on.
        with self._held(f"share-{share.replace('/', '-of-')}"):
            self._see_free("lock-0")
            yield

    def done(self) -> dict[int, Path]:
        """The files of the chunks that are done, by their numbers."""
        # Sorted, so that of two files of a chunk, drawn by machines that differ, it is the same one for everybody.
        return {int(path.name.split("-")[1]): path for path in sorted(self.scratch.glob(f"chunk-{'?' * 7}-{'?' * 16}"))}

    def whole(self, numbers: Iterable[int]) -> set[int]:
        """Those of some chunks that are done, each of which is read; what is damaged is removed."""
        files, found = self.done(), set[int]()
        for number in numbers:
            if number in files:
                if files[number] == self._chunk(number, files[number].read_bytes()):
                    found.add(number)
                else:
                    files[number].unlink()
        return found

    def write_chunk(self, number: int, content: bytes) -> None:
        """Keep a chunk for good."""
        with replacing(self._chunk(number, content), self.scratch) as file:
            file.write(content)

    def check_share(self, spec: JobSpec, result: str) -> None:
        """See that this is the folder of a share of a job, to be taken over by another one.

        Args:
            spec: The job.
            result: Name of the file that is there when a job is finished.

        Raises:
            RequestError: it is none, or of another job, or finished.
        """
        if not (self.folder / JOB_FILE).is_file():
            raise RequestError(f"{self.folder} holds no share of a job; give the folders that --share wrote")
        if (difference := _difference(self._found(), _described(spec))) is not None:
            raise RequestError(f"{self.folder} holds a share of another job ({difference})")
        if (self.folder / result).exists():
            raise RequestError(f"{self.folder} holds a finished job, no share")

    def take_over(self, other: Path) -> None:
        """Keep what is missing here and whole there, in the folder of a share of this job; that stays as it is."""
        here = self.done()
        for number, file in JobFolder(other).done().items():
            if number not in here and file.name == self._chunk(number, content := file.read_bytes()).name:
                self.write_chunk(number, content)

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

    def _chunk(self, number: int, content: bytes) -> Path:
        """The file of a chunk with this content."""
        job = json.dumps([self._wanted, number], sort_keys=True).encode()
        digest = hashlib.blake2b(content, digest_size=8, key=hashlib.sha256(job).digest()).hexdigest()
        return self.scratch / f"chunk-{number:07d}-{digest}"

    @contextlib.contextmanager
    def _held(self, name: str, seconds: float = 0.0) -> Iterator[None]:
        lock = FileLock(self.scratch / name)
        try:
            lock.acquire(timeout=seconds)
        except Timeout as error:
            raise AtWorkError(f"{self.folder}: another run is at work here; wait for it or stop it") from error
        try:
            yield
        finally:
            lock.release()

    def _see_free(self, name: str) -> None:
        with self._held(name, MOMENT):
            pass

    def _found(self) -> Any:
        file = self.folder / JOB_FILE
        try:
            with file.open("rb") as opened:
                return json.loads(opened.read(MAX_JSON_BYTES))
        except (ValueError, RecursionError) as error:
            raise RequestError(f"{file} cannot be read ({type(error).__name__}); choose another folder") from error


def _described(spec: JobSpec) -> dict[str, Any]:
    return {"layout": LAYOUT, "chunk_pictures": CHUNK_PICTURES, "job": spec.to_json()}


def _difference(found: Any, wanted: dict[str, Any]) -> str | None:
    before = found.get("job") if isinstance(found, dict) else None
    if not isinstance(before, dict):
        return "of an unknown kind"
    for name, value in wanted["job"].items():
        if before.get(name) != value:
            return f"with {name} {before.get(name)!r:.80}, not {value!r:.80}"
    return None
