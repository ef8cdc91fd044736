"""What goes wrong is one sentence that says what to do, by the page as by the command: each fault at each door."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import re
import subprocess
import sys
import zipfile

import pytest
from filelock import FileLock
from PIL import Image

from amgan.cli import main
from amgan.data import archives, picture_files
from amgan.data.reasons import Reason
from amgan.projects import arrivals, arriving, bringing, uploads
from amgan.projects.folder import Project
from amgan.projects.labels import labels_of
from amgan.projects.queue import TrainingQueue
from amgan.projects.runs import Run, new_run, run_of
from amgan.projects.uploads import Refused, Upload, Uploads
from tests.bulk.shop import wait_until as until
from tests.projects.photos import photo

READS = """
import os, sys, time
print('{"step": "reading"}', flush=True)
while not os.path.exists(sys.argv[1]): time.sleep(0.02)
print('{"step": "done"}')
"""
BAD = "error: the disk takes no more; make room there"


def png(number=0, side=16):
    file = io.BytesIO()
    photo("disc", number, side).save(file, "PNG")
    return file.getvalue()


def packed(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipping:
        for name, content in files.items():
            zipping.writestr(f"{name}.png", content)
    return file.getvalue()


def huge(side):
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    return file.getvalue()


class ByPage:
    """A server's way in, without HTTP; see tests/server/projects for that."""

    def __init__(self, folder, capsys):
        self.project, self._capsys = Project.create(folder, "A pilot"), capsys

    def bring(self, **files):
        """Everything that is said of files."""
        waiting = Uploads(self.project)
        coming = [
            Upload(f"{number:016x}", name.replace("_", "."), len(content))
            for number, (name, content) in enumerate(files.items())
        ]
        answers = waiting.expect(coming, 0)
        said = [f"{one.name}: {one.reason}" for one in answers if isinstance(one, Refused)]
        for upload, content in zip(coming, files.values()):
            if upload in answers:
                waiting.add(upload.id, 0, content)
        if waiting.whole:
            try:
                arriving.main(self.project.folder, "ann")
            except Exception as error:
                said.append(str(error))
            for line in map(json.loads, self._capsys.readouterr().out.splitlines()):
                for one in line.get("arrived", {}).get("broken", ()):
                    reason = Reason.read(one["reason"])
                    assert not re.search("[a-z]{3,} (?!install )[a-z]{3,} [a-z]{3,}", reason.in_language("ja"))
                    said.append(f"{one['name']}: {reason}")
        return "\n".join(said)

    def stopped(self, monkeypatch):
        """What is said after a stop in the midst."""
        start, say = subprocess.Popen, [sys.executable, "-c", READS, "no gate"]
        monkeypatch.setattr(subprocess, "Popen", lambda command, **more: start(say, **more))
        coming = arrivals.Arrivals()
        coming.start(self.project, "ann")
        until(lambda: coming.of(self.project).step == "reading")
        coming.stop(self.project)
        until(lambda: not coming.of(self.project).is_at_work)
        return str(coming.of(self.project).problem)

    def failed_training(self, monkeypatch):
        """What is said of a training that fails."""
        trainings = TrainingQueue(lambda: [self.project], self.project.folder / ".lock")
        trainings.start()
        run = trainings.begin(self.project, new_run(self.project, "first-look", 32))
        until(lambda: run_of(self.project, run.folder.name).problem)
        trainings.stop()
        return str(run_of(self.project, run.folder.name).problem)


class ByCommand:
    """``project new`` and ``project train``."""

    def __init__(self, folder, capfd):
        self.project, self._printed = Project.create(folder, "A pilot"), capfd

    def command(self, *words):
        """What is printed."""
        with contextlib.suppress(SystemExit):
            main([str(word) for word in words])
        printed = self._printed.readouterr()
        assert len(printed.err.splitlines()) <= 2
        return f"{printed.out}{printed.err}"

    def bring(self, **files):
        place = self.project.folder.with_name("from")
        place.mkdir()
        for name, content in files.items():
            (place / name.replace("_", ".")).write_bytes(content)
        return self.command("project", "new", self.project.folder, "--photos", *place.iterdir())

    def stopped(self, monkeypatch):
        def ctrl_c(*rest):
            raise KeyboardInterrupt

        monkeypatch.setattr(bringing, "keep_thumb", ctrl_c)
        return self.bring(one_png=png())

    def failed_training(self, monkeypatch):
        return self.command("project", "train", self.project.folder)


