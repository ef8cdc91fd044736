"""The answers that routes have in common, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Any

from amgan.server.schemas import FieldProblems, Problem

Responses = dict[int | str, dict[str, Any]]

BINARY = {"schema": {"type": "string", "format": "binary"}}

_PROBLEMS: dict[int, str] = {
    400: "The body cannot be parsed.",
    401: "A token is needed.",
    404: "No such model or revision.",
    409: "The job is not done.",
    416: "The file has no such part; Content-Range says how many bytes it has.",
    413: "Too many pictures, or too large a body.",
    429: "Too much is waiting, or asked for; Retry-After says when to come again.",
    503: "The model cannot be used now, or the server is stopping.",
}


def problems(*statuses: int) -> Responses:
    """What goes wrong with these statuses, and with every request."""
    answers: Responses = {status: {"model": Problem, "description": _PROBLEMS[status]} for status in (*statuses, 401)}
    answers[503] = {"model": Problem, "description": _PROBLEMS[503]}
    answers[422] = {"model": FieldProblems, "description": "A field asks for what is not allowed or not possible."}
    return answers
