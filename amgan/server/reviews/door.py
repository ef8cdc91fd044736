"""The way to a review for the event loop: while votes are read back from elsewhere, an unknown id may soon be known."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from typing import TypeVar

from amgan.errors import ReviewsAwayError, ReviewsStartingError, UnknownReviewError
from amgan.reviews.copying.read_back import Filling
from amgan.reviews.store.store import Review, ReviewStore

T = TypeVar("T")

LOG_SECONDS = 60.0
"""A store that fails is logged so often at most: who asks again and again must not fill the disk with it."""

logger = logging.getLogger(__name__)

_NOT_YET = {
    Filling.BEGUN: "the server is starting and does not know this review yet",
    Filling.FAILED: "reviews and votes cannot be read from the Hub at the moment; try again later, and if it stays so, "
    "tell who sent you the link",
}


class ReviewDoor:
    """Finds reviews in a store that may still be filled."""

    def __init__(self, store: ReviewStore, filling: Callable[[], Filling] | None = None) -> None:
        """Keep both.

        Args:
            store: The reviews.
            filling: How far it is filled; None for a store that nothing is read back into.
        """
        self._store = store
        self._filling = filling
        self._logged = -math.inf

    async def review(self, review_id: str) -> Review:
        """The review of that id.

        Raises:
            UnknownReviewError: there is none.
            ReviewsStartingError: it is not known yet.
        """
        return await self.ask(lambda: self._store.review(review_id))

    async def owned(self, review_id: str, key: str) -> Review:
        """The review of that id, for someone who knows its key.

        Raises:
            UnknownReviewError: there is none, or it has another key.
            ReviewsStartingError: it is not known yet.
        """
        await self.review(review_id)
        return await asyncio.to_thread(self._store.owned, review_id, key)

    async def ask(self, work: Callable[[], T]) -> T:
        """Do something with the store that may find no review, in a thread.

        Raises:
            ReviewsStartingError: it found none, but the store is not filled yet.
            ReviewsAwayError: the store cannot be used.
        """
        # Asked first: what came between the look into the store and this question would be missed.
        filling = Filling.DONE if self._filling is None else self._filling()
        try:
            return await asyncio.to_thread(work)
        except ReviewsAwayError as error:
            if time.monotonic() - self._logged > LOG_SECONDS:
                self._logged = time.monotonic()
                logger.warning("%s", error)
            raise
        except UnknownReviewError as error:
            if filling is Filling.DONE:
                raise
            raise ReviewsStartingError(_NOT_YET[filling]) from error
