"""By which names the server answers."""

from __future__ import annotations

import asyncio

import pytest

from amgan.errors import ConfigError
from amgan.server.hosts import Hosts, allowed_hosts
from tests.server.running import problem, running


def answer(host, *, allowed=(), server=("192.168.1.5", 7860), **headers):
    """The status for a request with this Host header."""
    said = []

    async def app(scope, receive, send):
        said.append(200)

    async def send(message):
        said.append(message.get("status"))

    fields = ({"host": host} if host is not None else {}) | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    raw = [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]
    asyncio.run(Hosts(app, allowed)({"type": "http", "headers": raw, "server": server}, None, send))
    return said[0]


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:7860", "localhost.", "127.0.0.1:80", "127.9.9.9", "[::1]:7860", "192.168.1.5:7860"],
)
def test_it_answers_to_localhost_and_to_the_address_it_is_reached_at(host):
    assert answer(host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:7860", "192.168.1.6", "localhost.evil.example", "localhost@evil.example",
        "127.0.0.1.evil.example", "evil.example#localhost", "evil.example/localhost", "localhost:port", "[::1", " ", "",
        ":80", "localhost, evil.example", "l\xf6calhost", "localhost\\evil.example", "0x7f.1", "[::ffff:9.9.9.9]",
        "[127.0.0.1]", "[:::]", "..",
    ],
)  # fmt: skip
def test_other_names_are_refused(host):
    assert answer(host) == 421


def test_a_request_without_a_host_names_nobody():
    assert answer(None) == 200


def test_an_address_of_two_spellings_is_one():
    assert answer("192.168.1.5", server=("::ffff:192.168.1.5", 7860)) == 200
    assert answer("[2001:DB8:0::1]:80", server=("2001:db8::1", 7860)) == 200
    assert answer("[2001:db8::2]", server=("2001:db8::1", 7860)) == 421
    assert answer("localhost", server=None) == 200
    assert answer("10.0.0.1", server=None) == 421
    assert answer("10.0.0.1", server=("/run/amgan.sock", None)) == 421


def test_a_proxy_may_say_no_other_name_either():
    assert answer("localhost", x_forwarded_host="localhost") == 200
    assert answer("localhost", x_forwarded_host="evil.example") == 421
    assert answer("localhost", x_forwarded_host="localhost, evil.example") == 421
    assert answer("localhost", x_forwarded_host="shop.example", allowed=["shop.example"]) == 200


def test_names_may_be_added():
    assert answer("shop.example", allowed=["shop.example"]) == 200
    assert answer("SHOP.example:443", allowed=["shop.example"]) == 200
    assert answer("a.shop.example", allowed=["shop.example"]) == 421
    assert answer("a.b.shop.example", allowed=["*.shop.example"]) == 200
    assert answer("shop.example", allowed=["*.shop.example"]) == 421
    assert answer("evilshop.example", allowed=["*.shop.example"]) == 421
    assert answer("anything.example", allowed=["*"]) == 200


@pytest.mark.parametrize(
    "host", ["javascript:alert(1)", "//[::1", "[", "[x]", "[127.0.0.1]", "[:::]", "[::1].", "a@b", "a/b", "..", ""]
)
def test_what_is_no_name_is_not_any_name(host):
    """Gradio reads it as part of an address, and fails."""
    assert answer(host, allowed=["*"]) == 421
    assert answer("shop.example", x_forwarded_host=host, allowed=["*"]) == 421


def test_a_space_knows_its_own_name():
    assert allowed_hosts([], {}) == ()
    assert allowed_hosts(["a.example", "*.B.example"], {}) == ("a.example", "*.b.example")
    assert allowed_hosts([], {"SPACE_HOST": "me-demo.hf.space"}) == ("me-demo.hf.space",)
    assert allowed_hosts(["*", "[::2]"], {}) == ("*", "::2")


@pytest.mark.parametrize(
    "name", ["http://a.example", "a.example:80", "a.example/b", "*a.example", "a.*.example", "", "a b"]
)
def test_what_is_no_name_is_said(name):
    with pytest.raises(ConfigError, match=r"allowed hosts.*is no name; write example\.com"):
        allowed_hosts([name], {})


def test_a_real_server_refuses_before_anything_is_read(client, weights):
    for method, path in [("GET", "/v1/models"), ("POST", "/v1/images"), ("GET", "/healthz"), ("GET", "/nothing")]:
        refused = client.request(method, path, headers={"Host": "evil.example"})
        assert "--allowed-hosts or AMGAN_ALLOWED_HOSTS" in problem(refused, 421)
    with running(weights, allowed_hosts=("shop.example",)) as open_client:
        assert open_client.get("/v1/models", headers={"Host": "shop.example"}).is_success
        problem(open_client.get("/v1/models", headers={"Host": "evil.example"}), 421)
