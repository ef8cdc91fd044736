"""A training as a process in the background: started, found again by whoever comes after a kill, stopped, and heard."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from amgan.data.reasons import Reason
from amgan.projects.folder import Project
from amgan.projects.runs import Run
from amgan.whole_files import write_whole

PROCESS_FILE = "process.json"
OUTPUT_FILE = "output.txt"
"""What a training says."""

MOST_READ = 8192
"""So many bytes of its end are read."""

SAME_START = 2.0
"""Seconds that two readings of when a process began may be apart."""

LONGEST_PROBLEM = 300

_LINE = re.compile(
    r"^step (?P<step>\d+)/(?P<steps>\d+)  .* images/s"
    r"(?:  (?:(?P<hours>\d+) h )?(?P<minutes>\d+) min left)?(?:  (?P<how>[A-Za-z].*))?$"
)
_HOW = {
    "D is too strong": "too-strong",
    "pictures less than half as varied as real ones": "little-variety",
    "pictures no longer change": "still",
    "pictures still change": "changing",
}


@dataclass(frozen=True)
class Progress:
    """How far a training is.

    Attributes:
        step: Steps done.
        steps: Steps in all; 0 as long as that is not known.
        minutes_left: As it said last; None before it knows.
        how: How it goes, by a name; "" where nothing is said.
    """

    step: int = 0
    steps: int = 0
    minutes_left: int | None = None
    how: str = ""


def start(project: Project, run: Run) -> subprocess.Popen[bytes]:
    """Start a training, or go on with it, in a session of its own: what ends the server's terminal does not end it.

    Raises:
        ConfigError: the model that it is to start from is gone.
        OSError: it cannot be started.
    """
    command = run.command(project)
    with (run.folder / OUTPUT_FILE).open("ab") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    with suppress(psutil.NoSuchProcess):
        content = {"pid": process.pid, "began": psutil.Process(process.pid).create_time()}
        write_whole(run.folder / PROCESS_FILE, json.dumps(content).encode())
    return process


def found_again(run: Run) -> psutil.Process | None:
    """The process of a training that another server started, if it still lives."""
    try:
        content = json.loads((run.folder / PROCESS_FILE).read_bytes())
        process = psutil.Process(int(content["pid"]))
        # Numbers of processes are given again.
        same = abs(process.create_time() - float(content["began"])) < SAME_START
        arguments = process.cmdline()
        alive = process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    return process if same and alive and str(run.folder) in arguments else None


def last_words(run: Run) -> list[str]:
    """The last lines that a training said."""
    with suppress(OSError), (run.folder / OUTPUT_FILE).open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - MOST_READ))
        return file.read(MOST_READ).decode(errors="replace").splitlines()
    return []


def progress_of(run: Run) -> Progress:
    """How far a training is, by what it said last."""
    for line in reversed(last_words(run)):
        if found := _LINE.match(line):
            minutes = found["minutes"] and int(found["hours"] or 0) * 60 + int(found["minutes"])
            how = _HOW.get((found["how"] or "").strip(), "")
            return Progress(int(found["step"]), int(found["steps"]), minutes or None, how)
    return Progress()


def sheet_of(run: Run) -> Path | None:
    """The newest sheet of a training."""
    return max((run.folder / "sheets").glob("step-*.png"), default=None)


def why_it_ended(run: Run, status: int) -> Reason:
    """Why a training ended before its end.

    Args:
        run: Which.
        status: That of its process: of one that a signal ended, less than 0.
    """
    lines = [line.strip() for line in last_words(run) if line.strip()]
    said = next((line.removeprefix("error: ") for line in reversed(lines) if line.startswith("error: ")), "")
    if said:
        return Reason("training_said", {"sentence": said[:LONGEST_PROBLEM]})
    if status == -signal.SIGKILL:
        return Reason("training_killed")
    last = f" ({lines[-1]:.200})" if lines else ""
    return Reason("training_silent", {"sentence": last, "file": OUTPUT_FILE})
