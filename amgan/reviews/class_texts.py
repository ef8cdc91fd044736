"""What the classes of a review are called to whoever reads; the review itself holds the models' own names."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from amgan.engine.shelf import Shelf
from amgan.reviews.review_spec import Picture


def class_texts(pictures: Iterable[Picture], shelf: Shelf, language: str) -> dict[str, str]:
    """What each class of a review's pictures is called to a reader of a language, by its own name.

    One that nobody has translated, or whose model is gone, is left out and has its own name; so has one that would
    be called as another class of the review is. Reads cards from the disk.

    Args:
        pictures: Of the review.
        shelf: Has their models.
        language: Its code.
    """
    pictures = list(pictures)
    known: dict[str, str] = {}
    for model, revision in dict.fromkeys((picture.model, picture.revision) for picture in pictures):
        for name, text in shelf.class_texts(model, revision, language).items():
            known.setdefault(name, text)
    names = {name for picture in pictures for name in (picture.asked, picture.label) if name is not None}
    shown = Counter(_composed(known.get(name, name)) for name in names)
    return {name: known[name] for name in names if name in known and shown[_composed(known[name])] == 1}


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
