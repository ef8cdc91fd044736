"""What is being brought into the projects of a server: a process for each, few at once, and how far it is."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from typing import Any, Literal

from amgan.data.reasons import Reason
from amgan.errors import BusyError
from amgan.projects.folder import Project

MOST_AT_ONCE = 1
"""Each reads with several processes."""

MOST_SECONDS = 2 * 3600.0
"""A process that takes longer is ended."""

ENDED, STOPPED = Reason("arrival_ended"), Reason("arrival_stopped")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """How far the photos of a project are.

    Attributes:
        step: What is done now.
        done: So many files or photos of this step.
        total: Of so many.
        arrived: What came of it, an `amgan.projects.bringing.Brought` with the first of its broken files and
            `broken_count`; None as long as that is not known.
        problem: Why it failed; None if it did not.
    """

    step: Literal["waiting", "reading", "looking", "done", "failed"] = "waiting"
    done: int = 0
    total: int = 0
    arrived: dict[str, Any] | None = None
    problem: Reason | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether there is more to come."""
        return self.step not in ("done", "failed")


class Arrivals:
    """All of a server."""

    def __init__(self) -> None:
        self._now: dict[str, Arrival] = {}
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._stopped: set[str] = set()
        self._lock = threading.Lock()
        self._places = threading.Semaphore(MOST_AT_ONCE)
        self._is_closed = False

    def of(self, project: Project) -> Arrival | None:
        """How far a project's is; None if there was none since the server started."""
        return self._now.get(project.folder.name)

    def start(self, project: Project, who: str, source: str = "") -> None:
        """Bring in what has come whole, and look at the photos.

        Args:
            project: Where to.
            who: Whoever brings them.
            source: In place of that, what is to be brought, as `amgan.projects.bringing.bring` takes it.

        Raises:
            BusyError: the project's photos are being read already.
        """
        name = project.folder.name
        with self._lock:
            if self._is_closed:
                raise BusyError(Reason("server_stops"))
            if (before := self._now.get(name)) and before.is_at_work:
                raise BusyError(Reason("photos_being_read"))
            self._now[name] = Arrival()
            self._stopped.discard(name)
        threading.Thread(target=self._run, args=(project, who, source), daemon=True).start()

    def stop(self, project: Project) -> None:
        """End what is at work for a project; photos that are in it already stay."""
        with self._lock:
            process = self._processes.get(project.folder.name)
            if process is not None:
                self._stopped.add(project.folder.name)
        if process is not None:
            process.terminate()

    def close(self) -> None:
        """End all of it."""
        with self._lock:
            self._is_closed = True
            processes = list(self._processes.values())
        for process in processes:
            process.terminate()

    def _run(self, project: Project, who: str, source: str) -> None:
        name = project.folder.name
        command = [sys.executable, "-m", "amgan.projects.arriving", str(project.folder.absolute()), who]
        command += [source] if source else []
        with self._places:
            try:
                # A process group of its own: Ctrl-C in the server's terminal is for the server, which ends it then.
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, encoding="utf-8",
                    start_new_session=os.name != "nt",
                )  # fmt: skip
            except OSError as error:
                logger.warning("photos cannot be read: %s", error)
                self._note(name, step="failed", problem=ENDED)
                return
            with self._lock:
                self._processes[name] = process
                if self._is_closed:
                    process.terminate()
            timer = threading.Timer(MOST_SECONDS, process.kill)
            timer.start()
            try:
                self._follow(name, process, project)
            finally:
                timer.cancel()
                with self._lock:
                    del self._processes[name]

    def _follow(self, name: str, process: subprocess.Popen[str], project: Project) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                with contextlib.suppress(ValueError):
                    said = json.loads(line)
                    if said.get("problem"):
                        said["problem"] = Reason.read(said["problem"]).replace(f"{project.folder.absolute()}/", "")
                    self._note(name, **said)
        process.wait()
        if self._now[name].is_at_work:
            self._note(name, step="failed", problem=STOPPED if name in self._stopped else ENDED)

    def _note(self, name: str, **said: Any) -> None:
        with self._lock:
            self._now[name] = replace(self._now[name], **said)
