"""Shares: which there are, drawn in any order on machines that know nothing of one another, put together to one job."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bulk.chunk_source import ChunkMaker, DrawnHere
from amgan.bulk.formats import FORMS
from amgan.bulk.job_folder import JOB_FILE, JobFolder
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import ShareDrawn, draw_share, finish_job
from amgan.bulk.shares import Share, share_named
from amgan.bulk.spec import JobSpec
from amgan.errors import RequestError
from tests.bulk.jobs import NAMES, StandIn, contents, done, job
from tests.models import message

FOUR = 3 * CHUNK_PICTURES + 20
"""Pictures of four chunks."""


def drawn(spec: JobSpec, folder: Path, share: str, draw: StandIn | None = None) -> ShareDrawn:
    maker = ChunkMaker(spec, NAMES)
    return draw_share(maker, DrawnHere(maker, draw or StandIn()), folder, share_named(share, {}))


def finished(spec: JobSpec, folder: Path, *gathered: Path, draw: StandIn | None = None) -> StandIn:
    maker, draw = ChunkMaker(spec, NAMES), draw or StandIn()
    assert finish_job(maker, DrawnHere(maker, draw), folder, gathered=gathered)
    return draw


@given(of=st.integers(1, 10**9 - 1), data=st.data())
def test_every_share_has_a_name(of, data):
    rank = data.draw(st.integers(0, of - 1))
    share = share_named(f"{rank}/{of}", {})
    assert (share.rank, share.of, str(share)) == (rank, of, f"{rank}/{of}")


@pytest.mark.parametrize("text", ["", "3", "1/2/3", "-1/2", "1 /2", "a/b", "0/9999999999", "\u0661/8", "slurm/8"])
def test_what_names_no_share(text):
    with pytest.raises(RequestError) as caught:
        share_named(text, {})
    assert "must be RANK/OF, such as 0/8" in message(caught.value)


@pytest.mark.parametrize(
    ("text", "words"), [("8/8", "the shares of 8 are 0/8 to 7/8"), ("0/0", "there is no share 0/0")]
)
def test_a_share_beyond_the_last(text, words):
    with pytest.raises(RequestError, match=words):
        share_named(text, {})


def slurm(task, count, least, most):
    numbers = {"ID": task, "COUNT": count, "MIN": least, "MAX": most}
    return {f"SLURM_ARRAY_TASK_{name}": str(number) for name, number in numbers.items()}


def test_a_task_of_an_array_is_a_share_wherever_the_array_begins():
    for least in (0, 1, 5):
        shares = [share_named("slurm", slurm(least + rank, 3, least, least + 2)) for rank in range(3)]
        assert [str(share) for share in shares] == ["0/3", "1/3", "2/3"]
    with pytest.raises(RequestError, match="this is no task of an array; submit it with sbatch --array=0-7"):
        share_named("slurm", {})
    with pytest.raises(RequestError, match="the array has gaps"):
        share_named("slurm", slurm(3, 2, 3, 7))


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("shared", [True, False], ids=["one disk", "no disk in common"])
def test_shares_put_together_are_the_job(kind, shared, tmp_path):
    spec, here = job(format=kind, n=FOUR), tmp_path / "here"
    done(spec, tmp_path / "alone")
    folders = [here if shared else tmp_path / str(rank) for rank in range(3)]
    for rank in (2, 0, 1):
        draw = StandIn()
        found = drawn(spec, folders[rank], f"{rank}/3", draw)
        assert found.pictures == len(draw.drawn) == (256 + 20 if rank == 0 else 256)
        assert drawn(spec, folders[rank], f"{rank}/3", draw) == found, "gone on with, nothing is drawn twice"
        assert len(draw.drawn) == found.pictures
    assert found.missing == (0 if shared else FOUR - 256)
    before = contents(folders[2])
    assert finished(spec, here, *([] if shared else folders)).drawn == []
    assert contents(here) == contents(tmp_path / "alone")
    if not shared:
        assert contents(folders[2]) == before, "what is gathered stays as it is"
    assert drawn(spec, here, "1/3") == ShareDrawn(256, 0, here / FORMS[kind].result)


def test_a_share_of_more_than_there_are_chunks_is_empty(tmp_path):
    assert drawn(job(n=3), tmp_path / "1", "1/2") == ShareDrawn(0, 3)
    assert len(finished(job(n=3), tmp_path / "all", tmp_path / "1").drawn) == 3


def test_what_is_missing_or_was_damaged_on_the_way_is_drawn_here(tmp_path):
    spec = job(n=FOUR)
    done(spec, tmp_path / "alone")
    for rank in (0, 1):
        drawn(spec, tmp_path / str(rank), f"{rank}/3")
    damaged = JobFolder(tmp_path / "0").done()
    content = damaged[0].read_bytes()
    damaged[0].write_bytes(content[:-1])
    content = bytearray(damaged[3].read_bytes())
    content[40] ^= 1
    damaged[3].write_bytes(content)
    # Of another job, under the name of a chunk of this one.
    drawn(job(n=FOUR, seed=5), tmp_path / "other", "1/3")
    JobFolder(tmp_path / "1").done()[1].unlink()
    shutil.copy(JobFolder(tmp_path / "other").done()[1], JobFolder(tmp_path / "1").scratch)
    draw = finished(spec, tmp_path / "all", tmp_path / "0", tmp_path / "1")
    assert len(draw.drawn) == FOUR
    assert contents(tmp_path / "all") == contents(tmp_path / "alone")


def test_a_chunk_that_the_disk_damaged_is_drawn_anew(tmp_path):
    spec = job(n=FOUR)
    done(spec, tmp_path / "alone")
    drawn(spec, tmp_path / "all", "0/1")
    damaged = JobFolder(tmp_path / "all").done()[2]
    damaged.write_bytes(damaged.read_bytes()[:100])
    assert len(finished(spec, tmp_path / "all").drawn) == CHUNK_PICTURES
    assert contents(tmp_path / "all") == contents(tmp_path / "alone")


def test_what_is_no_share_of_this_job_is_refused_and_nothing_is_written(tmp_path):
    spec = job(n=FOUR)
    drawn(job(n=FOUR, seed=5), tmp_path / "other", "0/2")
    done(spec, tmp_path / "finished")
    (tmp_path / "empty").mkdir()
    for name, words in (
        ("other", "holds a share of another job (with seed 5, not 0)"),
        ("finished", "holds a finished job, no share"),
        ("empty", "holds no share of a job; give the folders that --share wrote"),
        ("absent", "holds no share of a job"),
    ):
        with pytest.raises(RequestError) as caught:
            finished(spec, tmp_path / "all", tmp_path / name)
        assert words in message(caught.value)
    assert not (tmp_path / "all").exists()


def test_a_chunk_of_a_stranger_leads_nowhere_else(tmp_path):
    maker, folder = ChunkMaker(job(format="png", n=1), NAMES), tmp_path / "out"
    drawn(maker.spec, folder, "0/1")
    place = JobFolder(folder)
    place.claim(maker.spec)
    content = place.done()[0].read_bytes()
    place.done()[0].unlink()
    place.write_chunk(0, content.replace(b"Sneaker/", b"../../x/"))
    with pytest.raises(RequestError, match="no picture of a class"):
        finished(maker.spec, folder)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_who_waits_for_whom(tmp_path, monkeypatch):
    monkeypatch.setattr("amgan.bulk.job_folder.MOMENT", 0.1)
    spec, place = job(n=FOUR), JobFolder(tmp_path)
    place.claim(spec)
    with place.share_locked("0/2"):
        drawn(spec, tmp_path, "1/2")
        with pytest.raises(RequestError, match="another run is at work here"):
            drawn(spec, tmp_path, "0/2")
        with pytest.raises(RequestError, match="another run is at work here"):
            finished(spec, tmp_path)
    with place.locked(), pytest.raises(RequestError, match="another run is at work here"):
        drawn(spec, tmp_path, "1/2")
    finished(spec, tmp_path)
    assert sorted(contents(tmp_path)) == [JOB_FILE, "pictures.zip"]


def test_processes_that_wait_for_one_another_take_shares_over_as_well(tmp_path):
    spec = job(n=FOUR)
    for rank in (0, 1):
        drawn(spec, tmp_path / str(rank), f"{rank}/3")
    maker, draw, waits = ChunkMaker(spec, NAMES), StandIn(), []
    share = Share(0, 1, lambda: waits.append(0))
    finish_job(maker, DrawnHere(maker, draw), tmp_path / "all", share=share, gathered=[tmp_path / "0", tmp_path / "1"])
    assert (len(draw.drawn), len(waits)) == (CHUNK_PICTURES, 3)
