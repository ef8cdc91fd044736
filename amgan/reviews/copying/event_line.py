"""A review, what becomes of it, or a vote as one line of JSON: what copies of a store consist of.

Lines may come from anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from amgan.errors import RequestError
from amgan.reviews.review_spec import MAX_JSON_BYTES, ReviewSpec
from amgan.reviews.store.store import Review
from amgan.reviews.vote import TOKEN, Vote

MAX_LINE_BYTES = 6 * MAX_JSON_BYTES
"""A character of the spec may need six in the line."""
MAX_TIME = 1e11
"""Seconds since 1970; dates beyond the year 5138 are no dates."""

_FIELDS = {
    "review": {"id", "key", "created", "spec"},
    "closing": {"review", "at"},
    "reopening": {"review", "at"},
    "deletion": {"review", "at"},
    "vote": {"review", "id", "item", "reviewer", "verdict", "comment", "name", "at"},
}


@dataclass(frozen=True)
class Turning:
    """What becomes of a review.

    Attributes:
        review: Its id.
        at: Since when, in seconds since 1970.
    """

    review: str
    at: float


class Closing(Turning):
    """A review takes no more votes."""


class Reopening(Turning):
    """A closed review takes votes again; of this and a closing the later one counts."""


class Deletion(Turning):
    """A review is gone with its votes, whatever else is said of it before or later."""


@dataclass(frozen=True)
class Cast:
    """A vote, and the id of the review that it is for."""

    review: str
    vote: Vote


Event = Review | Turning | Cast

_TURNINGS: dict[str, type[Turning]] = {"closing": Closing, "reopening": Reopening, "deletion": Deletion}


def to_line(event: Event) -> bytes:
    """The event as a line with its end. Whether a review is closed is not part of its own line."""
    match event:
        case Review():
            content = {"event": "review", "id": event.id, "key": event.key, "created": event.created}
            content["spec"] = event.spec.to_json()
        case Turning():
            content = {"event": type(event).__name__.lower()} | asdict(event)
        case Cast():
            content = {"event": "vote", "review": event.review} | asdict(event.vote)
    return json.dumps(content).encode() + b"\n"


def from_line(line: bytes) -> Event:
    """What a line says.

    Raises:
        RequestError: it says nothing that a store could take.
    """
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"a line must be JSON ({type(error).__name__})") from error
    kind = content.pop("event", None) if isinstance(content, dict) else None
    if not isinstance(kind, str) or set(content) != _FIELDS.get(kind):
        raise RequestError("a line must be a review, its closing, reopening or deletion, or a vote with its fields")
    if kind == "review":
        spec = content["spec"]
        if not isinstance(spec, str):
            raise RequestError("spec must be a text")
        return Review(
            _token(content["id"]), _token(content["key"]), _time(content["created"]), None, ReviewSpec.from_json(spec)
        )
    review, at = _token(content.pop("review")), _time(content.pop("at"))
    return _TURNINGS[kind](review, at) if kind in _TURNINGS else Cast(review, Vote(**content, at=at))


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """The lines of an open file; one that is too long comes as an empty one, of which `from_line` makes nothing."""
    while line := file.readline(MAX_LINE_BYTES):
        whole = line
        while len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            whole = b""
            line = file.readline(MAX_LINE_BYTES)
        yield whole


def _token(value: Any) -> str:
    if not isinstance(value, str) or not TOKEN.fullmatch(value):
        raise RequestError("an id or key must be 8 to 64 letters, digits, - or _")
    return value


def _time(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MAX_TIME:
        raise RequestError("a time must be a number of seconds since 1970")
    return float(value)
