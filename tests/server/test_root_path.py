"""Behind a proxy at a sub-path every address leads below it, whether the proxy says the path or the server is told."""

from __future__ import annotations

import re
from html import unescape

import pytest

from amgan.errors import ConfigError
from amgan.server.root_path import checked_root_path
from amgan.ui.page import build_page
from tests.server.running import running, wait_until

PROXY = {"X-Forwarded-Host": "shop.example", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("settings", "prefixes", "said"),
    [
        ({"root_path": "/demo"}, ["", "/demo"], {}),  # the proxy cuts it off or does not
        ({}, [""], {"X-Forwarded-Prefix": "/demo/"}),
    ],
)
def test_every_address_is_below_the_root_path(weights, settings, prefixes, said):
    site = "https://shop.example/demo/"
    with running(weights, page_of=build_page, allowed_hosts=("shop.example",), **settings) as client:
        client.headers.update(PROXY | said)
        for prefix in prefixes:
            for path in ("/", "/?seed=3&n=9", "/share?seed=3&n=9"):
                text = client.get(prefix + path).text
                addresses = re.findall(
                    r'<meta (?:property|name)="(?:og|twitter):(?:url|image)" content="([^"]*)"', text
                )
                assert len(addresses) == 3
                assert all(unescape(address).startswith(site) for address in addresses), addresses
                picture = unescape(addresses[-1]).removeprefix(site)
                assert client.get(f"{prefix}/{picture}").headers["content-type"] == "image/png"
            assert 'href="/demo/?' in text
            assert client.get(f"{prefix}/config").json()["root"] == site.rstrip("/")
            started = client.post(f"{prefix}/v1/jobs", json={"n": 1})
            assert started.headers["location"].startswith("/demo/v1/jobs/")
            job = prefix + started.headers["location"].removeprefix("/demo")
            wait_until(lambda job=job: client.get(job).json()["state"] == "done")
            result = client.get(job).json()["result"]
            assert result == f"{started.headers['location']}/result"
            assert client.get(prefix + result.removeprefix("/demo")).is_success
            assert client.get(f"{prefix}/openapi.json").json()["servers"] == [{"url": "/demo"}]


def test_tokens_are_asked_for_below_it_and_only_a_proxy_that_is_believed_says_it(weights):
    with running(weights, tokens=["a-token-of-the-tests"], root_path="/demo") as client:
        for path in ("/v1/models", "/demo/v1/models", "/metrics", "/demo/metrics"):
            assert client.get(path).status_code == 401
        assert client.get("/demo/demo/v1/models").status_code == 404
        assert client.get("/demo/healthz").status_code == client.get("/healthz").status_code == 200
    with running(weights, forwarded_allow_ips="10.0.0.1") as client:
        started = client.post("/v1/jobs", json={"n": 1}, headers={"X-Forwarded-Prefix": "/demo"})
        assert started.headers["location"].startswith("/v1/")


def test_a_prefix_that_is_no_path_is_none(weights):
    with running(weights) as client:
        for said in ("http://[", "//[::1", "http://[x]/demo", "http://a]/demo", "demo", "/..", "\xe9"):
            started = client.post("/v1/jobs", json={"n": 1}, headers={"X-Forwarded-Prefix": said.encode("latin-1")})
            assert started.headers["location"].startswith("/v1/"), said


def test_a_root_path_is_a_path():
    assert checked_root_path("https://shop.example/demo/") == checked_root_path("/demo/") == "/demo"
    assert checked_root_path("") == checked_root_path("/") == ""
    for wrong in ("demo", "/a b", "/..", "/x" * 9, '/">', "//[::1", "http://[x]/demo"):
        with pytest.raises(ConfigError, match="--root-path"):
            checked_root_path(wrong)
