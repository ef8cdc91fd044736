"""What the page shows, as plain values: enough to draw it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from amgan.interpolation import Method
from amgan.reviews.review_spec import DEFAULT_QUESTION, Scale

Tab = Literal["sample", "interpolate", "batch", "review", "about"]
FileFormat = Literal["zip", "parquet", "npz"]

COUNTS = (1, 9, 16, 25, 64)
"""Numbers of pictures that the page offers."""
MAX_COUNT = 64
ANY = ""
"""What the class controls hold for any class. Never a class: class names are not blank."""
MIN_FRAMES, MAX_FRAMES = 2, 128


@dataclass(frozen=True)
class SampleState:
    """A sheet of pictures: seeds `seed`, `seed` + 1, ... of one class, or of any."""

    label: str | None = None
    count: int = 16
    seed: int = 0
    truncation: float = 1.0


@dataclass(frozen=True)
class EndState:
    """One end of a morph: a picture by seed and class, None for any."""

    seed: int
    label: str | None = None


@dataclass(frozen=True)
class MorphState:
    """A walk from one picture to another."""

    start: EndState = EndState(0)
    end: EndState = EndState(1)
    frames: int = 32
    truncation: float = 1.0
    method: Method = "slerp"
    loop: bool = False


@dataclass(frozen=True)
class BatchState:
    """What the form of a job says: so many pictures of each class, or of any if none is named.

    `confidence` is D's least probability of a class, None for the model's own.
    """

    labels: tuple[str, ...] = ()
    count: int = 1000
    seed: int = 0
    truncation: float = 1.0
    format: FileFormat = "zip"
    confidence: float | None = None


@dataclass(frozen=True)
class ReviewState:
    """What the form of a review says.

    Attributes:
        title: What it is called; empty for what it shows.
        question: What the reviewers are asked.
        labels: The classes; none for any.
        count: How many pictures of each class, or of any.
        seed: The first picture's.
        truncation: Scale of the latents.
        scale: Keep or reject, or 1 to 5.
        target: Least share of pictures kept, in per cent; None for none.
        against: The model whose pictures are shown beside; None for single pictures.
        against_revision: Its revision, None for the one that the shelf shows.
        confidence: D's least probability of a class, None for the model's own.
    """

    title: str = ""
    question: str = DEFAULT_QUESTION
    labels: tuple[str, ...] = ()
    count: int = 40
    seed: int = 0
    truncation: float = 1.0
    scale: Scale = "keep"
    target: float | None = None
    against: str | None = None
    against_revision: str | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class PageState:
    """The whole page.

    Attributes:
        model: Name of the model, None for the default one.
        revision: The revision or its first digits, None if a link names none.
        tab: The tab in front.
        sample: What that tab shows.
        morph: What the tab Interpolate shows.
        batch: What the form of the tab Batch says.
        review: What the form of the tab Review says.
    """

    model: str | None = None
    revision: str | None = None
    tab: Tab = "sample"
    sample: SampleState = field(default_factory=SampleState)
    morph: MorphState = field(default_factory=MorphState)
    batch: BatchState = field(default_factory=BatchState)
    review: ReviewState = field(default_factory=ReviewState)
