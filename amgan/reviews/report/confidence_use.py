"""What D's confidence is good for in the models of a review's pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from amgan.engine.shelf import Shelf
from amgan.errors import AmganError
from amgan.reviews.review_spec import Picture


@dataclass(frozen=True)
class ConfidenceUse:
    """What D's probability of a picture's class can be used for.

    Attributes:
        predicts: Whether it may predict what people keep; not if D judges no classes, as it means nothing then.
        own: The least confidence at which the model searches for pictures of a class if none is given; None if it does
            not search, as G is given the class: then there is none to set.
    """

    predicts: bool
    own: float | None = None

    @property
    def is_settable(self) -> bool:
        """Whether pictures of a class are searched for at a least confidence, which can be set."""
        return self.own is not None

    def floor(self, picture: Picture) -> float:
        """The confidence below which a picture of the model was passed over when this one was drawn; 0 for none."""
        if picture.asked is None or self.own is None:
            return 0.0
        return self.own if picture.confidence is None else picture.confidence


NO_USE = ConfidenceUse(predicts=False)

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
        own = None if config.is_predefined else config.confidence
        found[name, revision] = ConfidenceUse(True, own) if config.judges_classes else NO_USE
    return found
