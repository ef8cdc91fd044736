"""``/review/{id}``: the page on which people vote, its pictures and its votes. Who knows the id may vote."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Query, Request
from pydantic import BaseModel, Field, StrictInt, StrictStr
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from amgan.engine.shelf import Shelf
from amgan.errors import AmganError, RequestError
from amgan.reviews.blind import Side, answer_of, order_for, picture_at, verdict_of
from amgan.reviews.class_texts import class_texts
from amgan.reviews.copying.read_back import Filling
from amgan.reviews.review_spec import Picture, Scale
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.titles import title_in
from amgan.reviews.usual_questions import question_in
from amgan.reviews.vote import MAX_COMMENT, MAX_REVIEWER_NAME, TOKEN, Vote, counted
from amgan.server.reviews.door import ReviewDoor
from amgan.server.reviews.messages import message_page
from amgan.server.reviews.page_files import ReviewPageFiles
from amgan.server.reviews.pictures import ReviewPictures
from amgan.server.schemas import Strict
from amgan.server.service import Service

MOST_VOTES = 100
"""Of one request."""
PICTURE_SECONDS = 86_400

_TOKEN = f"^{TOKEN.pattern}$"
Token = Annotated[StrictStr, Field(pattern=_TOKEN)]
Reviewer = Annotated[str, Query(pattern=_TOKEN)]

_PICTURE = re.compile(r"(\d{1,6})(?:-(left|right))?\.png", re.ASCII)


class VoteRequest(Strict):
    """What is said of one item; of a pair: left, right or same, as its reviewer sees it."""

    id: Token
    item: StrictInt
    verdict: Annotated[StrictStr, Field(max_length=20)]
    comment: Annotated[StrictStr, Field(max_length=MAX_COMMENT)] = ""


class VotesRequest(Strict):
    """Votes of one reviewer, in the order in which they were given."""

    reviewer: Token
    name: Annotated[StrictStr, Field(max_length=MAX_REVIEWER_NAME)] = ""
    votes: Annotated[list[VoteRequest], Field(min_length=1, max_length=MOST_VOTES)]


class VotesAnswer(BaseModel):
    """Ids of the votes that are on the disk now."""

    acknowledged: list[str]


class ItemState(BaseModel):
    """What a reviewer may know of an item: what its class is called to them, or null if a pair shows two."""

    label: str | None


class VoteState(BaseModel):
    """What the reviewer said of an item last, and when, in seconds since 1970."""

    verdict: str
    comment: str
    at: float


class ReviewState(BaseModel):
    """A review as one reviewer sees it: nothing of models, revisions, seeds and D's opinion."""

    title: str
    question: str
    scale: Scale
    pairs: bool
    count: int
    closed: bool
    order: list[int]
    items: list[ItemState]
    votes: dict[int, VoteState]
    name: str


def add_review_routes(
    app: FastAPI, service: Service, store: ReviewStore, filling: Callable[[], Filling] | None = None
) -> None:
    """Add the routes for reviewers. They are open to all, as the page itself is; the ids cannot be guessed.

    Args:
        app: Gets them.
        service: Draws.
        store: The reviews.
        filling: How far the store is with what is read back into it; None if nothing is.
    """
    door = ReviewDoor(store, filling)
    pictures, files = ReviewPictures(service), ReviewPageFiles(service.config.language)

    @app.get("/review/{review_id}", include_in_schema=False)
    async def show_page(review_id: str, request: Request) -> Response:
        try:
            review = await door.review(review_id)
        except AmganError as error:
            return message_page(files, request, error)
        lang = files.language_of(request)
        page = files.page(title_in(lang, review.spec.title), question_in(lang, review.spec.question), lang)
        return HTMLResponse(page, headers=files.html_headers)

    files.serve(app, "/review")

    @app.get("/review/{review_id}/state", include_in_schema=False)
    async def show_state(review_id: str, reviewer: Reviewer, request: Request) -> ReviewState:
        lang = files.language_of(request)
        return await door.ask(lambda: _state(store, review_id, reviewer, service.models.shelf, lang))

    @app.get("/review/{review_id}/pictures/{name}", include_in_schema=False)
    async def draw_picture(review_id: str, name: str, request: Request, reviewer: Reviewer | None = None) -> Response:
        review = await door.review(review_id)
        content = await pictures.png(_picture(review, name, reviewer), request)
        headers = {"Cache-Control": f"private, max-age={PICTURE_SECONDS}"}
        return Response(content, media_type="image/png", headers=headers)

    @app.post("/review/{review_id}/votes", include_in_schema=False)
    async def add_votes(review_id: str, asked: VotesRequest) -> VotesAnswer:
        await door.ask(lambda: _add(store, review_id, asked))
        return VotesAnswer(acknowledged=[vote.id for vote in asked.votes])


def _state(store: ReviewStore, review_id: str, reviewer: str, shelf: Shelf, lang: str) -> ReviewState:
    review = store.review(review_id)
    texts = class_texts(review.spec.pictures, shelf, lang)
    spec, votes = review.spec, store.votes_of(review_id, reviewer)
    return ReviewState(
        title=title_in(lang, spec.title),
        question=question_in(lang, spec.question),
        scale=spec.scale,
        pairs=spec.is_pairs,
        count=len(spec.items),
        closed=review.closed is not None or store.is_full(review_id),
        order=order_for(review, reviewer),
        items=[ItemState(label=item.label and texts.get(item.label, item.label)) for item in spec.items],
        votes={
            vote.item: VoteState(
                verdict=answer_of(review, reviewer, vote.item, vote.verdict), comment=vote.comment, at=vote.at
            )
            for vote in counted(votes)
        },
        name=votes[-1].name if votes else "",
    )


def _add(store: ReviewStore, review_id: str, asked: VotesRequest) -> None:
    review = store.review(review_id)
    store.add(review_id, [_vote(review, asked, vote) for vote in asked.votes])


def _vote(review: Review, asked: VotesRequest, vote: VoteRequest) -> Vote:
    verdict = verdict_of(review, asked.reviewer, vote.item, vote.verdict)
    # The vote refuses what is no verdict.
    return Vote(vote.id, vote.item, asked.reviewer, verdict, vote.comment.strip(), asked.name.strip())  # type: ignore[arg-type]


def _picture(review: Review, name: str, reviewer: str | None) -> Picture:
    """The picture of a file's name.

    Raises:
        HTTPException: the review has none of that name.
        RequestError: a pair, but nobody who sees it.
    """
    found = _PICTURE.fullmatch(name)
    items = review.spec.items
    if found is None or int(found[1]) >= len(items) or (found[2] is None) == review.spec.is_pairs:
        raise HTTPException(404, "this review has no such picture")
    number = int(found[1])
    if found[2] is None:
        return items[number].a
    if reviewer is None:
        raise RequestError("say for which reviewer the sides of the pair are: ?reviewer=...")
    side: Side = "left" if found[2] == "left" else "right"
    return picture_at(review, reviewer, number, side)
