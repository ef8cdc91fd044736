"""What goes wrong, as answers: a status and one sentence, or the field and what is allowed; never a path or a trace."""

from __future__ import annotations

import math
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from amgan.bulk.job_store import UnfinishedJobError, UnknownJobError
from amgan.errors import (
    AmganError,
    BusyError,
    ClassSearchError,
    JobsAwayError,
    PictureAwayError,
    PictureGoneError,
    ReleaseError,
    RequestError,
    ReviewClosedError,
    ReviewsAwayError,
    ReviewsStartingError,
    UnknownProjectError,
    UnknownReviewError,
)
from amgan.server.model_room import NoSuchModelError
from amgan.server.presence import ClientGoneError

CLIENT_GONE = 499
"""What such a request is counted as; nobody sees it."""
MOST_PROBLEMS = 20
STARTING_SECONDS = 5
AWAY_SECONDS = 20
"""So soon a picture is asked for again whose model the Hub did not give, and a vote sent that could not be kept."""
NOT_KEPT = "reviews and votes cannot be kept or read at the moment; try again soon"
JOBS_AWAY = "jobs cannot be kept or read at the moment; try again soon"
UNEXPECTED = "something went wrong here; it is written in the server's log"


class FieldError(RequestError):
    """One field of a request asks for what the model cannot give.

    Attributes:
        field: Where in the request, such as ("body", "labels").
    """

    def __init__(self, field: tuple[str | int, ...], problem: str) -> None:
        super().__init__(problem)
        self.field = field


class TooManyError(AmganError):
    """More is asked for at once than this server gives."""


def add_problem_handlers(app: FastAPI) -> None:
    """Answer errors in this module's way."""
    app.add_exception_handler(AmganError, _amgan)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(ClientGoneError, _gone)
    app.add_exception_handler(Exception, _unexpected)


def described(error: Exception) -> tuple[int, str, dict[str, str]]:
    """What a caller is told of an error: status, sentence, and Retry-After if it may pass.

    Raises:
        Exception: the error itself, if it is not meant for a caller.
    """
    if isinstance(error, (NoSuchModelError, UnknownJobError, UnknownReviewError, UnknownProjectError)):
        return 404, str(error), {}
    if isinstance(error, (UnfinishedJobError, ReviewClosedError)):
        return 409, str(error), {}
    if isinstance(error, PictureGoneError):
        return 410, str(error), {}
    if isinstance(error, (RequestError, ClassSearchError)):
        return 422, str(error), {}
    if isinstance(error, TooManyError):
        return 413, str(error), {}
    if isinstance(error, BusyError):
        return 429, str(error), _again_after(min(math.ceil(error.retry_after or 1), 3600))
    if isinstance(error, ReviewsStartingError):
        return 503, str(error), _again_after(STARTING_SECONDS)
    if isinstance(error, ReviewsAwayError):
        # Its own words are for who runs the server, and stand in the log.
        return 503, NOT_KEPT, _again_after(AWAY_SECONDS)
    if isinstance(error, JobsAwayError):
        return 503, JOBS_AWAY, _again_after(AWAY_SECONDS)
    if isinstance(error, PictureAwayError):
        return 503, str(error), _again_after(AWAY_SECONDS)
    if isinstance(error, ReleaseError):
        return 503, f"this model cannot be used now: {error}", _again_after(60)
    raise error


def _amgan(request: Request, error: Exception) -> Response:
    status, sentence, headers = described(error)
    if status != 422:
        return _sentence(status, sentence, headers)
    place = error.field if isinstance(error, FieldError) else (_place(request),)
    return _fields([(place, sentence, "not_possible")])


def _malformed(request: Request, error: Exception) -> Response:
    # What was sent is not repeated: it may be long, and a proxy's log is no place for it.
    found = error.errors() if isinstance(error, RequestValidationError) else []
    return _fields([(tuple(each["loc"]), str(each["msg"]), str(each["type"])) for each in found])


def _by_status(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _sentence(error.status_code, str(error.detail), error.headers)


def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=CLIENT_GONE)


def _unexpected(request: Request, error: Exception) -> Response:
    # The server that runs the app writes the trace into its log.
    return _sentence(500, UNEXPECTED)


def _again_after(seconds: int) -> dict[str, str]:
    return {"Retry-After": str(seconds)}


def _place(request: Request) -> str:
    return "query" if request.method in ("GET", "HEAD") else "body"


def _sentence(status: int, sentence: str, headers: Any = None) -> Response:
    return JSONResponse({"detail": sentence}, status, headers)


def _fields(problems: list[tuple[tuple[Any, ...], str, str]]) -> Response:
    shown = [
        {"loc": [part if isinstance(part, int) else str(part)[:100] for part in place], "msg": message, "type": kind}
        for place, message, kind in problems[:MOST_PROBLEMS]
    ]
    return JSONResponse({"detail": shown}, 422)
