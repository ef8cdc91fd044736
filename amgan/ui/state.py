"""What the page shows, as plain values: enough to draw it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from amgan.bulk.formats import ServedName
from amgan.reviews.review_spec import DEFAULT_QUESTION, Scale
from amgan.sampling.interpolation import Easing, Method

Tab = Literal["sample", "interpolate", "batch", "review", "about"]
FileFormat = ServedName
Speed = Literal["slow", "normal", "fast"]
Alikeness = Literal["close", "near", "far"]

COUNTS = (1, 9, 16, 25, 64)
"""Numbers of pictures that the page offers."""
MAX_COUNT = 64
ANY = ""
"""What the class controls hold for any class. Never a class: class names are not blank."""
MIN_FRAMES, MAX_FRAMES = 2, 128
MAX_MORPH_PICTURES = 6


@dataclass(frozen=True)
class VariationsState:
    """Pictures much like one of a sheet: its seed, and how alike they are."""

    seed: int
    alikeness: Alikeness = "near"


@dataclass(frozen=True)
class SampleState:
    """A sheet of pictures: seeds `seed`, `seed` + 1, ... of one class or any; perhaps with variations of one."""

    label: str | None = None
    count: int = 16
    seed: int = 0
    truncation: float = 1.0
    variations: VariationsState | None = None


@dataclass(frozen=True)
class EndState:
    """A picture that a morph begins with, ends with or passes, by seed and class, None for any."""

    seed: int
    label: str | None = None


@dataclass(frozen=True)
class MorphState:
    """A walk from one picture to another, through others if there are any.

    Attributes:
        start: The first picture.
        end: The last picture.
        frames: How many frames it has, both ends counted.
        truncation: Scale of the latents.
        method: On which way.
        loop: Whether it goes on back to the start.
        easing: Whether it goes at one pace or rests at its pictures.
        speed: How fast its frames follow each other; the frames are the same.
        through: The pictures between the first and the last.
    """

    start: EndState = EndState(0)
    end: EndState = EndState(1)
    frames: int = 32
    truncation: float = 1.0
    method: Method = "slerp"
    loop: bool = False
    easing: Easing = "steady"
    speed: Speed = "normal"
    through: tuple[EndState, ...] = ()

    @property
    def pictures(self) -> list[EndState]:
        """All of its pictures in their order."""
        return [self.start, *self.through, self.end]

    def of(self, pictures: Sequence[EndState]) -> MorphState:
        """The same way through other pictures, of which there are two or more, with a frame for each of them."""
        first, *through, last = pictures
        frames = max(self.frames, len(pictures))
        return replace(self, start=first, through=tuple(through), end=last, frames=frames)


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
