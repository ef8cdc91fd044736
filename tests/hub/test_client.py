"""Why the Hub's client failed, in one line and without the token."""

from __future__ import annotations

import json

import httpx2
import pytest
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from amgan.errors import ReleaseError
from amgan.hub.client import is_away, is_sendable, reason_of

TOKEN = "hf_abcDEF123"


def refused(status, kind=HfHubHTTPError):
    request = httpx2.Request("GET", "https://huggingface.co/api/models/user/name")
    return kind(f"many\nlines {TOKEN}", response=httpx2.Response(status, request=request))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (refused(403, GatedRepoError), "access is restricted"),
        (refused(401, RepositoryNotFoundError), "no such repository"),
        (refused(404, RevisionNotFoundError), "no such revision"),
        (OfflineModeIsEnabled("x"), "offline mode"),
        (refused(401), "refused the token"),
        (refused(403), "no right"),
        (refused(412), "changed meanwhile"),
        (refused(429), "fewer requests"),
        (refused(503), "error 503"),
        (refused(418), "error 418"),
        (ValueError("not at https://cdn.hub/a/b?signature=123 now"), "not at https://cdn.hub now"),
        (json.JSONDecodeError("x", "y", 0), "could not be read"),
        (ValueError(), "ValueError"),
    ],
)
def test_it_says_why_in_one_line(error, says):
    reason = str(reason_of(error))
    assert says in reason
    assert len(reason.splitlines()) == 1
    assert TOKEN not in reason


@pytest.mark.parametrize(
    "text",
    [f"Bearer {TOKEN}", f"b'Bearer {TOKEN}'", f"x {TOKEN}\ny", "authorization: bearer other.kind-of", "own-token"],
)
def test_no_token_is_in_it(text):
    reason = str(reason_of(ValueError(text), "own-token"))
    for token in (TOKEN, "other.kind-of", "own-token"):
        assert token not in reason


@pytest.mark.parametrize("wrapper", [RuntimeError, LocalEntryNotFoundError])
def test_it_looks_into_what_the_client_wraps(wrapper):
    error = wrapper("while doing this or that")
    error.__cause__ = refused(503)
    assert "error 503" in str(reason_of(error))


def test_a_long_text_is_cut():
    assert len(str(reason_of(ValueError("x" * 1000)))) == 200


def test_no_answer_is_told_from_a_no():
    for error in (refused(500), refused(503), refused(429), refused(408), httpx2.ConnectError("x"), TimeoutError()):
        assert is_away(error)
    for error in (
        refused(401),
        refused(403),
        refused(404),
        refused(401, RepositoryNotFoundError),
        HFValidationError("x"),
        ReleaseError("it holds no config.json"),
    ):
        assert not is_away(error)


def test_what_can_stand_in_a_request():
    for token in (None, True, False, TOKEN, "oauth.token-1"):
        assert is_sendable(token)
    for token in ("", " ", f"{TOKEN}\n", f"{TOKEN} x", "hf_ö", "hf_\x00"):
        assert not is_sendable(token)
