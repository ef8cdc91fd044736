"""Which part of a job's chunks is whose: of processes that wait for one another, or of machines that do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from amgan.errors import RequestError

SLURM = "slurm"
"""In place of RANK/OF: what Slurm says of this task of an array."""


@dataclass(frozen=True)
class Share:
    """Which part of the chunks a process does: every `of`-th, from number `rank` on.

    Attributes:
        rank: Number of this process; number 0 puts the result together.
        of: How many processes there are.
        wait: Returns once every process has called it.
    """

    rank: int = 0
    of: int = 1
    wait: Callable[[], None] = lambda: None

    def __str__(self) -> str:
        return f"{self.rank}/{self.of}"


def share_named(text: str, environment: Mapping[str, str]) -> Share:
    """The share that "2/8" or "slurm" names.

    Args:
        text: RANK/OF, counted from 0, or "slurm".
        environment: Where Slurm says which task of how many this is.

    Raises:
        RequestError: it names none.
    """
    if text == SLURM:
        return _share_of_array(environment)
    if not (found := re.fullmatch(r"(\d{1,9})/(\d{1,9})", text, re.ASCII)):
        raise RequestError(f"--share must be RANK/OF, such as 0/8 for the first of eight, or {SLURM}, not {text!r:.40}")
    rank, of = int(found[1]), int(found[2])
    if rank >= of:
        raise RequestError(
            f"there is no share {text}" + (f": the shares of {of} are 0/{of} to {of - 1}/{of}" if of else "")
        )
    return Share(rank, of)


def _share_of_array(environment: Mapping[str, str]) -> Share:
    try:
        task, count, least, most = (
            int(environment[f"SLURM_ARRAY_TASK_{name}"]) for name in ("ID", "COUNT", "MIN", "MAX")
        )
    except (KeyError, ValueError) as error:
        raise RequestError(
            f"--share {SLURM}: this is no task of an array; submit it with sbatch --array=0-7, or give --share RANK/OF"
        ) from error
    if most - least + 1 != count:
        # Such as --array=3,7 to run two tasks again: which shares of how many they are is not known.
        raise RequestError(
            f"--share {SLURM}: the array has gaps ({count} tasks from {least} to {most}); give --share RANK/OF"
        )
    return Share(task - least, count)
