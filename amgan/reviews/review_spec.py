"""What a review asks: a list of picture names, or of pairs of them, with a title and a question."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, Literal, get_args

from amgan.bounds import MAX_ITEMS, check_confidence, check_seed, check_share, check_truncation
from amgan.errors import RequestError
from amgan.languages.reading import DEFAULT
from amgan.reviews.text import count, terminal_line
from amgan.reviews.usual_questions import usual_question
from amgan.sampling.picture_row import MAX_NAME, check_text
from amgan.sampling.variation_name import PictureSeed, check_variation

Scale = Literal["keep", "stars"]
SCALES: tuple[Scale, ...] = get_args(Scale)

MAX_TITLE = 120
MAX_QUESTION = 300
MAX_JSON_BYTES = 4_000_000

SEVERAL_CLASSES = "different classes"
DEFAULT_QUESTION = usual_question(DEFAULT)


@dataclass(frozen=True)
class Picture:
    """One picture by its name, and what was known of it when the review was made.

    Attributes:
        model: Name of the model, as the shelf knows it.
        revision: The model's revision.
        seed: The seed.
        asked: Name of the class that was asked, or None for any.
        label: Name of the class that it is shown as.
        class_probability: D's probability of `label`, from 0 to 1: D's confidence.
        truncation: Scale of the latents, above 0, at most 2.
        confidence: Dynamic models: the least probability an asked class was searched at; None for the model's own.
        variation: Its whole name if it is a variation of that picture.
    """

    model: str
    revision: str
    seed: int
    asked: str | None
    label: str
    class_probability: float
    truncation: float = 1.0
    confidence: float | None = None
    variation: str | None = None

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            RequestError: naming the field and what is allowed.
        """
        for name in ("model", "revision", "label", *(["asked"] if self.asked is not None else [])):
            check_text(name, getattr(self, name), MAX_NAME)
        check_variation(self.variation, check_seed(self.seed))
        check_truncation(self.truncation)
        check_share(self.class_probability, "class_probability")
        if self.confidence is not None:
            check_confidence(self.confidence)

    @property
    def name(self) -> PictureSeed:
        """What stands for the seed where it is drawn."""
        return self.seed if self.variation is None else self.variation


@dataclass(frozen=True)
class Item:
    """What is judged at once: one picture, or a pair of which the better one is chosen.

    Attributes:
        a: The picture, or the first of the pair.
        b: The other one of the pair.
    """

    a: Picture
    b: Picture | None = None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Its one or two pictures."""
        return (self.a,) if self.b is None else (self.a, self.b)

    @property
    def label(self) -> str | None:
        """The class that the item stands for: the one asked, or the one shown if both pictures agree on it."""
        labels = {picture.asked or picture.label for picture in self.pictures}
        return labels.pop() if len(labels) == 1 else None

    @property
    def class_words(self) -> str:
        """That class, or that there are two."""
        return self.label or SEVERAL_CLASSES


@dataclass(frozen=True)
class ReviewSpec:
    """A review; checked when it is made.

    Attributes:
        title: What it is called.
        items: All single pictures, or all pairs. A pair's reviewers are not told which model or revision is which.
        question: What the reviewers are asked.
        scale: "keep" (keep or reject) or "stars" (1 to 5) for single pictures; pairs are always chosen from.
        target: The KPI: the least share of pictures kept (on stars: given 4 or more) in every class, from 0 to 1; of a
            pair, the least share of choices for `b`. None for no target.
    """

    title: str
    items: tuple[Item, ...]
    question: str = DEFAULT_QUESTION
    scale: Scale = "keep"
    target: float | None = None

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            RequestError: naming the field and what is allowed.
        """
        check_text("title", self.title, MAX_TITLE)
        check_text("question", self.question, MAX_QUESTION)
        if self.scale not in SCALES:
            raise RequestError(f"scale must be one of {', '.join(SCALES)}, not {self.scale!r:.40}")
        if self.target is not None:
            check_share(self.target, "target")
        if not 1 <= len(self.items) <= MAX_ITEMS:
            raise RequestError(f"a review has 1 to {MAX_ITEMS} pictures, not {len(self.items)}")
        if len({item.b is None for item in self.items}) > 1:
            raise RequestError("a review has either single pictures or pairs, not both")

    @property
    def is_pairs(self) -> bool:
        """Whether the better one of two pictures is chosen."""
        return self.items[0].b is not None

    @property
    def size_words(self) -> str:
        """How long it is, as "12 pictures" or "1 pair"."""
        return count(len(self.items), "pair" if self.is_pairs else "picture")

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All pictures, each once."""
        return tuple(dict.fromkeys(picture for item in self.items for picture in item.pictures))

    def check_lines(self) -> None:
        """Whether title and question are a line each. What was stored before this was asked stays readable.

        Raises:
            RequestError: one holds a line break, an escape or another control character.
        """
        for name in ("title", "question"):
            if getattr(self, name) != terminal_line(getattr(self, name)):
                raise RequestError(f"{name} must be one line without control characters")

    def to_json(self) -> str:
        """The review as JSON text, which `from_json` takes back.

        Raises:
            RequestError: it would be too long for that.
        """
        text = json.dumps(asdict(self), ensure_ascii=False)
        if len(text.encode()) > MAX_JSON_BYTES:
            raise RequestError(
                f"the names of the {len(self.items)} items are too long together, at most {MAX_JSON_BYTES} bytes;"
                " ask for fewer pictures"
            )
        return text

    @classmethod
    def from_json(cls, text: str | bytes) -> ReviewSpec:
        """A review from JSON text, which may come from anywhere.

        Raises:
            RequestError: no JSON object, an unknown or missing field, or what `ReviewSpec` refuses.
        """
        if len(text.encode(errors="replace") if isinstance(text, str) else text) > MAX_JSON_BYTES:
            raise RequestError(f"a review has at most {MAX_JSON_BYTES} bytes of JSON")
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RequestError(f"a review must be JSON ({type(error).__name__})") from error
        content = _fields(cls, content, "a review")
        if not isinstance(content["items"], list):
            raise RequestError("items must be a list")
        items = [_fields(Item, item, "an item") for item in content["items"][: MAX_ITEMS + 1]]
        return cls(**content | {"items": tuple(Item(_picture(i["a"]), _other(i.get("b"))) for i in items)})


def _picture(content: object) -> Picture:
    return Picture(**_fields(Picture, content, "a picture"))


def _other(content: object) -> Picture | None:
    return None if content is None else _picture(content)


def _fields(cls: type[Any], content: object, what: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise RequestError(f"{what} must be a JSON object")
    known = {field.name: field.default is MISSING for field in fields(cls)}
    for name in content:
        if name not in known:
            raise RequestError(f"{what} has no field {name!r:.60}; it has {', '.join(known)}")
    for name, required in known.items():
        if required and name not in content:
            raise RequestError(f"{what} needs the field {name!r}")
    return content
