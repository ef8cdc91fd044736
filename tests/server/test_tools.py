"""A client of the Model Context Protocol calls the tools: it gets the model's pictures, bounded and checked."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import sys

import numpy as np
import pytest
from mcp import Client
from PIL import Image

from amgan.errors import ConfigError
from amgan.sampling.marking import name_in
from amgan.server.routes.tools import MOST_FRAMES, MOST_PICTURES, PATH, TOOLS
from tests.models import NAMES
from tests.server.running import problem, running


@pytest.fixture(scope="module")
def tools(weights):
    with running(weights, mcp=True, max_body_bytes=20_000, queue_pictures=200) as client:
        yield client


def called(server, *calls):
    """What a client is answered: the tools, then the result of each call."""

    async def ask():
        async with Client(str(server.base_url.join(PATH))) as client:
            return await client.list_tools(), *[await client.call_tool(name, asked) for name, asked in calls]

    return asyncio.run(ask())


def pixels(image):
    assert image.type == "image"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(image.data))))


def test_each_tool_says_what_it_takes_and_that_it_changes_nothing(tools):
    (listed,) = called(tools)
    assert [tool.name for tool in listed.tools] == list(TOOLS)
    for tool in listed.tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False
        for name, field in tool.input_schema["properties"].items():
            assert "description" in field, name


def test_models_pictures_and_a_morph(tools):
    asked = {"model": "predefined", "labels": NAMES[1], "seeds": [7, "7~12-3"], "truncation": 0.8}
    _, listed, drawn, morph = called(
        tools,
        ("list_models", {}),
        ("draw_pictures", asked),
        ("draw_morph", {"model": "predefined", "start": 1, "end": 2, "labels": NAMES[0], "frames": 5}),
    )
    models = {model["name"]: model for model in json.loads(listed.content[0].text)["models"]}
    assert models["predefined"]["classes"] == list(NAMES)
    model = tools.shelf.model("predefined")
    expected, _ = model.sampler.sample([7, "7~12-3"], [NAMES[1]] * 2, 0.8)
    said, *content = drawn.content
    assert said.text == f"Made-up pictures of predefined@{model.revision}:"
    for known, image, picture in zip(content[::2], content[1::2], expected, strict=True):
        assert np.array_equal(pixels(image), picture)
        row, marked = json.loads(known.text), name_in(base64.b64decode(image.data))
        assert marked["model"] == "predefined"
        assert (row["seed"], row["class"]) == (marked["seed"], NAMES[1])
    animation = Image.open(io.BytesIO(base64.b64decode(morph.content[1].data)))
    assert (animation.format, animation.n_frames, morph.content[1].mime_type) == ("WEBP", 5, "image/webp")


@pytest.mark.parametrize(
    ("tool", "asked", "sentence"),
    [
        ("draw_pictures", {"n": MOST_PICTURES + 1}, f"ask for at most {MOST_PICTURES}"),
        ("draw_pictures", {"labels": "no such class"}, "labels: "),
        ("draw_pictures", {"seeds": 2**40}, "seeds"),
        ("draw_pictures", {"model": "none"}, "none"),
        ("draw_pictures", {"model": "broken"}, "this model cannot be used now"),
        ("draw_pictures", {"format": "npz"}, "format: "),
        ("draw_morph", {"start": 1, "end": 2, "frames": MOST_FRAMES + 1}, f"ask for at most {MOST_FRAMES}"),
        ("draw_morph", {"start": 1}, "end: "),
        ("list_models", {"x": 1}, "x: "),
        ("remove_everything", {}, "there is no such tool; there are list_models"),
    ],
)
def test_what_cannot_be_is_a_sentence_for_the_model_that_asked(tools, tool, asked, sentence):
    _, answer = called(tools, (tool, asked))
    assert answer.is_error
    (said,) = answer.content
    assert sentence in said.text
    assert "\n" not in said.text
    assert len(said.text) < 400


HEADERS = {"Accept": "application/json", "MCP-Protocol-Version": "2025-06-18"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b"[" * 5000, 400), (b'{"jsonrpc": "2.0", "method": "x"}', 202),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}', 200), (b'"' + b"x" * 20_000 + b'"', 413),
    ],
)  # fmt: skip
def test_other_bodies_are_refused(tools, body, status):
    answer = tools.post(PATH, content=body, headers={**HEADERS, "Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert "Traceback" not in answer.text
    assert tools.get("/healthz").status_code == 200


def test_a_page_of_another_site_cannot_call_them(tools):
    """A browser asks first whether it may send JSON elsewhere, and is not told so; plain text is not read."""
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
    origin = {**HEADERS, "Origin": "https://evil.example"}
    assert tools.post(PATH, content=body, headers={**origin, "Content-Type": "text/plain"}).status_code == 400
    asked = tools.options(PATH, headers={**origin, "Access-Control-Request-Method": "POST"})
    assert "access-control-allow-origin" not in asked.headers
    assert tools.get(PATH).status_code == 405


def test_only_who_holds_a_token_and_within_what_each_may_ask_for(weights):
    token = "token-for-language-models"
    with running(weights, mcp=True, tokens=[token], pictures_per_second=1, max_pictures=20, max_frames=20) as server:
        assert "Bearer TOKEN" in problem(server.post(PATH, json={}), 401)
        body = {
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "draw_pictures", "arguments": {"n": 16}},
        }  # fmt: skip
        headers = {**HEADERS, "Authorization": f"Bearer {token}"}
        answers = [server.post(PATH, json=body, headers=headers).json()["result"] for _ in range(2)]
        assert [answer.get("isError", False) for answer in answers] == [False, True]
        assert "pictures" in answers[1]["content"][0]["text"]


def test_nothing_is_there_unless_asked_for(client, weights, monkeypatch):
    assert client.post(PATH, json={}).status_code == 404
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.delitem(sys.modules, "amgan.server.routes.tools", raising=False)
    with pytest.raises(ConfigError, match="pip install"), running(weights, mcp=True):
        pass
