"""A stored review with its votes and its pictures, as the commands that read it need them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from amgan.cli.models import fetching_told
from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.errors import ConfigError
from amgan.reviews.drawing import Drawn, draw_pictures
from amgan.reviews.review_spec import Picture
from amgan.reviews.store.postgres_reviews import default_place
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.vote import Vote


@dataclass(frozen=True)
class NamedReview:
    """A review of a file.

    Attributes:
        id: The review, as `review list` names it.
        reviews: File that keeps the reviews; what AMGAN_STATE or AMGAN_REVIEWS names, or one in the user's data
            folder, if not given.
    """

    id: Annotated[tyro.conf.Positional[str], tyro.conf.arg(metavar="ID")]
    reviews: Path | None = None


@contextlib.contextmanager
def reading_store(path: Path | None) -> Iterator[ReviewStore]:
    """The reviews of a file that is there, or of the database that servers share.

    Args:
        path: The file; None for the database if there is one, or else the default file.

    Raises:
        ConfigError: there is none, or it cannot be used.
    """
    place = path or default_place()
    if isinstance(place, Path) and not place.is_file():
        raise ConfigError(f"{place}: no reviews are kept there; name their file with --reviews")
    with contextlib.closing(ReviewStore(place)) as store:
        yield store


def read_review(path: Path | None, review_id: str) -> tuple[Review, list[Vote]]:
    """A review and all its votes.

    Raises:
        ConfigError: no such file.
        UnknownReviewError: no such review in it.
    """
    with reading_store(path) as store:
        return store.review(review_id), store.votes(review_id)


def draw_here(pictures: Iterable[Picture], shelf: Shelf) -> dict[Picture, Drawn]:
    """Draw pictures in this process; of one that cannot be drawn, why."""
    wanted = list(pictures)
    with fetching_told():
        return dict(zip(wanted, asyncio.run(draw_pictures(wanted, shelf, DirectEngine()))))
