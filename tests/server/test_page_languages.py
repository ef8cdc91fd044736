"""The page in each language, at one address: by what is asked for, what the browser says, or what is set."""

from __future__ import annotations

import json
import re

import pytest

from amgan.ui.page import build_pages
from amgan.ui.words import words_in
from tests.server.running import running

JA, EN = words_in("ja"), words_in("en")
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(weights):
    with running(weights, page_of=build_pages, root_path="/demo") as client:
        yield client


@pytest.mark.parametrize(
    ("query", "accepted", "lang"),
    [
        ("", "", "en"),
        ("", "ja,en;q=0.5", "ja"),
        ("?lang=en", "ja", "en"),
        ("?lang=ja&seed=3", "en", "ja"),
        ("?lang=tlh", "de", "en"),
    ],
)
def test_the_page_speaks_the_reader_s_language_at_one_address(client, query, accepted, lang):
    answer = client.get(f"/{query}", headers={**PAGE, "Accept-Language": accepted})
    words = words_in(lang)
    assert re.search(r'<html\s[^>]*?lang="(\w+)"', answer.text)[1] == lang
    assert words.new_pictures in answer.text
    assert words.link_description.partition("{")[0] in answer.text
    assert {"Accept-Language", "Accept-Encoding"} <= {name.strip() for name in answer.headers["vary"].split(",")}
    # The page asks its own app, below the server's root path; what links to the page leads to /.
    root = re.search(r'"root":\s*"([^"]*)"', answer.text)[1]
    assert root.endswith("/demo" if lang == "en" else f"/demo/{lang}")
    assert f'og:url" content="{client.base_url}/demo/?' in answer.text.replace("//demo", "/demo")


def test_the_app_of_a_language_answers_what_its_page_asks_and_is_no_page_of_its_own(client):
    config = client.get("/ja/config").json()
    assert config["root"].endswith("/demo/ja")
    assert JA.tab_interpolate in str(config)
    assert EN.new_pictures not in str(config)
    # Each language's events lead to its own app.
    for place, words in (("", EN), ("/ja", JA)):
        asked = client.post(f"{place}/gradio_api/call/sample", json={"data": ["", None, 1, -1, 1.0]})
        told = client.get(f"{place}/gradio_api/call/sample/{asked.json()['event_id']}")
        assert words.bad_seed.partition("{")[0] in json.loads(told.text.partition("data: ")[2])["error"]
    for path in ("/ja", "/ja/", "/ja/upload", "/ja/gradio_api/upload", "/ja/ja/config", "/xx/config"):
        answer = client.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 404, path
        assert "detail" in answer.json()
    joined = {"data": [], "fn_index": 0, "session_hash": "abc"}
    assert (
        client.post("/ja/gradio_api/queue/join", content=b"x", headers={"Content-Type": "text/plain"}).status_code
        == 415
    )
    assert (
        client.post("/ja/gradio_api/queue/join", json=joined | {"data": [{"path": "/etc/passwd"}]}).status_code == 422
    )


def test_who_opens_what_there_is_not_is_told_in_their_language(client):
    answer = client.get("/nothing", headers={**PAGE, "Accept-Language": "ja"})
    assert answer.status_code == 404
    assert JA.nothing_here in answer.text
    assert '<html lang="ja"' in answer.text
    assert 'href="/demo/"' in answer.text


def test_a_server_can_be_set_to_a_language(weights):
    with running(weights, page_of=build_pages, language="ja") as client:
        for path in ("/", "/share", "/review/none"):
            assert 'lang="ja"' in client.get(path, headers=PAGE).text, path
        assert 'lang="en"' in client.get("/", headers={**PAGE, "Accept-Language": "en"}).text
        # Programs are answered in English as ever.
        assert EN.new_pictures in str(client.get("/config").json())
