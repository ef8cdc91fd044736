"""Only who holds a token gets in, and nobody is told a token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import ConfigError
from amgan.server.tokens import LEAST_LENGTH, Tokens
from tests.server.running import problem, running

FIRST, SECOND = "first-token-of-two", "second-token-of-two"


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
    tokens = Tokens.read(file, {"AMGAN_TOKENS": f"{SECOND}, "})
    assert {tokens.number_of(f"Bearer {token}".encode()) for token in (FIRST, SECOND)} == {0, 1}
    assert not Tokens.read(None, {})


@pytest.mark.parametrize(
    "content", [b"", b"# none\n", b"\xff", b"short", b"with a space inside it", "tokenß".encode() * 9]
)
def test_what_is_no_token(tmp_path, content):
    file = tmp_path / "tokens"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        Tokens.read(file, {})
    assert "inside" not in str(caught.value)
    assert "short" not in str(caught.value).replace("too short", "")
    with pytest.raises(ConfigError):
        Tokens.read(tmp_path / "none", {})


def test_short_tokens_are_refused():
    Tokens(["a" * LEAST_LENGTH])
    with pytest.raises(ConfigError):
        Tokens(["a" * (LEAST_LENGTH - 1)])


def test_every_route_for_programs_asks_for_one(weights):
    with running(weights, tokens=[FIRST, SECOND]) as client:
        paths = client.get("/openapi.json").json()["paths"]
        guarded = [(path, method) for path, methods in paths.items() for method in methods if path != "/healthz"]
        assert len(guarded) >= 5
        for path, method in [*guarded, ("/v1/nothing", "get"), ("/v1/images", "put")]:
            for headers in ({}, {"authorization": f"Bearer {FIRST}x"}):
                answer = client.request(method, path, headers=headers)
                assert "Bearer" in problem(answer, 401)
                assert answer.headers["www-authenticate"] == "Bearer"
        for token in (FIRST, SECOND):
            answer = client.get("/v1/models", headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200
        revision = client.shelf.model("dynamic").revision
        answer = client.get(f"/v1/images/dynamic/{revision}/1.png", headers={"authorization": f"Bearer {FIRST}"})
        # No cache between may give it to others.
        assert answer.headers["cache-control"].startswith("private")
