"""``/review/{id}/results`` and what can be taken from there: for who knows the review's key as well as its id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from amgan.errors import AmganError
from amgan.reviews.export import EXPORT_FORMS, MEDIA_TYPES, ExportForm, export_votes
from amgan.reviews.report_html import report_policy
from amgan.reviews.review_store import ReviewStore
from amgan.server.callers import caller_of
from amgan.server.review_door import ReviewDoor
from amgan.server.review_page_files import ReviewPageFiles
from amgan.server.review_report import ReviewReports
from amgan.server.routes.review_messages import message_page
from amgan.server.service import Service

Key = Annotated[str, Query(max_length=200)]


def add_review_result_routes(
    app: FastAPI, service: Service, store: ReviewStore, has_page: bool, ready: Callable[[], bool] | None = None
) -> None:
    """Add the routes for those who made a review.

    Args:
        app: Gets them.
        service: Draws.
        store: The reviews.
        has_page: Whether there is a page for people to which reports can lead.
        ready: Whether the store holds all that is read back into it; None if nothing is.
    """
    door = ReviewDoor(store, ready)
    reports, files = ReviewReports(service, store, has_page), ReviewPageFiles()

    @app.get("/review/{review_id}/results", include_in_schema=False)
    async def show_results(review_id: str, request: Request, key: Key = "") -> Response:
        try:
            review = await door.owned(review_id, key)
            page = await reports.page(review, caller_of(request))
        except AmganError as error:
            return message_page(files, error, root="../")
        return HTMLResponse(page, headers={"Content-Security-Policy": report_policy()})

    @app.get("/review/{review_id}/kept.zip", include_in_schema=False)
    async def fetch_kept(review_id: str, request: Request, key: Key = "") -> Response:
        review = await door.owned(review_id, key)
        content = await reports.kept(review, caller_of(request))
        return _file(content, "application/zip", f"review-{review.id}-kept.zip")

    @app.post("/review/{review_id}/close", include_in_schema=False)
    async def close_review(review_id: str, key: Key = "") -> Response:
        # The key is proof enough, so a plain form may send this: the report has no script.
        review = await door.owned(review_id, key)
        await asyncio.to_thread(store.close_review, review.id)
        return RedirectResponse(f"results?{urlencode({'key': key})}", 303)

    @app.post("/review/{review_id}/reopen", include_in_schema=False)
    async def reopen_review(review_id: str, key: Key = "") -> Response:
        review = await door.owned(review_id, key)
        await asyncio.to_thread(store.reopen_review, review.id)
        return RedirectResponse(f"results?{urlencode({'key': key})}", 303)

    def add_export(form: ExportForm) -> None:
        @app.get(f"/review/{{review_id}}/export.{form}", include_in_schema=False)
        async def export(review_id: str, key: Key = "") -> Response:
            review = await door.owned(review_id, key)
            content = await asyncio.to_thread(lambda: export_votes(review, store.votes(review.id), form))
            return _file(content, MEDIA_TYPES[form], f"review-{review.id}.{form}")

    for form in EXPORT_FORMS:
        add_export(form)


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
