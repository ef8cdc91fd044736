"""What the people who made a review read and take away: counted when asked, with pictures drawn again by name."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import urlencode

from amgan.errors import AmganError
from amgan.recent import Recent
from amgan.reviews.drawing import Drawn, draw_pictures
from amgan.reviews.export import EXPORT_FORMS
from amgan.reviews.judging import judged_classes
from amgan.reviews.kept import kept_zip
from amgan.reviews.report_html import ReportActions, report_page, shown_pictures
from amgan.reviews.results import Results, results_of
from amgan.reviews.review_spec import Picture
from amgan.reviews.review_store import Review, ReviewStore
from amgan.server.service import Service
from amgan.ui.links import to_query
from amgan.ui.state import BatchState, PageState

MOST_JUDGED = 16
"""Of so many reviews it is kept what a judge says of their pictures, which never changes and takes seconds."""


class ReviewReports:
    """Makes the reports of a server's reviews."""

    def __init__(self, service: Service, store: ReviewStore, has_page: bool) -> None:
        """Keep what is needed.

        Args:
            service: Draws.
            store: The reviews.
            has_page: Whether there is a page for people to which reports can lead.
        """
        self._service = service
        self._store = store
        self._has_page = has_page
        self._judged = Recent[Mapping[Picture, str]](MOST_JUDGED)

    async def page(self, review: Review, caller: str) -> str:
        """The report as a page, with what can be done from it.

        Raises:
            BusyError: too much is waiting to be drawn.
        """
        judged = await self._judgement(review, caller)
        results = await asyncio.to_thread(lambda: results_of(review, self._store.votes(review.id), judged))
        drawn = await self._draw(shown_pictures(review, results), caller)
        return await asyncio.to_thread(lambda: report_page(review, results, drawn, self._actions(review, results)))

    async def kept(self, review: Review, caller: str) -> bytes:
        """The pictures that most votes are for, as a zip.

        Raises:
            BusyError: too much is waiting to be drawn.
            RequestError: there is none.
        """
        results = await asyncio.to_thread(lambda: results_of(review, self._store.votes(review.id)))
        drawn = await self._draw([picture for picture, _ in results.kept], caller)
        return await asyncio.to_thread(lambda: kept_zip(results, drawn))

    async def _judgement(self, review: Review, caller: str) -> Mapping[Picture, str]:
        kept = self._judged.kept(review.id)
        if kept is not None:
            return kept
        drawn = await self._draw(review.spec.pictures, caller)
        judged = await asyncio.to_thread(lambda: judged_classes(drawn, self._service.models.shelf))
        if any(isinstance(one, AmganError) for one in drawn.values()):
            # A model may be away for a while only.
            return judged
        return self._judged.get(review.id, lambda: judged)

    async def _draw(self, pictures: Sequence[Picture], caller: str) -> dict[Picture, Drawn]:
        service = self._service
        drawn = await draw_pictures(pictures, service.models.shelf, service.engine, caller)
        return dict(zip(pictures, drawn))

    def _actions(self, review: Review, results: Results) -> ReportActions:
        key = urlencode({"key": review.key})
        downloads = {f"Votes ({form})": f"export.{form}?{key}" for form in EXPORT_FORMS}
        if results.kept:
            downloads["Kept pictures (zip)"] = f"kept.zip?{key}"
        is_open = review.closed is None
        return ReportActions(
            downloads=downloads,
            close=f"close?{key}" if is_open else None,
            vote=f"../{review.id}" if is_open else None,
            use_confidence=partial(self._page_with_confidence, review),
        )

    def _page_with_confidence(self, review: Review, picture: Picture, confidence: float) -> str | None:
        if not self._has_page:
            return None
        try:
            model = self._service.models.shelf.loaded(picture.model, picture.revision)
        except AmganError:
            return None
        if model is None or model.config.is_predefined:
            return None
        mine = (one for one in review.spec.pictures if (one.model, one.revision) == (picture.model, picture.revision))
        labels = tuple(dict.fromkeys(one.label for one in mine))
        batch = BatchState(labels, truncation=picture.truncation, confidence=confidence)
        return f"../../{to_query(PageState(picture.model, picture.revision, 'batch', batch=batch))}"
