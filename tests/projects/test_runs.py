"""Trainings of a project, told apart from what becomes of their processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from amgan.errors import ConfigError, DataError, TrainingError
from amgan.projects.folder import Project
from amgan.projects.report import labelling_seconds
from amgan.projects.runs import Run, new_run, runs_of
from amgan.projects.training import train_project, training_alone, wait_for

PATIENT = (
    "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print(1, flush=True); signal.pause()"
)


def started(code):
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)


def test_a_training_that_is_asked_to_stop_saves_and_is_not_finished(monkeypatch):
    assert wait_for(started("")) is True
    process = started(PATIENT)
    assert process.stdout.readline() == b"1\n"
    wait = process.wait
    # Not by the clock: before anybody listens for it, the signal would end the tests.
    monkeypatch.setattr(process, "wait", lambda: signal.raise_signal(signal.SIGTERM) or wait())
    assert wait_for(process) is False
    assert process.returncode == 0
    with pytest.raises(TrainingError, match="the same command goes on"):
        wait_for(started("raise SystemExit(1)"))


def test_what_cannot_be_trained_is_said(tmp_path):
    project = Project.create(tmp_path / "p", "t")
    arguments = (project, lambda: new_run(project, "first-look", 64), False, pytest.fail)
    with pytest.raises(DataError, match="0 classes have photos"):
        train_project(*arguments)
    assert not runs_of(project)
    with training_alone(project), pytest.raises(ConfigError, match="a training is at work"):
        train_project(*arguments)
    runs = [Run(project.runs / f"{number}-good", "good", 64, "") for number in (2, 10, 1)]
    for run in runs:
        run.write()
    assert [run.folder.name for run in runs_of(project)] == ["1-good", "2-good", "10-good"]
    assert runs[0].command(project)[-6:] == ["--out", str(runs[0].folder), "--image-size", "64", "--minutes", "45"]
    (runs[0].folder / "pilot.json").write_text("[]")
    with pytest.raises(ConfigError, match="does not hold"):
        runs_of(project)


@pytest.mark.parametrize(
    "options",
    ["--push-to-hub a/b", "--push_to_hub=a/b", "'--out' /tmp/x", "--data /etc", "--judge=x", "'", ["--steps"]],
)
def test_a_folder_from_anywhere_does_not_say_what_is_read_or_published(tmp_path, options):
    with pytest.raises(ConfigError, match="^--options: "):
        Run(tmp_path, "good", 64, "", options)


@pytest.mark.parametrize(
    ("options", "minutes"),
    [
        ("", 45),
        ("--minutes 120", 120),
        ("--batch-size 8 --minutes=7", 7),
        ("--minutes 3 --minutes 4", 4),
        ("--minutes x", 45),
    ],
)
def test_a_further_flag_may_say_how_long_a_training_takes(tmp_path, options, minutes):
    assert Run(tmp_path, "good", 64, "", options).minutes == minutes


def test_what_a_folder_from_anywhere_says_of_a_run_is_checked(tmp_path):
    Run(tmp_path / "runs" / "1-good", "good", 64, "", "--steps 5").write()
    file = tmp_path / "runs" / "1-good" / "pilot.json"
    asked = json.loads(file.read_text())
    for wrong in (
        {"options": "--out x"},
        {"image_size": "--push-to-hub=a/b"},
        {"image_size": 65},
        {"choice": ["good"]},
    ):
        file.write_text(json.dumps(asked | wrong))
        with pytest.raises(ConfigError, match=f"pilot.json does not hold.*{next(iter(wrong))}"):
            runs_of(Project(tmp_path, "t"))


@pytest.mark.parametrize("name", ["labels.jsonl", "photos", "runs", "reviews.sqlite", ".cache"])
def test_a_folder_from_anywhere_leads_to_no_files_elsewhere(tmp_path, name):
    project = Project.create(tmp_path / "p", "t")
    victim = tmp_path / "mine"
    victim.write_text("kept\nand this")
    project.photos.rmdir()
    (project.folder / name).symlink_to(victim)
    with pytest.raises(ConfigError, match="is a link"):
        Project.open(project.folder)
    assert victim.read_text() == "kept\nand this"


def test_the_time_of_labelling_leaves_breaks_out(tmp_path):
    log = Project.create(tmp_path / "p", "t").log
    acts = [log.add("groups", who, count=2) for who in ("ann", "bo", "ann", "ann")]
    later = [0, 0, 60, 60 + 7200]
    acts = [act.model_copy(update={"when": acts[0].when.fromtimestamp(at, acts[0].when.tzinfo)})
            for act, at in zip(acts, later)]  # fmt: skip
    assert labelling_seconds(acts) == 60 + 300
