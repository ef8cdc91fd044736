"""What the page shows, as models by which links and fields are read: enough to draw it again."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, TypeVar

from annotated_types import Ge, Le, MaxLen
from pydantic import AfterValidator, BeforeValidator, ConfigDict
from pydantic.dataclasses import dataclass

from amgan.bounds import FRAMES, MAX_STEPS, Confidence, Items, JobPictures, Seed, Truncation
from amgan.bulk.formats import ServedName
from amgan.errors import RequestError
from amgan.reviews.review_spec import DEFAULT_QUESTION, MAX_QUESTION, MAX_TITLE, Scale
from amgan.sampling.interpolation import Easing, Method
from amgan.sampling.variation_name import PictureSeed, VariationName, picture_seeds, trail

Tab = Literal["sample", "interpolate", "kept", "batch", "review", "about"]
FileFormat = ServedName
Speed = Literal["slow", "normal", "fast"]
Alikeness = Literal["close", "near", "far"]

COUNTS = (1, 9, 16, 25, 64)
"""Numbers of pictures that the page offers."""
MAX_COUNT = 64
ANY = ""
"""What the class controls hold for any class. Never a class: class names are not blank."""
ROW: Final = 4
MOST_ROWS = 12
"""Pictures of each class on a sheet with a row for each, and of how many classes there is one."""
MIN_FRAMES, MAX_FRAMES = 2, 128
MAX_MORPH_PICTURES = 6
MAX_TEXT = 300
MOST_KEPT = 60
MAX_LINK = 1000
"""Characters of the link to one picture."""

_WIDE = str.maketrans(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("\u3000"): " ", ord("、"): ",", ord("。"): "."}
)
"""Digits and signs as a Japanese keyboard types them, to plain ones."""


def typed_whole(value: Any) -> Any:
    """The whole number that a text means, such as "12 000", of digits of either width; anything else as it is."""
    text = value.translate(_WIDE).strip() if isinstance(value, str) else ""
    if re.fullmatch(r"[0-9]{1,3}([ ,'\u00a0\u2009\u202f][0-9]{3})+", text):
        text = re.sub("[^0-9]", "", text)
    return int(text) if re.fullmatch("[0-9]{1,12}", text) else value


def typed_real(value: Any) -> Any:
    """The number that a text means, None if it is blank; anything else as it is."""
    if not isinstance(value, str) or len(value) > 40:
        return value
    text = value.translate(_WIDE).strip()
    try:
        return float(text) if text else None
    except ValueError:
        return value


def _per_cent(value: Any) -> Any:
    return typed_real(value.translate(_WIDE).strip().removesuffix("%")) if isinstance(value, str) else value


def _lines(value: Any) -> Any:
    # A line break is in no class name.
    return tuple(dict.fromkeys(line for line in value.split("\n") if line)) if isinstance(value, str) else value


def _flag(value: Any) -> Any:
    return {"1": True, "0": False}.get(value, value) if isinstance(value, str) else value


def _not_blank(text: str) -> str:
    if text and not text.strip():
        raise ValueError
    return text


def _revision(text: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{4,40}|unsaved", text):
        raise ValueError
    return text.lower()


def _has_variations(name: PictureSeed) -> PictureSeed:
    if len(trail(name)) > MAX_STEPS:
        raise ValueError
    return name


T = TypeVar("T")

Whole = Annotated[T, BeforeValidator(typed_whole)]
Real = Annotated[T, BeforeValidator(typed_real)]
NamedSeed = Whole[Seed | VariationName]
Name = Annotated[str, MaxLen(MAX_TEXT)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_lines)]
SheetCount = Annotated[Literal[1, 9, 16, 25, 64], BeforeValidator(typed_whole)]
RowCount = Annotated[Literal[0, 4], BeforeValidator(typed_whole)]
Count = Annotated[int, Ge(1), Le(MAX_COUNT), BeforeValidator(typed_whole)]
FrameCount = Annotated[int, Ge(MIN_FRAMES), Le(MAX_FRAMES), BeforeValidator(typed_whole)]
PerCent = Annotated[float, Ge(0), Le(100)]
LinkedRevision = Annotated[str, AfterValidator(_revision)]


@dataclasses.dataclass(frozen=True)
class Key:
    """How a field of a state is called elsewhere.

    Attributes:
        name: Its key in a link; behind the key of the picture if it is a picture's.
        problem: Which of the page's words say what is wrong with a value.
        always: Whether it is in every link; otherwise only where it is not as usual.
        linked: The type that a link's value must have, if not any that the state may hold.
    """

    name: str
    problem: str = ""
    always: bool = False
    linked: Any = None


_STRICT = ConfigDict(strict=True)


@dataclass(frozen=True, config=_STRICT)
class VariationsState:
    """Pictures much like one of a sheet: its seed, how alike they are, and its class if the sheet's is not the one."""

    seed: Annotated[NamedSeed, AfterValidator(_has_variations), Key("like", "bad_origin", always=True)]
    alikeness: Annotated[Alikeness, Key("alike", "bad_alikeness")] = "near"
    label: Annotated[Name | None, Key("like_class")] = None


