"""Trainings of a project: each a process of its own at low priority, one at a time, which goes on where it was stopped.

A folder each in runs/, in which pilot.json says what was asked for and up to which act the labels count, so that a
training that goes on has the labels it began with.
"""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any, Literal, get_args

from filelock import FileLock, Timeout

from amgan.errors import ConfigError, DataError, TrainingError, one_line
from amgan.networks.architecture import ImageSize
from amgan.networks.config import check_choice
from amgan.projects.folder import Project
from amgan.projects.labels import Labels, labels_of
from amgan.projects.leaving import write_metadata
from amgan.release.folder import CONFIG_FILE, METRICS_FILE
from amgan.whole_files import write_whole

Choice = Literal["first-look", "good", "overnight"]
MINUTES: dict[Choice, int] = {"first-look": 10, "good": 45, "overnight": 480}

RUN_FILE = "pilot.json"
NOT_OPTIONS = frozenset({"data", "out", "resume", "push-to-hub", "private", "push-every", "judge"})
"""Flags of `train` that a project does not take: its folder may come from anywhere, and must not say what is read,
written or published here."""

RELEASES = ("best", "release")
"""The model by its scores, and the last one."""
NICENESS = "10"


@dataclass(frozen=True)
class Run:
    """A training.

    Attributes:
        folder: Where it is.
        choice: What was chosen.
        image_size: Side of the pictures in pixels.
        last_act: Id of the last act whose labels it has.
        options: Further flags of `train`.
        is_finished: Whether it came to its end.
    """

    folder: Path
    choice: Choice
    image_size: ImageSize
    last_act: str
    options: str = ""
    is_finished: bool = False

    def __post_init__(self) -> None:
        """Check what becomes flags.

        Raises:
            ConfigError: a choice or a size that there is not, or options that are not for projects or cannot be read.
        """
        check_choice("choice", self.choice, get_args(Choice))
        check_choice("image_size", self.image_size, get_args(ImageSize))
        try:
            words = shlex.split(self.options)
        except (ValueError, AttributeError) as error:
            raise ConfigError(f"--options: {self.options!r:.80} cannot be read as flags") from error
        for word in words:
            name = word.partition("=")[0].lstrip("-").replace("_", "-")
            if word.startswith("-") and name in NOT_OPTIONS:
                raise ConfigError(f"--options: a project's training does not take --{name}")

    @property
    def model(self) -> Path | None:
        """The release folder of its best model, or the last one; None as long as there is none."""
        return next((self.folder / name for name in RELEASES if (self.folder / name / CONFIG_FILE).is_file()), None)

    @property
    def facts(self) -> dict[str, Any]:
        """What metrics.json says of that model; nothing as long as there is none, or where it cannot be read."""
        with suppress(OSError, ValueError):
            found = self.model and json.loads((self.model / METRICS_FILE).read_bytes())
            return found if isinstance(found, dict) else {}
        return {}

    def command(self, project: Project) -> list[str]:
        """The command that trains, or goes on."""
        saved = next((self.folder / "checkpoints").glob("step-*/COMPLETE"), None)
        return [
            *([nice, "-n", NICENESS] if (nice := shutil.which("nice")) else []),
            *(sys.executable, "-m", "amgan", "train", "--data", str(project.photos), "--label-column", "label"),
            *("--out", str(self.folder), "--image-size", str(self.image_size)),
            *("--minutes", str(MINUTES[self.choice]), *shlex.split(self.options)),
            *(["--resume"] if saved else []),
        ]

    def write(self) -> None:
        """Keep what was asked for."""
        content = {name: value for name, value in asdict(self).items() if name != "folder"}
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / RUN_FILE, json.dumps(content, indent=2).encode() + b"\n")


def runs_of(project: Project) -> list[Run]:
    """The trainings of a project, the newest last.

    Raises:
        ConfigError: what was asked of one cannot be read.
    """
    found = []
    for file in sorted(project.runs.glob(f"*/{RUN_FILE}"), key=lambda file: _number(file.parent)):
        try:
            found.append(Run(file.parent, **json.loads(file.read_bytes())))
        except (ValueError, TypeError) as error:
            raise ConfigError(f"{file} does not hold what it should ({one_line(error):.100}); mend it") from error
    return found


def train_project(
    project: Project, choice: Choice, image_size: ImageSize, options: str, anew: bool, told: Callable[[str], None]
) -> Run:
    """Train a model on the labels, or go on with the training that was not finished; returns when that ends.

    Ctrl-C and SIGTERM let it save what there is.

    Args:
        project: Which.
        choice: How long it may take.
        image_size: Side of the pictures in pixels.
        options: Further flags of `train`.
        anew: Leave an unfinished training as it is.
        told: Is told in a line what begins.

    Raises:
        ConfigError: another training of the project is at work.
        DataError: fewer than two classes have photos.
        TrainingError: it failed.
    """
    project.runs.mkdir(exist_ok=True)
    lock = FileLock(project.runs / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigError(f"{project.folder}: a training is at work there; wait for it, or stop it") from error
    try:
        run, labels = _next_run(project, choice, image_size, options, anew, told)
        write_metadata(project, labels)
        run.write()
        if wait_for(subprocess.Popen(run.command(project))):
            run = replace(run, is_finished=True)
            run.write()
    finally:
        lock.release()
    return run


def _next_run(
    project: Project, choice: Choice, image_size: ImageSize, options: str, anew: bool, told: Callable[[str], None]
) -> tuple[Run, Labels]:
    acts = project.log.read()
    run = next((run for run in reversed(runs_of(project)) if not run.is_finished), None)
    last = len(acts)
    if run is None or anew:
        folder = project.runs / f"{max(map(_number, project.runs.glob('*/')), default=0) + 1}-{choice}"
        run = Run(folder, choice, image_size, acts[-1].id if acts else "", options)
        words = f"Trains    in {folder}, {MINUTES[choice]} minutes, and some more before and after"
    else:
        words = f"Goes on   in {run.folder}, with the labels and settings that it began with"
        last = next((number for number, act in enumerate(acts, 1) if act.id == run.last_act), last)
    labels = labels_of(acts[:last])
    if len(labels.counts) < 2:
        raise DataError(f"{project.folder}: {len(labels.counts)} classes have photos; label two or more first")
    told(words)
    return run, labels


def wait_for(process: subprocess.Popen[bytes]) -> bool:
    """Whether a training came to its end, and was not asked to stop before.

    Raises:
        TrainingError: it failed.
    """
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        if number == signal.SIGTERM:  # Ctrl-C reaches it by itself
            process.terminate()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if status and not asked:
        raise TrainingError("the training failed, as said above; once that is mended, the same command goes on")
    return not asked


def _number(folder: Path) -> int:
    first = folder.name.split("-")[0]
    return int(first) if first.isdecimal() and len(first) < 9 else 0
