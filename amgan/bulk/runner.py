"""Running a job: chunk by chunk, going on where it was, and the same files in the end."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from amgan.bulk.drawing import Draw, draw_chunk
from amgan.bulk.formats import FORMS, ResultForm
from amgan.bulk.job_folder import JobFolder
from amgan.bulk.names import PictureNames
from amgan.bulk.spec import JobSpec
from amgan.sampling.sampler import Sample

Stage = Literal["drawing", "packing"]

_Drawn = tuple[np.ndarray, list[Sample]]

RATE_REPORTS = 32
"""The speed is that of the last so many chunks."""


@dataclass(frozen=True)
class JobProgress:
    """How far a run is.

    Attributes:
        stage: "drawing" pictures, or "packing" them into the result.
        done: Pictures done in this stage, those of earlier runs included.
        total: Pictures there are to do; under several processes this one's share of them.
        images_per_second: Speed of late; None before the first chunk.
        seconds_left: Until the end of this stage, at that speed.
    """

    stage: Stage
    done: int
    total: int
    images_per_second: float | None = None
    seconds_left: float | None = None

    @property
    def drawn(self) -> int:
        """Pictures that are drawn, in whatever stage."""
        return self.total if self.stage == "packing" else self.done


@dataclass(frozen=True)
class Share:
    """Which part of the chunks a process does: every `of`-th, from number `rank` on.

    Attributes:
        rank: Number of this process; number 0 puts the result together.
        of: How many processes there are.
        wait: Returns once every process has called it.
    """

    rank: int = 0
    of: int = 1
    wait: Callable[[], None] = lambda: None


class _Stopped(Exception):  # noqa: N818 - no error: the caller asked for it
    """The caller asked to stop."""


class _Clock:
    """Tells the caller how far a stage is."""

    def __init__(self, tell: Callable[[JobProgress], None] | None, stage: Stage, done: int, total: int) -> None:
        self._tell = tell
        self._stage = stage
        self._done = done
        self._total = total
        self._seen = deque([(time.monotonic(), done)], maxlen=RATE_REPORTS)
        self._report(JobProgress(stage, done, total))

    def advance(self, pictures: int) -> None:
        """Count some pictures as done."""
        self._done += pictures
        self._seen.append((time.monotonic(), self._done))
        (since, before), (now, _) = self._seen[0], self._seen[-1]
        rate = (self._done - before) / max(now - since, 1e-9)
        self._report(JobProgress(self._stage, self._done, self._total, rate, (self._total - self._done) / rate))

    def _report(self, progress: JobProgress) -> None:
        if self._tell:
            self._tell(progress)


def run_job(
    spec: JobSpec,
    draw: Draw,
    class_names: Sequence[str],
    folder: Path,
    on_progress: Callable[[JobProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    share: Share | None = None,
    abreast: int = 1,
) -> Path | None:
    """Do a job, or what is left of it, and return its result.

    Each chunk's bytes depend on the job alone, and so does the result: however often the job was stopped, killed or
    run anew, and by however many processes. While the result is put together, the folder needs twice its size.

    Args:
        spec: The job.
        draw: Draws the pictures of the model and revision that the job names.
        class_names: Names of the model's classes.
        folder: The job's folder, new, empty, or this job's from before.
        on_progress: Told how far it is, in the caller's thread, after each chunk.
        should_stop: Asked between chunks; where it says yes, the chunks done are kept for the next run. Not for
            several processes, which would wait for one another.
        share: This process's part, if there are several; each must call this with the same job and folder.
        abreast: Chunks that are drawn at once, in threads if they are several: `draw` must allow for it.

    Returns:
        The file that is the result, or for format "png" the manifest among the folder's pictures; None if stopped.

    Raises:
        RequestError: the folder holds something else or another run is at work in it; a class the model does not have.
        ClassSearchError: a dynamic model does not draw a class often enough; the chunks done are kept.
        OSError: the disk is full or the folder cannot be written.
    """
    share = share or Share()
    names, place = PictureNames(spec, class_names), JobFolder(folder)
    form = FORMS[spec.format](class_names, spec.model, spec.revision)
    result = folder / form.result
    place.claim(spec)
    if result.exists():
        # From a finished run; chunks are there only if that was killed before it could remove them.
        share.wait()
        if share.rank == 0:
            place.clear()
        return result
    with place.locked(share.rank):
        if share.rank == 0:
            place.drop_remains(result)
        try:
            _draw_all(spec, draw, names, form, place, on_progress, should_stop, share, abreast)
            share.wait()
            if share.rank == 0:
                chunks = _listed(names, place, on_progress, should_stop)
                form.assemble(chunks, folder, place.scratch)
        except _Stopped:
            return None
    share.wait()
    if share.rank == 0:
        place.clear()
    return result


def _draw_all(
    spec: JobSpec,
    draw: Draw,
    names: PictureNames,
    form: ResultForm,
    place: JobFolder,
    on_progress: Callable[[JobProgress], None] | None,
    should_stop: Callable[[], bool] | None,
    share: Share,
    abreast: int,
) -> None:
    mine, before = range(share.rank, names.chunks, share.of), place.done()
    finished = sum(len(names.chunk_range(number)) for number in mine if number in before)
    clock = _Clock(on_progress, "drawing", finished, sum(len(names.chunk_range(number)) for number in mine))

    def drawn(number: int) -> _Drawn:
        return draw_chunk(draw, names.chunk(number), spec.truncation, spec.confidence)

    missing = [number for number in mine if number not in before]
    # One chunk is encoded and written while the next one is drawn; no more wait in memory.
    with (
        ThreadPoolExecutor(1, "amgan-bulk-writer") as writer,
        contextlib.closing(_in_order(missing, drawn, should_stop, abreast)) as chunks,
    ):
        writing: Future[int] | None = None
        for number, chunk in chunks:
            if writing:
                clock.advance(writing.result())
            writing = writer.submit(_keep, place, number, form, *chunk)
        if writing:
            clock.advance(writing.result())


def _in_order(
    numbers: Iterable[int], drawn: Callable[[int], _Drawn], should_stop: Callable[[], bool] | None, abreast: int
) -> Generator[tuple[int, _Drawn], None, None]:
    """The chunks of these numbers, one after the other, while so many are being drawn."""
    if abreast == 1:
        for number in numbers:
            if should_stop and should_stop():
                raise _Stopped
            yield number, drawn(number)
        return
    with ThreadPoolExecutor(abreast, "amgan-bulk-drawer") as drawers:
        coming: deque[tuple[int, Future[_Drawn]]] = deque()
        try:
            for number in numbers:
                if should_stop and should_stop():
                    raise _Stopped
                coming.append((number, drawers.submit(drawn, number)))
                if len(coming) == abreast:
                    first, drawing = coming.popleft()
                    yield first, drawing.result()
            for number, drawing in coming:
                yield number, drawing.result()
        finally:
            for _, drawing in coming:
                drawing.cancel()


def _keep(place: JobFolder, number: int, form: ResultForm, pictures: np.ndarray, samples: Sequence[Sample]) -> int:
    place.write_chunk(number, form.encode(pictures, samples))
    return len(samples)


def _listed(
    names: PictureNames,
    place: JobFolder,
    on_progress: Callable[[JobProgress], None] | None,
    should_stop: Callable[[], bool] | None,
) -> Iterator[Path]:
    clock = _Clock(on_progress, "packing", 0, len(names))
    for number in range(names.chunks):
        if should_stop and should_stop():
            raise _Stopped
        yield place.chunk(number)
        clock.advance(len(names.chunk_range(number)))
