"""A training that is killed in the midst of what a test aims at, by its own process: from outside it may be over."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from amgan.training.checkpoint import UNFINISHED, complete_checkpoints
from amgan.training.run_folder import checkpoint_folder
from tests.training.runs import printed_run

REMOVING = f"{UNFINISHED}removing-"
AIMS = ("removal of a checkpoint", "checkpoint", "release", "anything else")
TOUCHES_FILES = frozenset({"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir"})
"""What Python tells of, each before it is done."""


def state(out: Path) -> str:
    """What a training was at, by what it has left half done."""
    unfinished = [path.name for path in checkpoint_folder(out).glob(f"{UNFINISHED}*")]
    if any(name.startswith(REMOVING) for name in unfinished):
        return "removal of a checkpoint"
    if unfinished:
        return "checkpoint"
    return "release" if any(out.glob(".release.*")) else "anything else"


def steps_saved(out: Path) -> int:
    """How far a training would go on from."""
    found = complete_checkpoints(checkpoint_folder(out))
    return int(found[-1].name.removeprefix("step-")) if found else 0


def killed_run(aim: str, saved: int, passed_by: int, seconds: float, data: str, out: str, **settings: Any) -> None:
    """`printed_run`, until its process ends itself.

    Args:
        aim: What it is at then, one of `AIMS`.
        saved: So many steps at least.
        passed_by: So many times that it touches a file at such a moment, before the one that counts.
        seconds: After that one.
        data: See `printed_run`.
        out: Likewise.
        settings: Likewise.
    """
    left, is_looking = passed_by, threading.local()

    def touches(event: str, _: object) -> None:
        nonlocal left
        if event not in TOUCHES_FILES or left < 0 or getattr(is_looking, "now", False):
            return
        is_looking.now = True
        left -= steps_saved(Path(out)) >= saved and state(Path(out)) == aim
        is_looking.now = False
        if left < 0 and seconds:
            threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
        elif left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(touches)
    printed_run(data, out, **settings)
