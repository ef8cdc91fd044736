"""A job stopped, crashed at every step, shared out: always the same files, and nothing drawn twice."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from amgan.bulk.formats import FORMS
from amgan.bulk.job_folder import CHUNKS, JOB_FILE, JobFolder
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.progress import JobProgress
from amgan.bulk.runner import run_job
from amgan.bulk.shares import Share
from amgan.errors import ClassSearchError
from tests.bulk.jobs import NAMES, StandIn, contents, done, job

PICTURES = CHUNK_PICTURES + 20
CHANGES_ON_DISK = [(os, "fsync"), (Path, "replace"), (Path, "mkdir"), (Path, "write_bytes"), (shutil, "rmtree")]


class Crash(BaseException):
    """The machine stops here."""


class CrashAt:
    """Ends the process, as it were, before or after its `number`-th change on the disk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, after: bool) -> None:
        self.left = number
        self.after = after
        for owner, name in CHANGES_ON_DISK:
            monkeypatch.setattr(owner, name, self.counted(getattr(owner, name)))

    def counted(self, real):
        def call(*arguments, **options):
            self.left -= 1
            now = self.left == 0  # one that calls another, as mkdir does for the folders above, counts on below
            if now and not self.after:
                raise Crash
            answer = real(*arguments, **options)
            if now:
                raise Crash
            return answer

        return call


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_change_on_the_disk(kind, after, tmp_path):
    spec = job(format=kind, n=PICTURES if kind != "png" else CHUNK_PICTURES + 1)
    done(spec, tmp_path / "whole")
    whole = contents(tmp_path / "whole")
    crashes = 0
    # The files of the folder are one change each: of these, a few at the start and at the end.
    steps = range(1, 60) if kind != "png" else (*range(1, 16), 100, 200, *range(262, 290))
    for step in steps:
        folder = tmp_path / str(step)
        with pytest.MonkeyPatch.context() as patch:
            CrashAt(patch, step, after)
            try:
                done(spec, folder)
                break
            except Crash:
                crashes += 1
        done(spec, folder)
        assert contents(folder) == whole, step
    else:
        raise AssertionError("it never came to the end")
    assert crashes >= 12


@pytest.mark.parametrize("kind", FORMS)
def test_a_polite_stop_between_any_two_chunks(kind, tmp_path):
    spec = job(format=kind, n=3 * CHUNK_PICTURES + 5)
    done(spec, tmp_path / "whole")
    whole = contents(tmp_path / "whole")
    for stop in range(1, 9):
        draw, asked = StandIn(), iter(range(1, 100))
        folder = tmp_path / str(stop)
        assert run_job(spec, draw, NAMES, folder, should_stop=lambda: next(asked) == stop) is None  # noqa: B023
        assert min(stop - 1, 4) * CHUNK_PICTURES >= len(draw.drawn)
        done(spec, folder, draw)
        assert sorted(draw.drawn) == [(seed, None) for seed in range(spec.count)], "no picture is drawn twice"
        assert contents(folder) == whole


def test_a_finished_job_is_not_done_again(tmp_path):
    result = done(job(), tmp_path)
    assert sorted(contents(tmp_path)) == [JOB_FILE, "pictures.zip"]
    before = result.stat().st_mtime_ns
    (tmp_path / CHUNKS).mkdir()
    draw = StandIn()
    assert done(job(), tmp_path, draw) == result
    assert (draw.calls, result.stat().st_mtime_ns) == (0, before)
    assert not (tmp_path / CHUNKS).exists()


@pytest.mark.parametrize("processes", [2, 3, 7])
@pytest.mark.parametrize("kind", ["zip", "parquet"])
def test_any_number_of_processes(kind, processes, tmp_path):
    spec = job(format=kind, n=4 * CHUNK_PICTURES + 1)
    done(spec, tmp_path / "alone")

    class AbsentError(Exception):
        """The others are not there yet."""

    def leave():
        raise AbsentError

    draws = [StandIn() for _ in range(processes)]
    for rank in reversed(range(1, processes)):
        with pytest.raises(AbsentError):
            run_job(spec, draws[rank], NAMES, tmp_path / "shared", share=Share(rank, processes, leave))
    done(spec, tmp_path / "shared", draws[0], share=Share(0, processes))
    assert contents(tmp_path / "shared") == contents(tmp_path / "alone")
    drawn = [pair for draw in draws for pair in draw.drawn]
    assert sorted(drawn) == [(seed, None) for seed in range(spec.count)]


def test_another_number_of_processes_goes_on(tmp_path):
    spec = job(n=3 * CHUNK_PICTURES)
    asked = iter([False, False, True])
    assert run_job(spec, StandIn(), NAMES, tmp_path, should_stop=lambda: next(asked), share=Share(0, 2)) is None
    draw = StandIn()
    done(spec, tmp_path, draw)
    assert len(draw.drawn) == CHUNK_PICTURES


