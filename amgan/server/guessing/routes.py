"""``/guess``: ten pictures, real or made up, and what all guesses come to. Open to all, as the page itself is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr
from starlette.exceptions import HTTPException
from starlette.responses import Response

from amgan.reviews.guessing.results import results_of
from amgan.reviews.guessing.round import GUESSES, Rounds
from amgan.reviews.statistics.share import Share
from amgan.reviews.store.guesses import GuessStore
from amgan.server.guessing.pictures import RoundPictures
from amgan.server.page_files import BY_SPACES, PageFiles
from amgan.server.schemas import Strict
from amgan.server.service import Service

MOST_NAME = 300
Token = Annotated[str, Field(max_length=1240)]
ModelName = Annotated[str | None, Query(max_length=MOST_NAME)]


class RoundRequest(Strict):
    """Whose pictures are to be told from real ones; the default model's if not said."""

    model: Annotated[StrictStr, Field(max_length=MOST_NAME)] | None = None


class RoundAnswer(BaseModel):
    """A round that has begun, and where the real pictures are from."""

    round: str
    count: int
    model: str
    licence: str
    holder: str
    source: str


class GuessRequest(Strict):
    """What is said of the picture at a place, counted from 0."""

    place: Annotated[StrictInt, Field(ge=0, lt=GUESSES)]
    real: StrictBool


class GuessAnswer(BaseModel):
    """What the picture is, and what counts as said: the first guess."""

    real: bool
    said_real: bool
    label: str


class ShareAnswer(BaseModel):
    """A share of guesses with its 95 % interval."""

    share: float
    low: float
    high: float
    guesses: int


class ResultsAnswer(BaseModel):
    """What the guesses at a model's pictures come to, of rounds that were played to their end."""

    model: str
    revision: str
    rounds: int
    fooled: ShareAnswer | None
    doubted: ShareAnswer | None


def add_guess_routes(app: FastAPI, service: Service, store: GuessStore) -> None:
    """Add the page, its pictures, the guesses and their results."""
    rounds = Rounds(store.secret())
    pictures = RoundPictures(service, rounds)
    folder = Path(__file__).parent / "page"
    files = PageFiles(folder, "guess.js", "guess", BY_SPACES, service.config.language)

    files.serve(app, "/guess", "guess.html")

    @app.get("/guess/results", include_in_schema=False)
    async def show_results(model: ModelName = None) -> ResultsAnswer:
        opened, _ = await pictures.opened(model)
        name, revision = opened.name, opened.model.revision
        found = await asyncio.to_thread(lambda: results_of(store.guesses(name, revision)))
        fooled, doubted = _answer(found.fooled), _answer(found.doubted)
        return ResultsAnswer(model=name, revision=revision, rounds=found.rounds, fooled=fooled, doubted=doubted)

    @app.post("/guess/rounds", include_in_schema=False)
    async def begin(asked: RoundRequest, request: Request) -> RoundAnswer:
        opened, real = await pictures.opened(asked.model)
        token = rounds.begin(opened.name, opened.model.revision)
        await pictures.all_of(rounds.read(token), request)
        about = {"licence": real.licence, "holder": real.holder, "source": real.source}
        return RoundAnswer(round=token, count=GUESSES, model=opened.name, **about)

    @app.get("/guess/rounds/{token}/{name}", include_in_schema=False)
    async def show_picture(token: Token, name: str, request: Request) -> Response:
        begun = rounds.read(token)
        places = {f"{place}.png": place for place in range(GUESSES)}
        if name not in places:
            raise HTTPException(404, "this round has no such picture")
        played = await pictures.all_of(begun, request)
        return Response(played.files[places[name]], media_type="image/png", headers={"Cache-Control": "no-store"})

    @app.post("/guess/rounds/{token}/guesses", include_in_schema=False)
    async def guess(token: Token, asked: GuessRequest, request: Request) -> GuessAnswer:
        begun = rounds.read(token)
        played = await pictures.all_of(begun, request)
        shown = played.shown[asked.place]
        number, label = played.labels[asked.place], ""
        if number is not None:
            opened, _ = await pictures.opened(begun.model, begun.revision)
            label = opened.model.class_names_in(files.language_of(request))[number]
        said = await asyncio.to_thread(store.add, begun, asked.place, shown, asked.real)
        return GuessAnswer(real=shown.is_real, said_real=said, label=label)


def _answer(share: Share | None) -> ShareAnswer | None:
    if share is None:
        return None
    return ShareAnswer(share=share.value, low=share.low, high=share.high, guesses=share.count)