@dataclass(frozen=True, config=_STRICT)
class BesideState:
    """Another model that draws what a sheet shows as well, and its revision, None for the one that the shelf shows."""

    model: Annotated[Name, Key("", always=True)]
    revision: Annotated[str | None, Key("_rev", linked=LinkedRevision)] = None


@dataclass(frozen=True, config=_STRICT)
class SampleState:
    """A sheet of pictures: seeds `seed`, `seed` + 1, ... of one class or any; perhaps with variations of one.

    In place of a seed may stand the name of a variation everywhere, also in the other states.

    With `each`, so many of every class, as far as a sheet has room for all; then `label` and `count` say nothing.
    """

    label: Annotated[Name | None, Key("class")] = None
    count: Annotated[Count, Key("n", "bad_count", linked=SheetCount)] = 16
    seed: Annotated[NamedSeed, Key("seed", "bad_seed", always=True)] = 0
    truncation: Annotated[Real[Truncation], Key("truncation", "bad_truncation")] = 1.0
    variations: Annotated[VariationsState | None, Key("")] = None
    each: Annotated[RowCount, Key("each", "bad_count")] = 0
    beside: Annotated[BesideState | None, Key("beside")] = None

    @property
    def misfit(self) -> str | None:
        """The field that does not fit the others, if one does not."""
        try:
            picture_seeds(self.seed, max(self.count, self.each))
        except RequestError:
            return "seed"
        return None

    def has_rows(self, class_names: Sequence[str]) -> bool:
        """Whether it has a row for each of a model's classes."""
        return self.each > 0 and 0 < len(class_names) <= MOST_ROWS

    def pictures(self, class_names: Sequence[str]) -> list[tuple[PictureSeed, str | None]]:
        """Seed and class of each picture, of a model that knows these classes."""
        if self.has_rows(class_names):
            return [(seed, label) for label in class_names for seed in picture_seeds(self.seed, self.each)]
        return [(seed, self.label) for seed in picture_seeds(self.seed, self.count)]


@dataclass(frozen=True, config=_STRICT)
class EndState:
    """A picture that a morph begins with, ends with or passes, by seed and class, None for any."""

    seed: Annotated[NamedSeed, Key("", "bad_seed", always=True)]
    label: Annotated[Name | None, Key("_class")] = None


