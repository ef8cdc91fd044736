"""Who counts as the same caller, whatever addresses they come from or say that they come from."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request

from amgan.server.middleware import Callers, caller_of
from amgan.server.tokens import Tokens


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
