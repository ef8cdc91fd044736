"""The limit of a body is kept whatever a client says of its length."""

from __future__ import annotations

import asyncio

import pytest

from amgan.server.body_limit import BodyLimit

MOST = 1000


def ask(body: bytes, *headers: tuple[bytes, bytes]) -> tuple[int, int]:
    """Status of the answer and bytes that the app has read, for a body that comes in parts of 100 bytes."""
    parts = [body[start : start + 100] for start in range(0, len(body), 100)] or [b""]
    read, status = 0, 0

    async def app(scope, receive, send):
        nonlocal read
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            read += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive():
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message):
        nonlocal status
        status = message.get("status", status)

    asyncio.run(BodyLimit(app, MOST)({"type": "http", "headers": list(headers)}, receive, send))
    return status, read


def length(digits: str) -> tuple[bytes, bytes]:
    return b"content-length", digits.encode()


CHUNKED = (b"transfer-encoding", b"chunked")


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_what_is_allowed_comes_through(size):
    assert ask(b"x" * size, length(str(size))) == (200, size)
    assert ask(b"x" * size, length(f"{size:050}")) == (200, size)
    assert ask(b"x" * size, CHUNKED) == (200, size)


@pytest.mark.parametrize(
    "digits",
    ["1001", "5000", f"{5000:025}", "9" * 19, "9" * 20, "9" * 5000, f"{1:0<30}", "-1", "1e3", "1_0", "", "\u00b2"],
)
def test_what_says_to_be_larger_or_nothing_that_is_a_number_is_not_read(digits):
    body = b"x" * 5000
    if digits == "":
        digits = " "
    assert ask(body, length(digits)) == (413, 0)


def test_what_says_nothing_is_counted():
    status, read = ask(b"x" * 5000, CHUNKED)
    assert status == 413
    assert read <= MOST
