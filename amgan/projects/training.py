"""A project's training by a command: it lasts as long as the command, and goes on where it was stopped."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from filelock import FileLock, Timeout

from amgan.errors import ConfigError, TrainingError
from amgan.projects.folder import Project
from amgan.projects.leaving import write_metadata
from amgan.projects.runs import Run, changed, labels_as_begun, runs_of


@contextmanager
def training_alone(project: Project) -> Iterator[None]:
    """Keep other trainings out of a project: they share the labels that are written beside its photos.

    Raises:
        ConfigError: one is at work.
    """
    project.runs.mkdir(exist_ok=True)
    lock = FileLock(project.runs / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigError(f"{project.folder}: a training is at work there; wait for it, or stop it") from error
    try:
        yield
    finally:
        lock.release()


def train_project(project: Project, begun: Callable[[], Run], anew: bool, told: Callable[[str], None]) -> Run:
    """Train a model on the labels, or go on with the training that was not finished; returns when that ends.

    Ctrl-C and SIGTERM let it save what there is.

    Args:
        project: Which.
        begun: Gives the training to begin if there is none to go on with.
        anew: Leave an unfinished training as it is.
        told: Is told in a line what begins.

    Raises:
        ConfigError: another training of the project is at work.
        DataError: fewer than two classes have photos.
        TrainingError: it failed.
    """
    with training_alone(project):
        run = next((run for run in reversed(runs_of(project)) if not run.is_finished), None)
        if run is None or anew:
            run = begun()
            told(f"Trains    in {run.folder}, {run.minutes} minutes, and some more before and after")
        else:
            told(f"Goes on   in {run.folder}, with the labels and settings that it began with")
        write_metadata(project, labels_as_begun(project, run))
        run.write()
        if wait_for(subprocess.Popen(run.command(project))):
            run = changed(project, run, is_finished=True, wanted_since=0.0, problem=None)
    return run


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
