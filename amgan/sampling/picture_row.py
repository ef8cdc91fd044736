"""What is written down of a picture, wherever that is: all that names it, and D's opinion of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from amgan.bounds import check_confidence, check_seed, check_truncation, whole_number
from amgan.errors import RequestError
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import PictureSeed, check_picture_seed, check_variation

MAX_NAME = 1000
"""Most characters of a model's or a class's name."""


class KnownPicture(BaseModel):
    """What is known of one picture of a model that need not be said."""

    model_config = ConfigDict(serialize_by_alias=True)

    seed: int
    variation: str | None = Field(
        None,
        description="The whole name of a variation of the seed's picture, which may stand in place of a seed.",
        exclude_if=lambda name: name is None,
    )
    draw: int = Field(description="Which latent of the seed's stream it is.")
    class_: str = Field(serialization_alias="class", description="The class asked, or else the one that it shows.")
    asked_class: str | None
    class_probability: float = Field(description="D's probability of that class.")
    real_probability: float = Field(description="D's probability that it is a real picture.")
    truncation: float
    confidence: float | None = Field(
        description="The confidence asked, where a class was searched for; null for the model's own."
    )

    @classmethod
    def of(cls, sample: Sample, class_names: Sequence[str]) -> KnownPicture:
        """What is known of a sample of a model with these classes."""
        return cls(
            seed=sample.seed,
            variation=sample.variation,
            draw=sample.draw,
            class_=class_names[sample.label],
            asked_class=None if sample.asked is None else class_names[sample.asked],
            class_probability=round(sample.class_probability, 6),
            real_probability=round(sample.real_probability, 6),
            truncation=sample.truncation,
            confidence=sample.confidence,
        )


def picture_row(file: str, sample: Sample, class_names: Sequence[str], model: str, revision: str) -> dict[str, Any]:
    """A row of a manifest: the picture's file, what is known of it, and its model."""
    return {"file": file, **KnownPicture.of(sample, class_names).model_dump(), "model": model, "revision": revision}


@dataclass(frozen=True)
class NamedPicture:
    """What a row says that names a picture; checked when it is made.

    Attributes:
        model: Name of the model.
        revision: The model's revision.
        seed: The seed, or the name of a variation.
        asked: The class asked for, or None for any.
        truncation: Scale of the latents.
        confidence: Dynamic models: the least probability the class was searched at; None for the model's own.
        draw: Which of the seed's draws it was, from 0, or None if the row does not say.
        is_asked_known: Whether the row says what was asked for; if not, `asked` is the class that it shows.
    """

    model: str
    revision: str
    seed: PictureSeed
    asked: str | None
    truncation: float
    confidence: float | None
    draw: int | None
    is_asked_known: bool = True

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            RequestError: naming the field and what is allowed.
        """
        for name, text in (("model", self.model), ("revision", self.revision), ("class", self.asked)):
            if text is not None or name != "class":
                check_text(name, text, MAX_NAME)
        check_picture_seed(self.seed)
        check_truncation(self.truncation)
        if self.confidence is not None:
            check_confidence(self.confidence)
        if self.draw is not None and whole_number(self.draw) is None:
            raise RequestError("draw must be a whole number")

    @classmethod
    def of(cls, row: Mapping[str, Any], confidence: float | None = None) -> NamedPicture:
        """The name in a row, of this version or an earlier one, of a manifest or of a review's votes.

        Args:
            row: The row, which may come from anywhere.
            confidence: At which confidence its class was searched, if the row does not say it.

        Raises:
            RequestError: it is no name.
        """
        for field in ("model", "revision", "seed"):
            if field not in row:
                raise RequestError(f"it needs the field {field!r}")
        asked = next((row[key] for key in ("asked_class", "asked", "class", "label") if key in row), None)
        return cls(
            model=row["model"],
            revision=row["revision"],
            seed=check_variation(row.get("variation"), check_seed(row["seed"])),
            asked=asked,
            truncation=row.get("truncation", 1.0),
            confidence=row.get("confidence", confidence),
            draw=row.get("draw"),
            is_asked_known=asked is None or "asked_class" in row or "asked" in row,
        )


def check_text(name: str, value: object, most: int) -> None:
    """A text of 1 to `most` characters that can be written down.

    Raises:
        RequestError: it is none.
    """
    if not isinstance(value, str) or not 0 < len(value.strip()) <= len(value) <= most:
        raise RequestError(f"{name} must be a text of 1 to {most} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise RequestError(f"{name} holds half a character, {value!r:.60}") from error
