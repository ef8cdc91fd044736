"""Processes that stay on one core, so that a server and its load do not share one."""

from __future__ import annotations

import os

SERVER_CORE = 0


def on(core: int, command: list[str]) -> list[str]:
    """The command, bound to one of the cores that this process may use."""
    return ["taskset", "--cpu-list", str(sorted(os.sched_getaffinity(0))[core]), *command]