@pytest.fixture(params=[ByPage, ByCommand])
def door(request, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(arriving, "look", lambda *rest, **more: None)
    return request.param(tmp_path / "pilot", capfd)


def full(*rest, **more):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(archives, "SMALL", 100_000)
    monkeypatch.setattr(archives, "MOST_RATIO", 2)
    monkeypatch.setattr(bringing, "MOST_PHOTOS", 3)
    without = frozenset({".png", ".jpg"})
    for module in (picture_files, uploads):
        monkeypatch.setattr(module, "picture_suffixes", lambda: without)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: {"bomb_zip": packed(a=b"\0" * 10_000_000)}, "bomb.zip cannot be unpacked: more comes out of it than"),
        (
            lambda: {"many_zip": packed(**{f"n{n}": png(n) for n in range(5)})},
            "a project takes 3 photos, not 5; leave some out",
        ),
        (lambda: {"larger_png": huge(20_000)}, "too many pixels to read; save it smaller"),
        (lambda: {"phone_heic": b"\0\0\0\x18ftypheic"}, "pip install pillow-heif"),
        (lambda: {"broken_png": b"nope"}, "no picture, a damaged one, or of a kind not known here"),
    ],
    ids=["bomb", "50,000 files", "20,000 px", "heic", "broken"],
)
def test_a_file_that_cannot_be_taken(door, made, words):
    said = door.bring(**made())
    assert words in said
    assert "Traceback" not in said
    assert not labels_of(door.project.log.read()).names


def test_a_photo_of_12000_pixels_is_taken(door):
    assert "large" not in door.bring(large_png=huge(12_000)).replace("large.png", "")
    assert len(labels_of(door.project.log.read()).names) == 1


def test_a_full_disk(door, monkeypatch):
    monkeypatch.setattr(bringing, "write_whole", full)
    assert "No space left on device" in door.bring(one_png=png())
    assert "make room there" in str(Reason("arrival_full"))
    assert not labels_of(door.project.log.read()).names
    assert not list(door.project.photos.iterdir())


def test_an_end_in_the_midst(door, monkeypatch):
    assert "stopped" in door.stopped(monkeypatch)
    assert not labels_of(door.project.log.read()).names


def test_two_at_once(door):
    with FileLock(door.project.folder / "photos.lock"):
        assert "just now; wait for that, then try again" in door.bring(one_png=png())
    waiting = Uploads(door.project).all  # what was uploaded stays
    assert len(waiting) == isinstance(door, ByPage)


def test_two_projects_at_once_in_a_server_wait_for_each_other_and_say_so(tmp_path, monkeypatch):
    start, gate = subprocess.Popen, tmp_path / "gate"
    say = [sys.executable, "-c", READS, str(gate)]
    monkeypatch.setattr(subprocess, "Popen", lambda command, **more: start(say, **more))
    one, other = (Project.create(tmp_path / name, name) for name in ("one", "other"))
    coming = arrivals.Arrivals()
    coming.start(one, "ann")
    until(lambda: coming.of(one).step == "reading")
    coming.start(other, "bo")
    assert coming.of(other).step == "waiting"
    gate.touch()
    until(lambda: coming.of(one).step == coming.of(other).step == "done")


def test_a_training_that_fails(door, monkeypatch):
    door.project.log.add("add", "ann", added={f"{n:016x}.png": f"{n}.png" for n in range(2)})
    door.project.log.add("label", "ann", labels={f"{n:016x}.png": "ab"[n] for n in range(2)})
    fails = [sys.executable, "-c", f"import sys; sys.exit({BAD!r})"]
    monkeypatch.setattr(Run, "command", lambda *rest: fails)
    assert "the disk takes no more; make room there" in door.failed_training(monkeypatch)
