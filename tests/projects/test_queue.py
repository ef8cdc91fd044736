"""Trainings of a server: one at a time, in turn, stopped, gone on with, failed with a sentence, and killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from amgan.errors import BusyError, RequestError
from amgan.projects import queue as queues
from amgan.projects.background import OUTPUT_FILE, found_again, progress_of, sheet_of
from amgan.projects.folder import Project
from amgan.projects.queue import TrainingQueue
from amgan.projects.runs import Run, changed, new_run, run_of, runs_of
from tests.bulk.shop import wait_until as until

PHOTOS = {f"{number:016x}.png": f"IMG_{number}.png" for number in range(4)}

FAKE = """
import os, signal, sys, time
folder, log, seconds, how = sys.argv[1:5]
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
def say(word):
    with open(log, "a") as file: file.write(f"{word} {os.path.basename(folder)}\\n")
say("begins")
print("step 10/100  D 1.0  G 2.0  real: 0.70 on real, 0.30 on generated  99 images/s  1 h 5 min left"
      "  pictures still change", flush=True)
until = time.time() + (0 if os.path.exists(folder + "/saved") else float(seconds))
while time.time() < until and not asked and not os.path.exists(log + ".go"): time.sleep(0.02)
open(folder + "/saved", "w").close()
say("ends")
if how: sys.exit(how)
"""

SERVER = """
import sys, time
from pathlib import Path
from amgan.projects.folder import Project
from amgan.projects.queue import TrainingQueue
from tests.projects.test_queue import fake_trainings
folder, log = sys.argv[1:]
fake_trainings(log, seconds="120")
project = Project.open(Path(folder))
TrainingQueue(lambda: [project], project.folder.parent / ".lock").start()
time.sleep(600)
"""


def fake_trainings(log, seconds="0.1", how=""):
    Run.command = lambda self, project: [sys.executable, "-c", FAKE, str(self.folder), str(log), seconds, how]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(queues, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(queues, "_look_at", lambda project, run: None)
    monkeypatch.setattr(Run, "command", Run.command)  # as it is again after the test


@pytest.fixture
def project(tmp_path):
    return made(tmp_path / "pilot")


@pytest.fixture
def queue(tmp_path):
    numbers, running = count(), []

    def started(*projects):
        running.append(TrainingQueue(lambda: projects, tmp_path / f".lock{next(numbers)}"))
        running[-1].start()
        return running[-1]

    yield started
    for each in running:
        each.stop()


def made(folder):
    project = Project.create(folder, folder.name)
    project.log.add("add", "ann", added=PHOTOS)
    project.log.add("label", "ann", labels={photo: "ab"[number % 2] for number, photo in enumerate(PHOTOS)})
    return project


def asked(queue, project):
    return queue.begin(project, new_run(project, "first-look", 32))


def test_one_is_trained_at_a_time_in_turn_over_all_projects(project, queue, tmp_path):
    other, log = made(tmp_path / "other"), tmp_path / "log"
    fake_trainings(log, seconds="60")
    trainings = queue(project, other)
    runs = [asked(trainings, one) for one in (project, other, project)]
    assert [trainings.ahead_of(run) for run in runs[1:]] != [0, 0]
    (tmp_path / "log.go").touch()
    until(lambda: all(run_of(one, run.folder.name).is_finished for one, run in zip((project, other, project), runs)))
    words = [line.split()[0] for line in log.read_text().splitlines()]
    assert words == ["begins", "ends"] * 3
    run = run_of(project, runs[0].folder.name)
    progress = progress_of(run)
    assert (progress.step, progress.steps, progress.minutes_left, progress.how) == (10, 100, 65, "changing")
    assert (trainings.state(run), sheet_of(run)) == ("finished", None)
    with pytest.raises(RequestError, match="is finished"):
        trainings.ask(project, run)


def test_it_is_stopped_gone_on_with_and_thrown_away(project, queue, tmp_path):
    fake_trainings(tmp_path / "log", seconds="60")
    trainings = queue(project)
    run = asked(trainings, project)
    until(lambda: progress_of(run).steps)
    assert trainings.state(run_of(project, run.folder.name)) == "training"
    with pytest.raises(RequestError, match="stop it first"):
        trainings.throw_away(project, run)
    run = trainings.stop_run(project, run)
    until(lambda: trainings.state(run) == "stopped")
    assert (run.folder / "saved").exists()
    later = replace(new_run(project, "good", 32), starts_from=run.folder.name)
    later.write()
    with pytest.raises(RequestError, match="goes on from this one"):
        trainings.throw_away(project, run)
    trainings.throw_away(project, later)
    trainings.ask(project, run)
    until(lambda: run_of(project, run.folder.name).is_finished)
    trainings.throw_away(project, run)
    assert not runs_of(project)
    assert not list(project.runs.glob("*/"))
    with pytest.raises(RequestError, match="thrown away"):
        changed(project, run, wanted_since=1.0)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("error: the disk takes no more", "^the disk takes no more$"),
        ("Boom: no memory", r"did not say why \(Boom: no memory\)"),
    ],
)
def test_one_that_fails_says_why_and_the_next_has_its_turn(project, queue, tmp_path, how, words):
    fake_trainings(tmp_path / "log", how=how)
    trainings = queue(project)
    first = asked(trainings, project)
    until(lambda: trainings.state(run_of(project, first.folder.name)) == "failed")
    assert re.search(words, str(run_of(project, first.folder.name).problem))
    fake_trainings(tmp_path / "log")
    second = asked(trainings, project)
    until(lambda: run_of(project, second.folder.name).is_finished)
    assert not run_of(project, trainings.ask(project, first).folder.name).problem


def test_one_that_is_killed_says_so(project, queue, tmp_path):
    fake_trainings(tmp_path / "log", seconds="60")
    trainings = queue(project)
    run = asked(trainings, project)
    until(lambda: progress_of(run).steps)
    found_again(run).kill()
    until(lambda: trainings.state(run_of(project, run.folder.name)) == "failed")
    assert "ended from outside" in str(run_of(project, run.folder.name).problem)


def test_a_server_that_is_killed_leaves_a_training_that_the_next_one_finds(project, queue, tmp_path):
    log = tmp_path / "log"
    new_run(project, "first-look", 32).write()
    (run,) = runs_of(project)
    run = changed(project, run, wanted_since=time.time())
    server = subprocess.Popen([sys.executable, "-c", SERVER, project.folder, log], cwd=Path.cwd())
    until(lambda: (run.folder / "process.json").exists() and progress_of(run).steps)
    server.kill()
    server.wait()
    process = found_again(run)
    assert process is not None
    fake_trainings(log)
    trainings = queue(project)
    assert trainings.state(run) == "training"
    time.sleep(0.2)  # some rounds of the queue
    assert log.read_text() == f"begins {run.folder.name}\n"
    process.send_signal(signal.SIGTERM)  # whoever ends it, the queue goes on with it
    until(lambda: run_of(project, run.folder.name).is_finished)
    assert log.read_text().split()[::2] == ["begins", "ends", "begins", "ends"]
    (run.folder / "process.json").write_text(json.dumps({"pid": os.getpid(), "began": 0}))
    assert found_again(run) is None


def test_two_that_are_asked_for_at_once_are_no_single_one(project, queue, tmp_path):
    fake_trainings(tmp_path / "log")
    trainings = queue(project)
    one, other = new_run(project, "first-look", 32), new_run(project, "first-look", 64)
    begun = trainings.begin(project, one)
    with pytest.raises(RequestError, match="begun just now"):
        trainings.begin(project, other)
    until(lambda: run_of(project, begun.folder.name).is_finished)
    assert [run.image_size for run in runs_of(project)] == [32]


def test_a_look_that_did_not_come_through_is_tried_once_more(project, queue, monkeypatch):
    looks = []
    monkeypatch.setattr(queues, "_look_at", lambda project, run: looks.append(run.folder.name))
    run = replace(new_run(project, "first-look", 32), is_finished=True)
    run.write()
    (run.folder / "release").mkdir()
    (run.folder / "release" / "config.json").touch()
    trainings = queue(project)
    until(lambda: len(looks) == 2)
    until(lambda: not trainings._unseen())
    assert looks == ["1-first-look"] * 2


def test_only_so_many_wait(project, queue, tmp_path, monkeypatch):
    monkeypatch.setattr(queues, "MOST_WAITING", 1)
    fake_trainings(tmp_path / "log", seconds="60")
    trainings = queue(project)
    asked(trainings, project)
    with pytest.raises(BusyError, match="waiting already"):
        asked(trainings, project)
    assert len(runs_of(project)) == 1


def test_a_model_to_start_from_that_is_gone_is_said(project, queue):
    trainings = queue(project)
    lost = trainings.begin(project, replace(new_run(project, "good", 32), starts_from="7-good"))
    until(lambda: trainings.state(run_of(project, lost.folder.name)) == "failed")
    assert "7-good" in str(run_of(project, lost.folder.name).problem)
    assert not (lost.folder / OUTPUT_FILE).exists()
