"""``.../reviews`` and ``.../feedback``: people are asked of a project's pictures, and what they said comes back."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field, StrictInt, StrictStr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from amgan.data.reasons import Reason
from amgan.errors import RequestError
from amgan.projects.asking import ask_of_classes, ask_of_liked, ask_of_pairs
from amgan.projects.feedback import Judged, bring_votes, failing_classes, judged_of, keep_review, run_with_votes
from amgan.projects.folder import Project
from amgan.projects.models import class_texts_of
from amgan.projects.queue import TrainingQueue
from amgan.projects.room import ProjectRoom
from amgan.projects.runs import Choice, Run, newest_with_model, run_of
from amgan.reviews.report.words import state_of
from amgan.reviews.review_spec import MAX_QUESTION, ReviewSpec
from amgan.reviews.store.store import Review, ReviewStore
from amgan.server.projects.door import ProjectDoor
from amgan.server.projects.run_routes import RunAnswer, run_answer
from amgan.server.root_path import base_address
from amgan.server.schemas import Strict
from amgan.server.service import Service

MOST_PICTURES = 200
"""Of a review that is made here; people tire sooner."""

MOST_REVIEWS = 100
"""Of a project."""


class NewReview(Strict):
    """What people are to be asked: of pictures of each class, of those alone that they may like, or of blind pairs."""

    run: Annotated[StrictStr, Field(max_length=40)] = ""
    kind: Literal["classes", "liked", "pairs"] = "classes"
    pictures: Annotated[StrictInt, Field(ge=1, le=MOST_PICTURES)] = 40
    target: Annotated[float, Field(ge=0, le=1)] | None = None
    question: Annotated[StrictStr, Field(max_length=MAX_QUESTION)] = ""


class ReviewAnswer(BaseModel):
    """A review, its links, and what was said so far."""

    id: str
    title: str
    pairs: bool
    pictures: int
    link: str
    results: str
    votes: int
    people: int
    kept: int
    target: float | None
    state: str
    failing: list[str]


class ReviewsAnswer(BaseModel):
    """All reviews, the newest first."""

    reviews: list[ReviewAnswer]


class Feedback(Strict):
    """A training that goes on with what was kept."""

    choice: Choice | None = None


def add_asking_routes(
    app: FastAPI, service: Service, room: ProjectRoom, door: ProjectDoor, trainings: TrainingQueue, store: ReviewStore
) -> None:
    """Add them.

    Args:
        app: Gets them.
        service: The server's parts, among them the shelf from which reviewers' pictures are drawn.
        room: The projects.
        door: Knows who may do what.
        trainings: Trains on.
        store: Where people vote.
    """
    router = APIRouter(prefix="/create/api/projects/{name}", route_class=door.route_class(), include_in_schema=False)
    asking = asyncio.Lock()  # drawing for a review takes a core for seconds

    def judged(name: str) -> tuple[Project, list[Judged]]:
        project = room.open(name)
        bring_votes(project, store)
        return project, judged_of(project)

    @router.get("/reviews")
    def list_reviews(name: str, request: Request) -> ReviewsAnswer:
        project, found = judged(name)
        texts = class_texts_of(project, door.language_of(request))
        return ReviewsAnswer(reviews=[_answer(one, base_address(request), texts) for one in reversed(found)])

    @router.post("/reviews")
    async def make_review(name: str, asked: NewReview, request: Request) -> ReviewsAnswer:
        def made() -> ReviewsAnswer:
            project, before = judged(name)
            if len(before) >= MOST_REVIEWS:
                raise RequestError(Reason("many_reviews", {"most": str(MOST_REVIEWS)}))
            run = run_of(project, asked.run) if asked.run else newest_with_model(project)
            if trainings.state(run) in ("training", "stopping"):
                raise RequestError(Reason("pictures_change"))
            spec = _spec(project, run, asked)
            service.models.shelf.look_again()  # a model that has just been trained may not be on it yet
            keep_review(project, store.create(spec))
            return list_reviews(name, request)

        async with asking:
            return await asyncio.to_thread(made)

    @router.get("/reviews/{review_id}/qr.svg")
    def show_code(name: str, review_id: str, request: Request) -> Response:
        _, found = judged(name)
        review = next((one.review for one in found if one.review.id == review_id), None)
        if review is None:
            raise HTTPException(404, "this project has no such review")
        drawn = io.BytesIO()
        segno.make(_link(review, base_address(request)), micro=False).save(
            drawn, kind="svg", scale=4, border=4, light="#fff"
        )
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    @router.post("/feedback")
    async def train_on(name: str, asked: Feedback, request: Request) -> RunAnswer:
        def begun() -> RunAnswer:
            project, _ = judged(name)
            run = trainings.begin(project, run_with_votes(project, asked.choice))
            return run_answer(project, run, trainings, door, request)

        async with asking:
            return await asyncio.to_thread(begun)

    app.include_router(router)


def _spec(project: Project, run: Run, asked: NewReview) -> ReviewSpec:
    if asked.kind == "pairs":
        return ask_of_pairs(project, run, asked.pictures, asked.question)
    ask = ask_of_liked if asked.kind == "liked" else ask_of_classes
    return ask(project, run, asked.pictures, asked.target, asked.question)


def _answer(judged: Judged, base: str, texts: Mapping[str, str]) -> ReviewAnswer:
    review, results = judged.review, judged.results
    state = state_of(review.spec, results)
    link = _link(review, base)
    return ReviewAnswer(
        id=review.id,
        title=review.spec.title,
        pairs=review.spec.is_pairs,
        pictures=len(review.spec.items),
        link=link,
        results=f"{link}/results?{urlencode({'key': review.key})}",
        votes=results.votes,
        people=sum(reviewer.votes > 0 for reviewer in results.reviewers),
        kept=len(results.kept),
        target=review.spec.target,
        state=state.name.lower() if state else "",
        failing=[texts.get(label, label) for label in failing_classes(judged)],
    )


def _link(review: Review, base: str) -> str:
    return f"{base}review/{review.id}"
