"""What a bulk job is asked for: which pictures of which model, in which form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from amgan.bounds import (
    MAX_JOB_PICTURES,
    check_confidence,
    check_job_pictures,
    check_truncation,
)
from amgan.bulk.formats import FORMS, FormName
from amgan.errors import RequestError
from amgan.sampling.picture_row import MAX_NAME, check_text
from amgan.sampling.variation_name import PictureSeed, picture_seeds

MAX_JSON_BYTES = 1_000_000


@dataclass(frozen=True)
class JobSpec:
    """A bulk job; checked when it is made.

    Attributes:
        model: Name of the model, for the manifest.
        revision: The model's revision, which its pictures belong to.
        format: One of `amgan.bulk.formats.FORMS`.
        n: How many pictures of any class; None if `labels` says how many.
        labels: How many pictures of each class, by the class's exact name; None for any class.
        seed: S: the pictures of each class, or of any, are those of seeds S, S + 1, ... The name of a variation in its
            place means that one and those that follow it, of each class's picture of the seed.
        truncation: Scale of the latents, above 0, at most 2.
        confidence: Dynamic models: D's least probability of an asked class; None takes the model's own.
    """

    model: str
    revision: str
    format: FormName
    n: int | None = None
    labels: Mapping[str, int] | None = None
    seed: PictureSeed = 0
    truncation: float = 1.0
    confidence: float | None = None

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            RequestError: naming the field and what is allowed.
        """
        for name in ("model", "revision"):
            check_text(name, getattr(self, name), MAX_NAME)
        if self.format not in tuple(FORMS):  # it may be unhashable
            raise RequestError(f"format must be one of {', '.join(FORMS)}, not {self.format!r:.40}")
        counts = self._checked_counts()
        picture_seeds(self.seed, max(counts))
        check_truncation(self.truncation)
        if self.confidence is not None:
            check_confidence(self.confidence)

    @property
    def count(self) -> int:
        """How many pictures, over all classes."""
        return sum(self.labels.values()) if self.labels is not None else int(self.n or 0)

    def to_json(self) -> dict[str, Any]:
        """The job as plain data, which `from_json` takes back."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: str | bytes | Mapping[str, Any]) -> JobSpec:
        """A job from JSON text, or from what such a text was parsed to.

        Raises:
            RequestError: no JSON object, an unknown or missing field, or what `JobSpec` refuses.
        """
        if isinstance(content, (str, bytes)):
            if len(content) > MAX_JSON_BYTES:
                raise RequestError(f"a job has at most {MAX_JSON_BYTES} bytes of JSON")
            try:
                content = json.loads(content)
            except (ValueError, RecursionError) as error:
                raise RequestError(f"a job must be JSON ({type(error).__name__})") from error
        if not isinstance(content, Mapping):
            raise RequestError("a job must be one JSON object")
        known = [field.name for field in fields(cls)]
        for name in content:
            if name not in known:
                raise RequestError(f"a job has no field {name!r:.60}; it has {', '.join(known)}")
        for name in ("model", "revision", "format"):
            if name not in content:
                raise RequestError(f"a job needs the field {name!r}")
        return cls(**content)

    def _checked_counts(self) -> list[int]:
        if (self.n is None) == (self.labels is None):
            raise RequestError("give either n, for any class, or labels, how many of each class")
        if self.labels is None:
            counts = [check_job_pictures(self.n, "n")]
        else:
            if not isinstance(self.labels, Mapping) or not self.labels:
                raise RequestError('labels must say how many of each class, as {"Sneaker": 20000}')
            for name in self.labels:
                check_text("a class in labels", name, MAX_NAME)
            counts = [check_job_pictures(count, f"labels[{name!r:.60}]") for name, count in self.labels.items()]
        if sum(counts) > MAX_JOB_PICTURES:
            raise RequestError(f"a job has at most {MAX_JOB_PICTURES} pictures, not {sum(counts)}")
        return counts
