"""Which pictures a job consists of: picture i is a seed and a class, whoever draws it and whenever.

The classes follow one another in the order of their numbers; `n` pictures of a class are those of seeds S..S+n-1, each
class from S anew. Without classes the pictures are those of seeds S..S+n-1 of any class.

A dynamic model may not draw a class within a seed's first draws. Picture i of the class then takes seed S+i+n, or
S+i+2n, and so on: no two pictures can meet, and none depends on what happened to another one.

Where the job begins with a variation, those that follow it take the place of the seeds; all of a class come from one
picture, so that no other one is tried.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from amgan.bounds import MAX_SEED
from amgan.bulk.spec import JobSpec
from amgan.errors import RequestError
from amgan.sampling.class_names import ClassNames
from amgan.sampling.variation_name import PictureSeed, picture_seeds

CHUNK_PICTURES = 256
"""Pictures drawn, encoded and written together. A finished job's bytes depend on it, so it is part of the layout."""

MAX_SEEDS_EACH = 8
"""Seeds that are tried for one picture before its class counts as not to be had."""


@dataclass(frozen=True)
class PictureName:
    """One picture of a job.

    Attributes:
        seeds: Its seed, and those to try in turn if the class is not found there.
        label: Number of the class asked, or None for any.
    """

    seeds: Sequence[PictureSeed]
    label: int | None


def with_names_of(spec: JobSpec, classes: ClassNames) -> JobSpec:
    """The job with each class by its own, exact name, whatever it was called.

    Raises:
        RequestError: there is no class that is called so, or one is named twice.
    """
    labels: dict[str, int] = {}
    for label, count in (spec.labels or {}).items():
        name = classes.names[classes.number(label)]
        if name in labels:
            raise RequestError(f"the class {name!r:.60} is named twice")
        labels[name] = count
    return replace(spec, labels=labels) if labels else spec


class PictureNames:
    """All pictures of a job, in their order, held as a few numbers."""

    def __init__(self, spec: JobSpec, class_names: Sequence[str]) -> None:
        """Look the job's classes up.

        Raises:
            RequestError: the model has no class of that name.
        """
        self._count = spec.count
        # Of each class, the same.
        self._seeds = picture_seeds(spec.seed, max(spec.labels.values()) if spec.labels else spec.count)
        self._runs: list[tuple[int | None, int]]
        if spec.labels is None:
            self._runs = [(None, spec.count)]
        else:
            numbers = {name: number for number, name in enumerate(class_names)}
            labels = with_names_of(spec, ClassNames(class_names)).labels or {}
            # By number, so that the order in which a caller names the classes changes nothing.
            self._runs = sorted((numbers[name], count) for name, count in labels.items())
        self._ends = list(itertools.accumulate(count for _, count in self._runs))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> PictureName:
        """Picture number `index`, from 0."""
        if not 0 <= index < self._count:
            raise IndexError(index)
        run = bisect_right(self._ends, index)
        label, count = self._runs[run]
        seed = self._seeds[index - (self._ends[run] - count)]
        if label is None or isinstance(seed, str):
            return PictureName([seed], label)
        return PictureName(range(seed, min(seed + MAX_SEEDS_EACH * count, MAX_SEED + 1), count), label)

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return -(-self._count // CHUNK_PICTURES)

    def chunk(self, number: int) -> list[PictureName]:
        """The pictures of one chunk."""
        return [self[index] for index in self.chunk_range(number)]

    def chunk_range(self, number: int) -> range:
        """The numbers of the pictures of one chunk."""
        return range(number * CHUNK_PICTURES, min((number + 1) * CHUNK_PICTURES, self._count))
