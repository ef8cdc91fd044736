"""What browsers are told with every answer."""

from __future__ import annotations

import pytest

from amgan.errors import ConfigError
from amgan.server.security_headers import HUGGING_FACE, frame_ancestors
from tests.server.running import running


@pytest.mark.parametrize("path", ["/healthz", "/v1/models", "/v1/nothing", "/nothing", "/docs", "/v1/images/a/b/1.png"])
def test_every_answer_has_them(client, path):
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert "Access-Control-Allow-Origin" not in headers


def test_a_refusal_before_the_routes_has_them_too(client):
    for refused in (
        client.get("/healthz", headers={"Host": "evil.example"}),
        client.post("/v1/images", content=b"x" * 30_000),
    ):
        assert refused.status_code in (413, 421)
        assert refused.headers["X-Content-Type-Options"] == "nosniff"


def test_a_secret_address_is_told_to_nobody(client):
    headers = client.get("/review/something").headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"


def test_who_may_frame_the_page_can_be_said(weights):
    with running(weights, frame_ancestors=("https://shop.example",)) as client:
        policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert policy == "frame-ancestors 'self' https://shop.example"


def test_sites_are_those_given_or_those_of_a_space():
    assert frame_ancestors([], {}) == ()
    assert frame_ancestors([], {"SPACE_ID": "me/demo"}) == HUGGING_FACE
    sites = ("https://a.example", "https://*.b.example:8443")
    assert frame_ancestors(sites, {"SPACE_ID": "me/demo"}) == sites


@pytest.mark.parametrize(
    "site", ["a.example", "https://a.example; script-src *", "https://a.example/x", "'none'\r\nX: y"]
)
def test_what_is_no_site_is_said(site):
    with pytest.raises(ConfigError, match=r"frame ancestors.*is no site; write https://example\.com"):
        frame_ancestors([site], {})
