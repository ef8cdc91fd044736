"""What D's confidence is good for in the models of a review's pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from amgan.errors import AmganError
from amgan.reviews.review_spec import Picture
from amgan.shelf import Shelf


class ConfidenceUse(Enum):
    """What D's probability of a picture's class can be used for."""

    NONE = "none"
    """D judges no classes, so it means nothing."""
    PREDICTS = "predicts"
    """It may predict what people keep, but G is given the class, so there is no least confidence to set."""
    SETTABLE = "settable"
    """Pictures of a class are searched for at a least confidence, which can be set."""


ConfidenceUses = Mapping[tuple[str, str], ConfidenceUse]
"""By name and revision of the model, as far as they are known."""


def confidence_uses(pictures: Iterable[Picture], shelf: Shelf) -> dict[tuple[str, str], ConfidenceUse]:
    """What it is good for in each of the pictures' models; those that are gone are left out.

    May load models, which takes seconds and blocks.

    Args:
        pictures: Of the review.
        shelf: Has their models; nothing is fetched.
    """
    found: dict[tuple[str, str], ConfidenceUse] = {}
    for name, revision in dict.fromkeys((picture.model, picture.revision) for picture in pictures):
        try:
            config = shelf.model(name, revision, fetch=False).config
        except AmganError:
            # A report says less of a model that is gone; it is no reason to have none.
            continue
        if not config.judges_classes:
            found[name, revision] = ConfidenceUse.NONE
        else:
            found[name, revision] = ConfidenceUse.PREDICTS if config.is_predefined else ConfidenceUse.SETTABLE
    return found
