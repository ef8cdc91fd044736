"""Answers of a sentence, for those who speak ASGI and not the framework: what stands before the routes."""

from __future__ import annotations

import json

from starlette.types import Scope, Send


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that name, in lower case."""
    return next((value for key, value in scope["headers"] if key == name), None)


async def refuse(send: Send, status: int, sentence: str, **headers: str) -> None:
    """Answer with ``{"detail": sentence}``; an underscore in a header's name stands for a hyphen."""
    body = json.dumps({"detail": sentence}).encode()
    fields = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
