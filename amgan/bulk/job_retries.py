"""Which jobs wait to be tried again, and how long."""

from __future__ import annotations

import time
from dataclasses import dataclass

LONGEST_PAUSE = 30
"""So many times the first one."""


@dataclass(frozen=True)
class Missed:
    """What became of the last tries of a job.

    Attributes:
        times: So often in a row it got no further.
        done: Pictures it had in the end.
    """

    times: int = 0
    done: int = -1

    def again(self, done: int) -> Missed:
        """After one more try that failed; more pictures than before begin a new row of tries."""
        return Missed(self.times + 1 if done <= self.done else 1, done)

    def pause(self, first: float) -> float:
        """Seconds until the next try: those of the first pause, then twice as long each time, up to a bound."""
        return first * min(2 ** (self.times - 1), LONGEST_PAUSE)


class JobRetries:
    """Counts the tries of jobs that got no further. For one thread at a time."""

    def __init__(self, most: int, pause: float) -> None:
        """Start without any.

        Args:
            most: So often in a row a job is tried again.
            pause: Seconds before the first of these.
        """
        self._most = most
        self._pause = pause
        self._missed: dict[str, Missed] = {}
        # On the clock that never goes back.
        self._due: dict[str, float] = {}

    def missed(self, job_id: str, done: int) -> bool:
        """Count a try that failed.

        Args:
            job_id: The job.
            done: Pictures it has now; more than after the last try begin a new row of tries.

        Returns:
            Whether it shall be tried again, which `is_due` tells when.
        """
        missed = self._missed.get(job_id, Missed()).again(done)
        if missed.times > self._most:
            self.forget(job_id)
            return False
        self._missed[job_id], self._due[job_id] = missed, time.monotonic() + missed.pause(self._pause)
        return True

    def forget(self, job_id: str) -> None:
        """Nothing more is known of this job."""
        self._missed.pop(job_id, None)
        self._due.pop(job_id, None)

    def is_due(self, job_id: str) -> bool:
        """Whether the job may be tried now; one that never failed may."""
        return self._due.get(job_id, 0.0) <= time.monotonic()

    def seconds_until(self, job_id: str) -> float:
        """How long until it is due, 0 if it is."""
        return max(0.0, self._due.get(job_id, 0.0) - time.monotonic())
