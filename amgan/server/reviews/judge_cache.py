"""What a judge says of the pictures of reviews: made once for all who wait for it, and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from amgan.engine.shelf import Shelf
from amgan.engine.single_flight_lru import SingleFlightLRU
from amgan.errors import AmganError
from amgan.reviews.drawing import Drawn
from amgan.reviews.report.judged_classes import judged_classes
from amgan.reviews.review_spec import Picture
from amgan.reviews.store.store import Review

MOST_JUDGED = 16
"""Of so many reviews it is kept what a judge says, which never changes and takes seconds."""
INCOMPLETE_SECONDS = 60.0
"""So long it is kept if a picture could not be drawn: its model may be away for a while only."""

Judged = Mapping[Picture, str]


class Judgements:
    """Judges reviews, for coroutines of one event loop."""

    def __init__(
        self,
        shelf: Shelf,
        draw: Callable[[Sequence[Picture], str], Awaitable[Mapping[Picture, Drawn]]],
        incomplete_seconds: float = INCOMPLETE_SECONDS,
    ) -> None:
        """Keep what is needed.

        Args:
            shelf: Has the models.
            draw: Draws pictures for a caller.
            incomplete_seconds: How long a judgement without some of the pictures is kept.
        """
        self._shelf = shelf
        self._draw = draw
        self._incomplete_seconds = incomplete_seconds
        self._complete = SingleFlightLRU[Judged](MOST_JUDGED)
        # Those that are being made, and for a while those that are not complete.
        self._tasks: dict[str, asyncio.Task[Judged]] = {}

    def has(self, review_id: str) -> bool:
        """Whether a judgement is kept or being made, so that nothing has to be drawn for it."""
        return review_id in self._tasks or self._complete.kept(review_id) is not None

    async def of(self, review: Review, caller: str) -> Judged:
        """The class that a judge names for each picture; none for those that were not drawn or that no judge knows.

        Args:
            review: Whose pictures.
            caller: Who asks; the first of those who wait is the one for whom the pictures are drawn.

        Raises:
            BusyError: too much is waiting to be drawn.
        """
        kept = self._complete.kept(review.id)
        if kept is not None:
            return kept
        if review.id not in self._tasks:
            task = self._tasks[review.id] = asyncio.create_task(self._make(review, caller))
            task.add_done_callback(lambda done: self._settle(review.id, done))
        # One who gives up does not stop what others wait for.
        return await asyncio.shield(self._tasks[review.id])

    async def _make(self, review: Review, caller: str) -> Judged:
        drawn = await self._draw(review.spec.pictures, caller)
        judged = await asyncio.to_thread(judged_classes, drawn, self._shelf)
        if not any(isinstance(one, AmganError) for one in drawn.values()):
            self._complete.get(review.id, lambda: judged)
        return judged

    def _settle(self, review_id: str, task: asyncio.Task[Judged]) -> None:
        # An error is known by being asked for, even if nobody waits any more.
        if task.cancelled() or task.exception() is not None or self._complete.kept(review_id) is not None:
            del self._tasks[review_id]
        else:
            task.get_loop().call_later(self._incomplete_seconds, self._tasks.pop, review_id)
