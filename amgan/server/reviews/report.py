"""What the people who made a review read and take away: counted when asked, with pictures drawn again by name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from urllib.parse import urlencode

from amgan.reviews.class_texts import class_texts
from amgan.reviews.drawing import Drawn, draw_opened
from amgan.reviews.report.confidence_use import confidence_uses
from amgan.reviews.report.export import EXPORTS
from amgan.reviews.report.html import ReportActions, report_page, shown_pictures
from amgan.reviews.report.kept import kept_zip
from amgan.reviews.report.results import Results, results_of
from amgan.reviews.report.words import ReportWords
from amgan.reviews.review_spec import Picture
from amgan.reviews.store.store import Review, ReviewStore
from amgan.sampling.sampler import Sampler
from amgan.server.reviews.judge_cache import Judgements
from amgan.server.service import Service
from amgan.ui.links import to_query
from amgan.ui.state import BatchState, PageState


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
        self._judgements = Judgements(service.models.shelf, self._draw)

    async def page(self, review: Review, caller: str, lang: str) -> str:
        """The report as a page in a language, with what can be done from it.

        Raises:
            BusyError: too much is waiting to be drawn, or its caller has asked for too much.
        """
        is_judged = self._judgements.has(review.id)
        if not is_judged:
            await self._take(caller, review.spec.pictures)
        judged = await self._judgements.of(review, caller)
        shelf = self._service.models.shelf
        uses = await asyncio.to_thread(lambda: confidence_uses(review.spec.pictures, shelf))
        results = await asyncio.to_thread(lambda: results_of(review, self._store.votes(review.id), judged, uses))
        shown = shown_pictures(review, results)
        if is_judged:  # else they were among those that were judged
            await self._take(caller, shown)
        drawn = await self._draw(shown, caller)
        return await asyncio.to_thread(
            lambda: report_page(
                review, results, drawn, self._actions(review, results, lang), lang,
                class_texts(review.spec.pictures, shelf, lang),
            )
        )  # fmt: skip

    async def kept(self, review: Review, caller: str) -> bytes:
        """The pictures that most votes are for, as a zip.

        Raises:
            BusyError: too much is waiting to be drawn, or its caller has asked for too much.
            RequestError: there is none.
        """
        results = await asyncio.to_thread(lambda: results_of(review, self._store.votes(review.id)))
        kept = [picture for picture, _ in results.kept]
        await self._take(caller, kept)
        drawn = await self._draw(kept, caller)
        return await asyncio.to_thread(lambda: kept_zip(results, drawn))

    async def _draw(self, pictures: Sequence[Picture], caller: str) -> dict[Picture, Drawn]:
        async def opened(name: str, revision: str) -> Sampler:
            return (await self._service.models.open(name, revision)).sampler

        return dict(zip(pictures, await draw_opened(pictures, opened, self._service.engine, caller)))

    async def _take(self, caller: str, pictures: Sequence[Picture]) -> None:
        # Of a review with more pictures than a caller ever has at once there must be a report as well.
        await self._service.allowance.take_at_most_all(caller, len(set(pictures)))

    def _actions(self, review: Review, results: Results, lang: str) -> ReportActions:
        key, say = urlencode({"key": review.key}), ReportWords(lang).say
        downloads = {say("download_votes", form=form): f"export.{form}?{key}" for form in EXPORTS}
        if results.kept:
            downloads[say("download_kept")] = f"kept.zip?{key}"
        is_open = review.closed is None
        return ReportActions(
            downloads=downloads,
            close=f"close?{key}" if is_open else None,
            reopen=None if is_open else f"reopen?{key}",
            vote=f"../{review.id}" if is_open else None,
            in_language=lambda lang: f"results?{key}&lang={lang}",
            use_confidence=partial(self._page_with_confidence, review),
        )

    def _page_with_confidence(self, review: Review, picture: Picture, confidence: float) -> str | None:
        if not self._has_page:
            return None
        mine = (one for one in review.spec.pictures if (one.model, one.revision) == (picture.model, picture.revision))
        labels = tuple(dict.fromkeys(one.label for one in mine))
        batch = BatchState(labels, truncation=picture.truncation, confidence=confidence)
        return f"../../{to_query(PageState(picture.model, picture.revision, 'batch', batch=batch))}"
