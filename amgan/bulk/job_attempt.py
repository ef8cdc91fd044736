"""One run of a job, and what came of it: a result, a problem that may pass, or one that does not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from amgan.bulk.drawing import Draw
from amgan.bulk.progress import JobProgress
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.errors import AmganError, AtWorkError, ClassSearchError, RequestError, RevisionAwayError
from amgan.sampling.class_names import ClassNames
from amgan.whole_files import FULL

logger = logging.getLogger(__name__)

PASSING = (RevisionAwayError, AtWorkError)
"""What may pass although it is the fault of what was asked: a server that lost a job may still be at work on it."""


class JobModel(Protocol):
    """The model that a job's pictures are of."""

    @property
    def classes(self) -> ClassNames:
        """Its classes."""

    @property
    def knows_classes(self) -> bool:
        """Whether a class can be asked for."""

    @property
    def draw(self) -> Draw:
        """Draws its pictures, in the time that nobody else needs."""

    @property
    def abreast(self) -> int:
        """How many chunks it draws best at once."""

    @property
    def picture_bytes(self) -> int:
        """About how many bytes a picture of it takes in a result."""


OpenModel = Callable[[str, str], JobModel]
"""Gives the model of a name and revision; raises an AmganError if it cannot."""


@dataclass(frozen=True)
class Attempt:
    """What came of running a job. Without a size and a problem it was told to stop.

    Attributes:
        bytes: Size of the result; None if there is none.
        problem: Why there is none, in one sentence for whoever asked for the job.
        may_pass: Whether the next run may go on from there.
        is_full: Whether the disk had no room for it, and has none as long as its chunks are kept there.
    """

    bytes: int | None = None
    problem: str | None = None
    may_pass: bool = False
    is_full: bool = False


def attempt_job(
    spec: JobSpec,
    open_model: OpenModel,
    work: Path,
    on_progress: Callable[[JobProgress], None],
    should_stop: Callable[[], bool],
) -> Attempt:
    """Run a job, or what is left of it, whatever happens.

    Args:
        spec: The job.
        open_model: Opens its model.
        work: The folder of its pictures.
        on_progress: Told how far it is.
        should_stop: Asked between chunks.
    """
    try:
        model = open_model(spec.model, spec.revision)
        abreast = model.abreast
        result = run_job(spec, model.draw, model.classes.names, work, on_progress, should_stop, abreast=abreast)
        return Attempt() if result is None else Attempt(bytes=result.stat().st_size)
    except AmganError as error:
        is_final = isinstance(error, (RequestError, ClassSearchError)) and not isinstance(error, PASSING)
        return Attempt(problem=_without(str(error), work), may_pass=not is_final)
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            logger.warning("a job was broken off: %s", error)
            problem, is_full = f"the server could not write it ({error.strerror})", error.errno in FULL
            return Attempt(problem=problem, may_pass=not is_full, is_full=is_full)
        logger.exception("a job was broken off")
        return Attempt(problem="something unexpected went wrong on the server", may_pass=True)


def _without(sentence: str, work: Path) -> str:
    """A sentence for whoever asked for a job, whom the server's folders do not concern."""
    return sentence.replace(f"{work}: ", "").replace(str(work), "its folder")
