"""A disk that takes no more: one sentence, nothing half-written, and a run that goes on bit for bit with room again."""

from __future__ import annotations

import errno
import io
import multiprocessing
import os
import re
import resource
import shutil
import subprocess
import threading
from dataclasses import replace

import pytest
from rich.console import Console

from amgan.errors import DiskError
from amgan.training import full_disk, loop
from amgan.training.full_disk import writable
from amgan.training.run_lock import LOCK_FILE
from tests.models import message
from tests.training.runs import LIBRARIES, checkpoint, contents, differences, run, tiny

DISK_BYTES = 4_000_000
UNFINISHED = ("checkpoints/writing-*", ".*.writing", ".*.old", "sheets/.*")


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own, as root can have one in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.name != "posix" or shutil.which("mount") is None:
        pytest.skip("this system has no mount")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("only root may mount a small disk; a limit on files stands for it in the next test")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def settings(pictures, out):
    # Everything that a training writes, in each of four steps.
    return tiny(pictures, out, checkpoint_every=1, keep_checkpoints=4, sheet_every=1, log_every=1)


def left_over(out):
    return [str(path) for pattern in UNFINISHED for path in out.glob(pattern)]


def test_a_full_disk_costs_no_more_than_the_steps_since_the_last_checkpoint(pictures, tmp_path, disk, capfd):
    whole = settings(pictures, tmp_path / "whole")
    run(whole)
    out, ballast = disk / "run", disk / "ballast"
    run(replace(whole, out=out, steps=2))
    needed = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    begun = tmp_path / "begun"
    shutil.copytree(out, begun)
    stopped_at = set()
    # The settings, torch.save, the release and, a step later, the next checkpoint are refused; safetensors meanwhile.
    for share in (0, 0.21, 0.5, 0.93):
        free = int(share * needed)
        shutil.rmtree(out)
        shutil.copytree(begun, out)
        room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        ballast.write_bytes(bytes(room - free))
        with pytest.raises(DiskError) as caught:
            run(replace(whole, out=out, resume=True))
        saved = max((out / "checkpoints").iterdir())
        stopped_at.add(saved.name)
        assert message(caught.value) == (
            f"{out}: no more can be written (No space left on device), so training has stopped; make room there, then "
            f"--resume goes on from {saved.name}"
        )
        assert left_over(out) == []
        ballast.unlink()
        run(replace(whole, out=out, resume=True))
        assert differences(contents(checkpoint(whole.out, 4)), contents(checkpoint(out, 4))) == []
    assert {"step-000000002", "step-000000003"} <= stopped_at
    assert capfd.readouterr().err == "", "no trace of another thread either"


def test_what_a_run_needs_is_said_before_it_starts_or_refused_if_it_cannot_fit(pictures, tmp_path, monkeypatch):
    config = replace(settings(pictures, tmp_path / "run"), checkpoint_every=2)
    said, asked = [], full_disk.room_in_words
    monkeypatch.setattr(loop, "room_in_words", lambda *sizes: said.append(sizes) or asked(*sizes))
    console = Console(file=io.StringIO(), width=200)
    run(config, console)
    _, *estimated = said[0]
    place = checkpoint(config.out, 4)
    written = [sum(file.stat().st_size for file in folder.iterdir()) for folder in (place, config.out / "release")]
    assert all(guess <= real < guess + 100_000 for guess, real in zip(estimated, written)), (estimated, written)
    assert re.search(r"Disk      about .* for checkpoints, releases and sheets; .* are free\n", console.file.getvalue())
    needed = 2 * estimated[0] + 2 * estimated[1]
    for free, tight in ((needed, True), (needed + 4 * estimated[2], False)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: shutil._ntuple_diskusage(free, 0, free))
        assert asked(*said[0]).endswith("raise --sheet-every") == tight
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(needed, 0, needed - 1))
    with pytest.raises(DiskError) as caught:
        run(replace(config, out=tmp_path / "other"))
    assert re.fullmatch(
        f"{tmp_path}/other: checkpoints and releases need [^ ]+ [kM]B, and [^ ]+ [kM]B are free there; make room, "
        "choose another --out, or lower --keep-checkpoints",
        message(caught.value),
    )
    assert not (tmp_path / "other" / "train.json").exists()


def train_with_limit(config, file_bytes, answers):
    """A training that may write no file larger than that."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    try:
        run(config, Console(file=io.StringIO()))
    except BaseException as error:
        answers.put((type(error).__name__, str(error)))
    else:
        answers.put(("", ""))


@pytest.mark.parametrize("name", ["model.safetensors", "optimizer.bin"])
def test_a_file_that_cannot_be_written_to_its_end(pictures, tmp_path, name):
    """No root needed: the system refuses the largest files, those of safetensors and those of torch.save."""
    config = settings(pictures, tmp_path / "run")
    run(replace(config, steps=2))
    before = contents(checkpoint(config.out, 2))
    limit = (checkpoint(config.out, 2) / name).stat().st_size - 1
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    answers = context.SimpleQueue()
    process = context.Process(target=train_with_limit, args=(replace(config, resume=True), limit, answers))
    process.start()
    kind, text = answers.get()
    process.join()
    assert kind == "DiskError"
    assert text == (
        f"{config.out}: no more can be written (File too large), so training has stopped; raise the limit on the size "
        "of files, then --resume goes on from step-000000002"
    )
    assert left_over(config.out) == []
    assert differences(before, contents(checkpoint(config.out, 2))) == []


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "make room there"),
        (errno.EDQUOT, "make room there"),
        (errno.EIO, "see to that disk"),
        (errno.EROFS, "make it writable"),
    ],
)
def test_each_refusal_comes_with_what_to_do(tmp_path, number, advice):
    elsewhere = "/home/somebody/.cache/reference"
    with pytest.raises(DiskError) as caught, writable(tmp_path):
        raise OSError(number, os.strerror(number), elsewhere)
    assert message(caught.value) == (
        f"{elsewhere}: no more can be written ({os.strerror(number)}), so training has stopped; {advice}, then start "
        "again"
    )


def test_other_errors_are_left_as_they_are():
    for error in (PermissionError(errno.EACCES, "no"), DiskError("said"), ValueError("x")):
        with pytest.raises(type(error)) as caught, writable(os.curdir):
            raise error
        assert caught.value is error
    assert threading.excepthook is threading.__excepthook__ or threading.excepthook.__module__ != writable.__module__


def test_a_folder_that_cannot_be_made_is_said(pictures, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError) as caught:
        run(tiny(pictures, tmp_path / "file" / "run"))
    assert not isinstance(caught.value, DiskError)
    assert not (tmp_path / "file" / "run" / LOCK_FILE).exists()
