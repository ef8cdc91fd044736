"""What the page shows, as plain values: enough to draw it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from amgan.interpolation import Method

Tab = Literal["sample", "interpolate", "batch", "about"]
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
    """What the form of a job says: so many pictures of each class, or of any if none is named."""

    labels: tuple[str, ...] = ()
    count: int = 1000
    seed: int = 0
    truncation: float = 1.0
    format: FileFormat = "zip"


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
    """

    model: str | None = None
    revision: str | None = None
    tab: Tab = "sample"
    sample: SampleState = field(default_factory=SampleState)
    morph: MorphState = field(default_factory=MorphState)
    batch: BatchState = field(default_factory=BatchState)
