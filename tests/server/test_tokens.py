"""Only who holds a token gets in, and nobody is told a token."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import ConfigError
from amgan.server.tokens import LEAST_LENGTH, Tokens
from tests.server.running import problem, running

FIRST, SECOND = "first-token-of-two", "second-token-of-two"


OTHER_SPELLINGS = (
    "//v1/models", "/v1//models", "/v1/./models", "/./v1/models", "/x/../v1/models", "/x/..%2fv1/models",
    "/v1%2fmodels",
    "/%76%31/models", "/V1/models", "/v1;x/models", "/v1\\models", "/v1%00/models", "/v1%09/models", "/v1/models%20",
    "http://127.0.0.1/v1/models", "http://x//v1/models", "//metrics", "/metrics/", "/METRICS", "/%6detrics", "*",
)  # fmt: skip
"""What some servers take for /v1/models or /metrics."""


def asked_raw(client, target):
    """Status and body of a target as it is written: clients would tidy it up."""
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=30) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b" ", 2)[1], body


@given(st.binary(max_size=60))
def test_nothing_but_a_token_is_one(header):
    assert Tokens([FIRST, SECOND]).number_of(header) is None
    assert Tokens([FIRST, SECOND]).number_of(b"Bearer " + header) is None
    assert Tokens([FIRST, SECOND]).number_of(b"Bearer " + FIRST.encode() + b"x" + header) is None


def test_tokens_are_known_by_their_numbers():
    tokens = Tokens([FIRST, SECOND, FIRST])
    assert tokens.number_of(f"Bearer {FIRST}".encode()) == 0
    assert tokens.number_of(f"bearer  {SECOND}".encode()) == 1
    assert tokens.number_of(f"Basic {FIRST}".encode()) is None
    assert tokens.number_of(FIRST.encode()) is None
    assert FIRST not in repr(tokens) + repr(vars(tokens))
    assert tokens
    assert not Tokens()


def test_where_tokens_come_from(tmp_path):
    file = tmp_path / "tokens"
    file.write_text(f"# those of the lab\n\n  {FIRST}  \n")
    tokens = Tokens.read(file, [SECOND])
    assert {tokens.number_of(f"Bearer {token}".encode()) for token in (FIRST, SECOND)} == {0, 1}
    assert not Tokens.read(None)


@pytest.mark.parametrize(
    "content", [b"", b"# none\n", b"\xff", b"short", b"with a space inside it", "tokenß".encode() * 9]
)
def test_what_is_no_token(tmp_path, content):
    file = tmp_path / "tokens"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        Tokens.read(file)
    assert "inside" not in str(caught.value)
    assert "short" not in str(caught.value).replace("too short", "")
    with pytest.raises(ConfigError):
        Tokens.read(tmp_path / "none")


def test_short_tokens_are_refused():
    Tokens(["a" * LEAST_LENGTH])
    with pytest.raises(ConfigError):
        Tokens(["a" * (LEAST_LENGTH - 1)])


def test_every_route_for_programs_asks_for_one(weights):
    with running(weights, tokens=[FIRST, SECOND]) as client:
        paths = client.get("/openapi.json").json()["paths"]
        guarded = [(path, method) for path, methods in paths.items() for method in methods if path != "/healthz"]
        assert len(guarded) >= 5
        document = client.get("/openapi.json").json()
        (scheme,) = document["components"]["securitySchemes"].items()
        assert (scheme[1]["type"], scheme[1]["scheme"]) == ("http", "bearer")
        for path, method in guarded:
            assert document["paths"][path][method]["security"] == [{scheme[0]: []}]
        assert "security" not in document["paths"]["/healthz"]["get"]
        for path, method in [*guarded, ("/v1/nothing", "get"), ("/v1/images", "put")]:
            for headers in ({}, {"authorization": f"Bearer {FIRST}x"}):
                answer = client.request(method, path, headers=headers)
                assert "Bearer" in problem(answer, 401)
                assert answer.headers["www-authenticate"] == "Bearer"
        for target in OTHER_SPELLINGS:
            status, body = asked_raw(client, target)
            assert status in (b"400", b"401", b"404"), target
            assert b"predefined" not in body, target
            assert b"amgan_requests" not in body, target
        for token in (FIRST, SECOND):
            answer = client.get("/v1/models", headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200
        revision = client.shelf.model("dynamic").revision
        answer = client.get(f"/v1/images/dynamic/{revision}/1.png", headers={"authorization": f"Bearer {FIRST}"})
        # No cache between may give it to others.
        assert answer.headers["cache-control"].startswith("private")