def test_progress_counts_up_to_the_whole_and_goes_on_where_it_was(tmp_path):
    spec = job(n=2 * CHUNK_PICTURES + 9)
    seen: list[JobProgress] = []
    asked = iter([False, True])
    run_job(spec, StandIn(), NAMES, tmp_path, seen.append, lambda: next(asked))
    assert [progress.done for progress in seen] == [0]
    seen.clear()
    run_job(spec, StandIn(), NAMES, tmp_path, seen.append)
    counts = [0, 256, 512, 521]
    stages = [(progress.stage, progress.done) for progress in seen]
    assert stages == [*(("drawing", count) for count in counts[1:]), *(("packing", count) for count in counts)]
    assert {progress.total for progress in seen} == {521}
    assert seen[0].images_per_second is seen[0].seconds_left is None
    for progress in seen[1:3]:
        assert progress.images_per_second > 0
        left = (521 - progress.done) / progress.images_per_second
        assert progress.seconds_left == pytest.approx(left)


def test_seeds_that_miss_the_class_are_replaced_and_the_count_holds(tmp_path):
    spec = job(format="npz", labels={"Sneaker": 300})
    draw = StandIn(missing=[(3, 0), (299, 0), (599, 0)])
    done(spec, tmp_path / "one", draw)
    assert {seed for seed, _ in draw.drawn} == set(range(300)) - {3, 299} | {303, 899}
    assert len(draw.drawn) == 300


def test_a_class_that_is_not_to_be_had_ends_the_job_and_keeps_the_chunks(tmp_path):
    spec = job(labels={NAMES[0]: CHUNK_PICTURES, NAMES[1]: 3})
    with pytest.raises(ClassSearchError):
        run_job(spec, StandIn(missing=[(seed, 1) for seed in range(100)]), NAMES, tmp_path)
    assert JobFolder(tmp_path).done()[0].exists()
    draw = StandIn()
    done(spec, tmp_path, draw)
    assert len(draw.drawn) == 3


def test_a_full_disk_ends_the_job_with_its_own_error(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            done(job(n=1000), tmp_path)
    done(job(n=1000), tmp_path)


def test_results_half_written_do_not_pile_up(tmp_path):
    spec, packing = job(n=2 * CHUNK_PICTURES), iter([False] * 3 + [True])
    assert run_job(spec, StandIn(), NAMES, tmp_path, should_stop=lambda: next(packing)) is None
    assert not list(tmp_path.rglob("*.writing"))
    for file in ("pictures.zip.1.writing", "pictures.zip.22.writing", "chunk-0000001.3.writing"):
        (tmp_path / CHUNKS / file).write_bytes(b"left by a kill")
    assert run_job(spec, StandIn(), NAMES, tmp_path, should_stop=lambda: True) is None
    # Another process of this run may be at the chunk.
    assert [path.name for path in tmp_path.rglob("*.writing")] == ["chunk-0000001.3.writing"]


class Abreast(StandIn):
    """Draws a chunk only while another one is drawn as well."""

    def __init__(self):
        super().__init__()
        self.both, self.lock = threading.Barrier(2), threading.Lock()

    def __call__(self, *arguments):
        self.both.wait(20)
        with self.lock:
            return super().__call__(*arguments)


def test_several_chunks_are_drawn_at_once_and_kept_in_order(tmp_path):
    spec = job(n=6 * CHUNK_PICTURES)
    done(spec, tmp_path / "alone")
    seen: list[JobProgress] = []
    done(spec, tmp_path / "abreast", Abreast(), abreast=2, on_progress=seen.append)
    assert contents(tmp_path / "abreast") == contents(tmp_path / "alone")
    assert [progress.done for progress in seen[:7]] == [number * CHUNK_PICTURES for number in range(7)]


def test_chunks_abreast_stop_and_go_on(tmp_path):
    spec = job(n=7 * CHUNK_PICTURES)
    done(spec, tmp_path / "alone")
    for stop in (1, 2, 4):
        asked = iter(range(1, 100))
        folder = tmp_path / str(stop)
        assert run_job(spec, StandIn(), NAMES, folder, should_stop=lambda: next(asked) == stop, abreast=3) is None  # noqa: B023
        done(spec, folder, abreast=3)
        assert contents(folder) == contents(tmp_path / "alone")


def test_the_first_error_of_chunks_abreast_is_the_one_told(tmp_path):
    spec = job(labels={NAMES[0]: CHUNK_PICTURES, NAMES[1]: CHUNK_PICTURES, NAMES[2]: CHUNK_PICTURES})
    missing = [(seed, label) for seed in range(9 * CHUNK_PICTURES) for label in (1, 2)]
    with pytest.raises(ClassSearchError, match="class 1"):
        run_job(spec, StandIn(missing=missing), NAMES, tmp_path, abreast=3)
    assert JobFolder(tmp_path).done()[0].exists()
