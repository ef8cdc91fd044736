"""Which language someone reads, by what browsers and anybody else may send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from amgan.server.language import language_of

OFFERED = ("en", "ja")


def asking(header=None, query=""):
    headers = [] if header is None else [(b"accept-language", header.encode("latin-1", "replace"))]
    return Request({"type": "http", "headers": headers, "query_string": query.encode()})


@pytest.mark.parametrize(
    ("header", "query", "wanted"),
    [
        (None, "", "en"),
        ("ja", "", "ja"),
        ("ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", "", "ja"),
        ("en-US,en;q=0.9,ja;q=0.8", "", "en"),
        ("de-DE,de;q=0.9,ja;q=0.5,en;q=0.3", "", "ja"),
        ("fr", "", "en"),
        ("ja;q=0, en;q=0.1", "", "en"),
        ("JA", "", "ja"),
        ("en;q=0.5,ja;q=0.5", "", "en"),
        ("ja", "lang=en", "en"),
        ("en", "lang=ja", "ja"),
        ("ja", "lang=xx", "ja"),
        ("ja;q=nan,en;q=inf", "", "en"),
        (";;;,,q=,ja;q=x", "", "en"),
    ],
)
def test_language(header, query, wanted):
    assert language_of(asking(header, query), offered=OFFERED) == wanted


@given(st.text(max_size=2000), st.text(max_size=50))
def test_whatever_is_sent_one_of_the_offered_is_spoken(header, query):
    assert language_of(asking(header, query), offered=OFFERED) in OFFERED
