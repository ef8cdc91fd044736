"""How far a run of a job is, and how fast."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["drawing", "packing"]

RATE_REPORTS = 32
"""The speed is that of the last so many chunks."""


@dataclass(frozen=True)
class JobProgress:
    """How far a run is.

    Attributes:
        stage: "drawing" pictures, or "packing" them into the result.
        done: Pictures done in this stage, those of earlier runs included.
        total: Pictures there are to do; under several processes this one's share of them.
        images_per_second: Speed of late; None before the first chunk.
        seconds_left: Until the end of this stage, at that speed.
    """

    stage: Stage
    done: int
    total: int
    images_per_second: float | None = None
    seconds_left: float | None = None

    @property
    def drawn(self) -> int:
        """Pictures that are drawn, in whatever stage."""
        return self.total if self.stage == "packing" else self.done


class Clock:
    """Tells the caller how far a stage is."""

    def __init__(self, tell: Callable[[JobProgress], None] | None, stage: Stage, done: int, total: int) -> None:
        self._tell = tell
        self._stage = stage
        self._done = done
        self._total = total
        self._seen = deque([(time.monotonic(), done)], maxlen=RATE_REPORTS)
        self._report(JobProgress(stage, done, total))

    def advance(self, pictures: int) -> None:
        """Count some pictures as done."""
        self._done += pictures
        self._seen.append((time.monotonic(), self._done))
        (since, before), (now, _) = self._seen[0], self._seen[-1]
        rate = (self._done - before) / max(now - since, 1e-9)
        self._report(JobProgress(self._stage, self._done, self._total, rate, (self._total - self._done) / rate))

    def _report(self, progress: JobProgress) -> None:
        if self._tell:
            self._tell(progress)
