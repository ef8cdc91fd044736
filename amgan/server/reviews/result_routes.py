"""``/review/{id}/results`` and what can be taken from there: for who knows the review's key as well as its id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from amgan.errors import AmganError
from amgan.reviews.copying.read_back import Filling
from amgan.reviews.report.export import EXPORTS, export_votes
from amgan.reviews.report.html import report_policy
from amgan.reviews.store.store import Review, ReviewStore
from amgan.server.middleware import caller_of
from amgan.server.reviews.door import ReviewDoor
from amgan.server.reviews.messages import is_browser, message_page, route_for_people
from amgan.server.reviews.page_files import ReviewPageFiles
from amgan.server.reviews.report import ReviewReports
from amgan.server.service import Service

Key = Annotated[str, Query(max_length=200)]


def add_review_result_routes(
    app: FastAPI, service: Service, store: ReviewStore, has_page: bool, filling: Callable[[], Filling] | None = None
) -> None:
    """Add the routes for those who made a review.

    Args:
        app: Gets them.
        service: Draws.
        store: The reviews.
        has_page: Whether there is a page for people to which reports can lead.
        filling: How far the store is with what is read back into it; None if nothing is.
    """
    door = ReviewDoor(store, filling)
    reports, files = ReviewReports(service, store, has_page), ReviewPageFiles(service.config.language)
    router = APIRouter(route_class=route_for_people(files), include_in_schema=False)

    @router.get("/review/{review_id}/results")
    async def show_results(review_id: str, request: Request, key: Key = "") -> Response:
        try:
            review = await door.owned(review_id, key)
            page = await reports.page(review, caller_of(request), files.language_of(request))
        except AmganError as error:
            return message_page(files, request, error, root="../")
        return HTMLResponse(page, headers={"Content-Security-Policy": report_policy(), "Vary": "Accept-Language"})

    @router.get("/review/{review_id}/kept.zip")
    async def fetch_kept(review_id: str, request: Request, key: Key = "") -> Response:
        review = await door.owned(review_id, key)
        content = await reports.kept(review, caller_of(request))
        return _file(content, "application/zip", f"review-{review.id}-kept.zip")

    def add_export(form: str) -> None:
        @router.get(f"/review/{{review_id}}/export.{form}")
        async def export(review_id: str, key: Key = "") -> Response:
            review = await door.owned(review_id, key)
            content = await asyncio.to_thread(lambda: export_votes(review, store.votes(review.id), form))
            return _file(content, EXPORTS[form].media_type, f"review-{review.id}.{form}")

    def add_change(name: str, change: Callable[[str], Review]) -> None:
        @router.post(f"/review/{{review_id}}/{name}")
        async def change_review(review_id: str, key: Key = "") -> Response:
            # The key is proof enough, so a plain form may send this: the report has no script.
            review = await door.owned(review_id, key)
            await asyncio.to_thread(change, review.id)
            return _to_results(key)

        @router.get(f"/review/{{review_id}}/{name}")
        async def show_button(request: Request, key: Key = "") -> Response:
            if not is_browser(request):
                raise HTTPException(405, "this path takes POST", {"Allow": "POST"})
            return _to_results(key)

    for form in EXPORTS:
        add_export(form)
    add_change("close", store.close_review)
    add_change("reopen", store.reopen_review)
    app.include_router(router)


def _to_results(key: str) -> Response:
    return RedirectResponse(f"results?{urlencode({'key': key})}", 303)


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