@dataclass(frozen=True, config=_STRICT)
class MorphState:
    """A walk from one picture to another, through others if there are any.

    Attributes:
        start: The first picture.
        through: The pictures between the first and the last.
        end: The last picture.
        frames: How many frames it has, both ends counted.
        truncation: Scale of the latents.
        method: On which way.
        loop: Whether it goes on back to the start.
        easing: Whether it goes at one pace or rests at its pictures.
        speed: How fast its frames follow each other; the frames are the same.
    """

    start: Annotated[EndState, Key("from")] = EndState(0)
    through: Annotated[tuple[EndState, ...], Key("via")] = dataclasses.field(default=(), kw_only=True)
    end: Annotated[EndState, Key("to")] = EndState(1)
    frames: Annotated[FrameCount, Key("frames", "bad_frames")] = FRAMES
    truncation: Annotated[Real[Truncation], Key("truncation", "bad_truncation")] = 1.0
    method: Annotated[Method, Key("method", "bad_method")] = "slerp"
    loop: Annotated[bool, BeforeValidator(_flag), Key("loop")] = False
    easing: Annotated[Easing, Key("easing", "bad_easing")] = "steady"
    speed: Annotated[Speed, Key("speed", "bad_speed")] = "normal"

    @property
    def pictures(self) -> list[EndState]:
        """All of its pictures in their order."""
        return [self.start, *self.through, self.end]

    @property
    def misfit(self) -> str | None:
        """The field that does not fit the others, if one does not."""
        return "frames" if self.frames < len(self.pictures) else None

    def of(self, pictures: Sequence[EndState]) -> MorphState:
        """The same way through other pictures, of which there are two or more, with a frame for each of them."""
        first, *through, last = pictures
        frames = max(self.frames, len(pictures))
        return dataclasses.replace(self, start=first, through=tuple(through), end=last, frames=frames)


@dataclass(frozen=True, config=_STRICT)
class KeptState:
    """Pictures of any models, each as the link to it alone, without its question mark."""

    pictures: Annotated[
        tuple[Annotated[str, MaxLen(MAX_LINK)], ...], BeforeValidator(_lines), MaxLen(MOST_KEPT),
        Key("pictures", "bad_kept"),
    ] = ()  # fmt: skip


@dataclass(frozen=True, config=_STRICT)
class BatchState:
    """What the form of a job says: so many pictures of each class, or of any if none is named.

    `confidence` is D's least probability of a class, None for the model's own.
    """

    labels: Annotated[Names, Key("classes")] = ()
    count: Annotated[Whole[JobPictures], Key("n", "bad_pictures")] = 1000
    seed: Annotated[NamedSeed, Key("seed", "bad_seed")] = 0
    truncation: Annotated[Real[Truncation], Key("truncation", "bad_truncation")] = 1.0
    format: Annotated[FileFormat, Key("format", "bad_format")] = "zip"
    confidence: Annotated[Real[Confidence | None], Key("confidence", "bad_confidence")] = None


@dataclass(frozen=True, config=_STRICT)
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

    title: Annotated[str, MaxLen(MAX_TITLE), AfterValidator(_not_blank), Key("title", "bad_title")] = ""
    question: Annotated[str, MaxLen(MAX_QUESTION), AfterValidator(_not_blank), Key("question", "bad_question")] = (
        DEFAULT_QUESTION
    )
    labels: Annotated[Names, Key("classes")] = ()
    count: Annotated[Whole[Items], Key("n", "bad_pictures")] = 40
    seed: Annotated[NamedSeed, Key("seed", "bad_seed")] = 0
    truncation: Annotated[Real[Truncation], Key("truncation", "bad_truncation")] = 1.0
    scale: Annotated[Scale, Key("scale", "bad_scale")] = "keep"
    target: Annotated[PerCent | None, BeforeValidator(_per_cent), Key("target", "bad_target")] = None
    against: Annotated[Name | None, Key("against")] = None
    against_revision: Annotated[str | None, Key("against_rev", linked=LinkedRevision)] = None
    confidence: Annotated[Real[Confidence | None], Key("confidence", "bad_confidence")] = None


@dataclass(frozen=True, config=_STRICT)
class PageState:
    """The whole page.

    Attributes:
        model: Name of the model, None for the default one.
        revision: The revision or its first digits, None if a link names none.
        tab: The tab in front.
        sample: What that tab shows.
        morph: What the tab Interpolate shows.
        kept: What the tab Kept shows.
        batch: What the form of the tab Batch says.
        review: What the form of the tab Review says.
    """

    model: Annotated[Name | None, Key("model")] = None
    revision: Annotated[str | None, Key("rev", linked=LinkedRevision)] = None
    tab: Annotated[Tab, Key("tab")] = "sample"
    sample: SampleState = SampleState()
    morph: MorphState = MorphState()
    kept: KeptState = KeptState()
    batch: BatchState = BatchState()
    review: ReviewState = ReviewState()
