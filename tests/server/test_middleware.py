"""Who counts as the same caller, whatever addresses they come from or say that they come from.

The limit of a body is kept whatever a client says of its length.
"""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request

from amgan.server.middleware import BodyLimit, Callers, caller_of
from amgan.server.tokens import Tokens

MOST = 1000

CHUNKED = (b"transfer-encoding", b"chunked")


def caller_from(host):
    found = []

    async def app(scope, receive, send):
        found.append(caller_of(Request(scope)))

    scope = {"type": "http", "path": "/v1/images", "headers": [], "client": host and (host, 5)}
    asyncio.run(Callers(app, Tokens())(scope, None, None))
    return found[0]


def test_addresses_of_ipv4_are_callers():
    assert caller_from("192.0.2.1") != caller_from("192.0.2.2")
    assert caller_from("::ffff:192.0.2.1") == caller_from("192.0.2.1")


def test_the_addresses_of_one_line_are_one_caller():
    assert caller_from("2001:db8:0:1::1") == caller_from("2001:DB8:0:1:ffff:ffff:ffff:ffff")
    assert caller_from("2001:db8:0:1::1") != caller_from("2001:db8:0:2::1")
    assert caller_from("fe80::1%eth0") == caller_from("fe80::2%eth0")


@pytest.mark.parametrize("host", [None, "", "x" * 60_000, "192.0.2.1, 192.0.2.2", "unknown", "192.0.2.1\x00"])
def test_what_is_no_address_is_one_caller_and_takes_no_memory(host):
    assert caller_from(host) == ""


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
