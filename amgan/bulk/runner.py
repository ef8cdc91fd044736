"""Running a job: chunk by chunk, going on where it was, and the same files in the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from amgan.bulk.chunk_source import ChunkMaker, ChunkSource, Content, DrawnHere
from amgan.bulk.drawing import Draw
from amgan.bulk.job_folder import JobFolder
from amgan.bulk.names import PictureNames
from amgan.bulk.progress import Clock, JobProgress
from amgan.bulk.shares import Share
from amgan.bulk.spec import JobSpec

OnProgress = Callable[[JobProgress], None]
ShouldStop = Callable[[], bool]


class _Stopped(Exception):  # noqa: N818 - no error: the caller asked for it
    """The caller asked to stop."""


def run_job(
    spec: JobSpec,
    draw: Draw,
    class_names: Sequence[str],
    folder: Path,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    share: Share | None = None,
    abreast: int = 1,
) -> Path | None:
    """Do a job, or what is left of it, with pictures drawn here, and return its result; see `finish_job`.

    Args:
        spec: The job.
        draw: Draws the pictures of the model and revision that the job names.
        class_names: Names of the model's classes.
        folder: The job's folder, new, empty, or this job's from before.
        on_progress: See `finish_job`.
        should_stop: See `finish_job`.
        share: See `finish_job`.
        abreast: Chunks that are drawn at once, in threads if they are several: `draw` must allow for it.
    """
    maker = ChunkMaker(spec, class_names)
    return finish_job(maker, DrawnHere(maker, draw, abreast), folder, on_progress, should_stop, share)


def finish_job(
    maker: ChunkMaker,
    source: ChunkSource,
    folder: Path,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    share: Share | None = None,
    gathered: Sequence[Path] = (),
) -> Path | None:
    """Do a job, or what is left of it, and return its result.

    Each chunk's bytes depend on the job alone, and so does the result: however often the job was stopped, killed or
    run anew, and by however many processes. While the result is put together, the folder needs twice its size.

    Args:
        maker: The job.
        source: Makes the chunks that are missing.
        folder: The job's folder, new, empty, or this job's from before.
        on_progress: Told how far it is, in the caller's thread, after each chunk.
        should_stop: Asked between chunks; where it says yes, the chunks done are kept for the next run. Not for
            several processes, which would wait for one another.
        share: This process's part, if there are several; each must call this with the same job and folder.
        gathered: Folders with shares of this job that were drawn elsewhere; what is whole of them is taken over.

    Returns:
        The file that is the result, or for format "png" the manifest among the folder's pictures; None if stopped.

    Raises:
        RequestError: a folder holds something else or another run is at work in it.
        ClassSearchError: a dynamic model does not draw a class often enough; the chunks done are kept.
        OSError: the disk is full or the folder cannot be written.
    """
    share = share or Share()
    place, result = JobFolder(folder), folder / maker.form.result
    for other in gathered:
        JobFolder(other).check_share(maker.spec, maker.form.result)
    place.claim(maker.spec)
    if result.exists():
        # From a finished run; chunks are there only if that was killed before it could remove them.
        share.wait()
        if share.rank == 0:
            place.clear()
        return result
    with place.locked(share.rank):
        if share.rank == 0:
            place.drop_remains(result)
            for other in gathered:
                place.take_over(other)
        if gathered:
            share.wait()
        try:
            _make_missing(maker, source, place, share, on_progress, should_stop)
            share.wait()
            if share.rank == 0:
                chunks = _listed(maker.names, place, on_progress, should_stop)
                maker.form.assemble(chunks, folder, place.scratch)
        except _Stopped:
            return None
    share.wait()
    if share.rank == 0:
        place.clear()
    return result


@dataclass(frozen=True)
class ShareDrawn:
    """What came of drawing a share.

    Attributes:
        pictures: How many pictures the share has.
        missing: How many pictures of other shares are not in the folder.
        result: The result of the whole job, if that is there already.
    """

    pictures: int
    missing: int
    result: Path | None = None


def draw_share(
    maker: ChunkMaker, source: ChunkSource, folder: Path, share: Share, on_progress: OnProgress | None = None
) -> ShareDrawn:
    """Make the chunks of one share, or those of them that are missing, and leave them in the folder.

    Shares wait for nobody: each may be drawn at its own time, on a machine of its own, in a folder of its own or in one
    that all see. `finish_job` puts them together.

    Args:
        maker: The job.
        source: Makes the chunks.
        folder: The job's folder, new, empty, or this job's from before.
        share: Which part; its `wait` is not called.
        on_progress: Told how far the share is, in the caller's thread, after each chunk.

    Raises:
        RequestError: the folder holds something else, or another run is at work on this share or on the whole job.
        ClassSearchError: a dynamic model does not draw a class often enough; the chunks done are kept.
        OSError: the disk is full or the folder cannot be written.
    """
    place, result = JobFolder(folder), folder / maker.form.result
    place.claim(maker.spec)
    pictures = _pictures(maker.names, _numbers(maker.names, share))
    if result.exists():
        return ShareDrawn(pictures, 0, result)
    with place.share_locked(str(share)):
        _make_missing(maker, source, place, share, on_progress, None)
        there = _pictures(maker.names, place.done())
    return ShareDrawn(pictures, len(maker.names) - there)


def _make_missing(
    maker: ChunkMaker,
    source: ChunkSource,
    place: JobFolder,
    share: Share,
    on_progress: OnProgress | None,
    should_stop: ShouldStop | None,
) -> None:
    mine = _numbers(maker.names, share)
    whole = place.whole(mine)
    clock = Clock(on_progress, "drawing", _pictures(maker.names, whole), _pictures(maker.names, mine))
    missing = _until_stopped((number for number in mine if number not in whole), should_stop)
    # One chunk is encoded and written while the next one is drawn; no more wait in memory.
    with (
        ThreadPoolExecutor(1, "amgan-bulk-writer") as writer,
        contextlib.closing(source.chunks(missing)) as chunks,
    ):
        writing: Future[int] | None = None
        for number, content in chunks:
            if writing:
                clock.advance(writing.result())
            writing = writer.submit(_keep, place, number, content, len(maker.names.chunk_range(number)))
        if writing:
            clock.advance(writing.result())


def _until_stopped(numbers: Iterable[int], should_stop: ShouldStop | None) -> Iterator[int]:
    for number in numbers:
        if should_stop and should_stop():
            raise _Stopped
        yield number


def _keep(place: JobFolder, number: int, content: Content, pictures: int) -> int:
    place.write_chunk(number, content())
    return pictures


def _numbers(names: PictureNames, share: Share) -> range:
    return range(share.rank, names.chunks, share.of)


def _pictures(names: PictureNames, numbers: Iterable[int]) -> int:
    return sum(len(names.chunk_range(number)) for number in numbers)


def _listed(
    names: PictureNames, place: JobFolder, on_progress: OnProgress | None, should_stop: ShouldStop | None
) -> Iterator[Path]:
    clock, files = Clock(on_progress, "packing", 0, len(names)), place.done()
    for number in _until_stopped(range(names.chunks), should_stop):
        yield files[number]
        clock.advance(len(names.chunk_range(number)))
