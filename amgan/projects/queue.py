"""The trainings that a server was asked for: one at a time over all projects, as their files say, whoever is killed.

Nothing is kept but what stands in the folders: which training is wanted, and which process is at work. So a server that
comes after another one's end finds the training again, or goes on with it; and any process may ask or stop.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import psutil
from filelock import FileLock, Timeout

from amgan.data.reasons import Reason
from amgan.errors import AmganError, BusyError, ConfigError, RequestError
from amgan.projects.background import found_again, start, why_it_ended
from amgan.projects.folder import Project
from amgan.projects.leaving import write_metadata
from amgan.projects.looking import has_looked
from amgan.projects.runs import NICENESS, Run, changed, labels_as_begun, run_of, runs_of, throw_away
from amgan.projects.training import training_alone

State = Literal["training", "waiting", "stopping", "stopped", "failed", "finished"]

LOOK_EVERY = 1.0
"""Seconds after which files are looked through again."""

STOP_SECONDS = 5.0
"""So long a server that stops waits for a training to save; it saves all the same if that takes longer."""

MOST_WAITING = 10
"""Of all projects together."""

LOOKS = 2
"""So often what can be said of a model is tried to be found out: what was killed may come through."""

logger = logging.getLogger(__name__)


class TrainingQueue:
    """Trains what is wanted, in a thread that mostly waits."""

    def __init__(self, projects: Callable[[], Iterable[Project]], lock: Path) -> None:
        """Keep what is needed.

        Args:
            projects: Gives the projects as they are now.
            lock: A file; of all servers on the same projects, one trains.
        """
        self._projects = projects
        self._lock = FileLock(lock)
        self._ending = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._looked_at: Counter[Path] = Counter()

    def start(self) -> None:
        """Begin, or take up what another server left."""
        self._thread = threading.Thread(target=self._run, name="trainings", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the training save and end; it is still wanted, so the next server goes on with it."""
        self._ending.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def begin(self, project: Project, run: Run) -> Run:
        """Want a new training.

        Raises:
            RequestError: another one was begun at the same moment, and took its place.
            BusyError: too many are waiting.
            OSError: it cannot be written down.
        """
        try:
            run.folder.mkdir()
        except FileExistsError as error:
            raise RequestError(Reason("begun_just_now")) from error
        run.write()
        try:
            return self.ask(project, run)
        except AmganError:
            throw_away(project, run)
            raise

    def ask(self, project: Project, run: Run) -> Run:
        """Want a training that is not finished.

        Raises:
            RequestError: it is finished.
            BusyError: too many are waiting.
            OSError: it cannot be written down.
        """
        if run.is_finished:
            raise RequestError(Reason("training_finished"))
        if found_again(run) is not None:
            raise RequestError(Reason("training_saves"))
        if sum(1 for _ in self._wanted()) >= MOST_WAITING:
            raise BusyError(Reason("many_waiting", {"most": str(MOST_WAITING)}))
        run = changed(project, run, wanted_since=time.time(), problem=None)
        self._woken.set()
        return run

    def stop_run(self, project: Project, run: Run) -> Run:
        """Want a training no more: it saves and ends, or does not begin. It can be asked for again."""
        run = changed(project, run, wanted_since=0.0)
        self._woken.set()
        return run

    def throw_away(self, project: Project, run: Run) -> None:
        """Remove a training with its model.

        Raises:
            RequestError: it is at work, or another one is to start from it.
            OSError: it cannot be removed.
        """
        if self.state(run) in ("training", "stopping"):
            raise RequestError(Reason("training_at_work"))
        if any(other.starts_from == run.folder.name and not other.is_finished for other in runs_of(project)):
            raise RequestError(Reason("training_needed"))
        throw_away(project, run)

    def state(self, run: Run) -> State:
        """How it stands with a training."""
        if found_again(run) is not None:
            return "training" if run.wanted_since else "stopping"
        if run.is_finished:
            return "finished"
        if run.problem:
            return "failed"
        return "waiting" if run.wanted_since else "stopped"

    def ahead_of(self, run: Run) -> int:
        """How many wanted trainings come before one that waits."""
        return sum(other.wanted_since < run.wanted_since for _, other in self._wanted())

    def _run(self) -> None:
        while not self._ending.is_set():
            self._woken.clear()
            worked = False
            try:
                if any(True for _ in self._wanted()) or self._unseen():
                    with self._alone():
                        worked = any(self._train(project, run) for project, run in self._in_order()) or self._look()
            except Timeout:
                pass  # another server is at work
            except Exception:  # whatever it is, the trainings behind it must not wait for ever
                logger.exception("a training could not be looked after")
            if not worked:
                self._woken.wait(LOOK_EVERY)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._lock.acquire(timeout=0)
        try:
            yield
        finally:
            self._lock.release()

    def _wanted(self) -> Iterator[tuple[Project, Run]]:
        for project in self._projects():
            with suppress(AmganError, OSError):  # one that is broken must not keep the others from their turn
                yield from ((project, run) for run in runs_of(project) if run.wanted_since and not run.is_finished)

    def _in_order(self) -> list[tuple[Project, Run]]:
        # One that is at work already comes first: never two at once.
        return sorted(self._wanted(), key=lambda one: (found_again(one[1]) is None, one[1].wanted_since))

    def _train(self, project: Project, run: Run) -> bool:
        """See one training to its end; False if it cannot be had now, as a command trains in its project."""
        if self._ending.is_set():
            return False
        try:
            with training_alone(project):
                self._see_through(project, run)
        except ConfigError:
            return False
        return True

    def _see_through(self, project: Project, run: Run) -> None:
        process: subprocess.Popen[bytes] | psutil.Process | None = found_again(run)
        if process is None:
            try:
                write_metadata(project, labels_as_begun(project, run))
                process = start(project, run)
            except (AmganError, OSError) as error:
                changed(project, run, wanted_since=0.0, problem=Reason.of(error, 300))
                return
        asked = False
        while (status := _status(process)) is None:
            if not asked and (self._ending.is_set() or not run_of(project, run.folder.name).wanted_since):
                asked = True
                with suppress(psutil.Error):
                    process.terminate()  # it saves
            self._woken.wait(LOOK_EVERY)
            self._woken.clear()
        if asked or isinstance(process, psutil.Process):
            return  # of another server's process nobody knows how it ended: it is gone on with, and that tells
        if status == 0:
            changed(project, run, is_finished=True, wanted_since=0.0, problem=None)
        else:
            changed(project, run, wanted_since=0.0, problem=why_it_ended(run, status))

    def _unseen(self) -> list[tuple[Project, Run]]:
        """Finished models of which nothing was found out yet, and that were not tried often enough."""
        found = []
        for project in self._projects():
            with suppress(AmganError, OSError):
                found += [
                    (project, run)
                    for run in runs_of(project)
                    if run.is_finished and run.model and not has_looked(run) and self._looked_at[run.folder] < LOOKS
                ]
        return found

    def _look(self) -> bool:
        """Have found out what can be said of a model; it is there without that."""
        for project, run in self._unseen()[:1]:
            self._looked_at[run.folder] += 1
            _look_at(project, run)
            return True
        return False


def _look_at(project: Project, run: Run) -> None:
    nice = [found, "-n", NICENESS] if (found := shutil.which("nice")) else []
    command = [*nice, sys.executable, "-m", "amgan", "project", "look", str(project.folder), "--run", run.folder.name]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        logger.warning("what %s lacks was not found out: %s", run.folder.name, done.stderr.strip()[-300:])


def _status(process: subprocess.Popen[bytes] | psutil.Process) -> int | None:
    if isinstance(process, subprocess.Popen):
        return process.poll()
    with suppress(psutil.Error):
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            return None
    return 0
