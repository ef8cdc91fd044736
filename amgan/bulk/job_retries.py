"""Which jobs wait to be tried again, and how long."""

from __future__ import annotations

import time
from dataclasses import dataclass

LONGEST_PAUSE = 30
"""So many times the first one."""


@dataclass(frozen=True)
class _Missed:
    """What became of the last tries of a job.

    Attributes:
        times: So often in a row it got no further.
        done: Pictures it had in the end.
        due: When it is tried again, on the clock that never goes back.
    """

    times: int
    done: int
    due: float


class JobRetries:
    """Counts the tries of jobs that got no further. For one thread at a time."""

    def __init__(self, most: int, pause: float) -> None:
        """Start without any.

        Args:
            most: So often in a row a job is tried again.
            pause: Seconds before the first of these; then twice as long each time, up to a bound.
        """
        self._most = most
        self._pause = pause
        self._missed: dict[str, _Missed] = {}

    def missed(self, job_id: str, done: int) -> bool:
        """Count a try that failed.

        Args:
            job_id: The job.
            done: Pictures it has now; more than after the last try begin a new row of tries.

        Returns:
            Whether it shall be tried again, which `is_due` tells when.
        """
        before = self._missed.get(job_id)
        times = before.times + 1 if before is not None and done <= before.done else 1
        if times > self._most:
            self.forget(job_id)
            return False
        pause = self._pause * min(2 ** (times - 1), LONGEST_PAUSE)
        self._missed[job_id] = _Missed(times, done, time.monotonic() + pause)
        return True

    def forget(self, job_id: str) -> None:
        """Nothing more is known of this job."""
        self._missed.pop(job_id, None)

    def is_due(self, job_id: str) -> bool:
        """Whether the job may be tried now; one that never failed may."""
        missed = self._missed.get(job_id)
        return missed is None or missed.due <= time.monotonic()

    def seconds_until(self, job_id: str) -> float:
        """How long until it is due, 0 if it is."""
        missed = self._missed.get(job_id)
        return 0.0 if missed is None else max(0.0, missed.due - time.monotonic())
