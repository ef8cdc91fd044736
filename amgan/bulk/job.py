"""A job as those see it who asked for it: what it is, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from amgan.bulk.progress import JobProgress
from amgan.bulk.spec import JobSpec

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
STATES: tuple[JobState, ...] = get_args(JobState)

_NONE = type(None)
_KINDS: dict[str, tuple[type, ...]] = {
    "state": (str,), "created": (int, float), "ended": (int, float, _NONE), "problem": (str, _NONE),
    "bytes": (int, _NONE), "estimate": (int,),
}  # fmt: skip


@dataclass(frozen=True)
class Job:
    """A job at one moment.

    Attributes:
        id: Names the job; who knows it may see, fetch and cancel it.
        spec: What is asked for.
        state: waiting for its turn, running, done, failed or cancelled.
        created: When it was asked for, seconds since 1970.
        ended: When it was done, failed or cancelled, likewise; None before.
        problem: Why it failed, or what it waits for to be tried again, in one sentence.
        progress: How far it is while it runs; None before the first chunk.
        bytes: Size of the result; None before there is one.
        estimate: Bytes that its result will have, at most about.
    """

    id: str
    spec: JobSpec
    state: JobState
    created: float
    ended: float | None = None
    problem: str | None = None
    progress: JobProgress | None = None
    bytes: int | None = None
    estimate: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.ended is not None

    def to_json(self) -> dict[str, Any]:
        """What is kept of it on disk: all but its progress, which the files tell."""
        return {
            "spec": self.spec.to_json(), "state": self.state, "created": self.created, "ended": self.ended,
            "problem": self.problem, "bytes": self.bytes, "estimate": self.estimate,
        }  # fmt: skip

    @classmethod
    def from_json(cls, job_id: str, content: Any) -> Job:
        """Take back what `to_json` gave.

        Raises:
            ValueError: it did not give that.
        """
        if not isinstance(content, dict) or content.get("state") not in STATES:
            raise ValueError("no job")
        spec = JobSpec.from_json(content.pop("spec", None))
        if content.keys() != _KINDS.keys() or any(type(content[name]) not in kinds for name, kinds in _KINDS.items()):
            raise ValueError("not the fields of a job")
        return cls(job_id, spec, **content)
