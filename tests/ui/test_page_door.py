"""What of Gradio is served, and that an event names no file: at the door, in a real app and server, and behind it."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.routing import BaseRoute

from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.ui.page import build_page
from amgan.ui.page_door import EVENT_PATHS, MOST_EVENT_BYTES, READ_PATHS, PageDoor
from amgan.ui.plain_events import Holds, PlainEvents
from amgan.ui.theme import launch_options
from amgan.ui.unfetched_answers import UnfetchedAnswers
from tests.server.running import wait_until
from tests.ui.app_process import ROOT, failures
from tests.ui.serving import served

CLOSED = {
    "/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json", "/login", "/login/", "/logout", "/svelte/{path:path}",
    "/gradio_api/deep_link", "/pwa_icon", "/pwa_icon/{size}", "/monitoring", "/monitoring/summary", "/monitoring/{key}",
    "/gradio_api/user", "/gradio_api/user/", "/gradio_api/login_check", "/gradio_api/login_check/", "/gradio_api/token",
    "/gradio_api/token/", "/gradio_api/dev/reload", "/gradio_api/runs",
    "/gradio_api/runs/", "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}",
    "/gradio_api/proxy={url_path:path}", "/gradio_api/file={path_or_url:path}", "/gradio_api/file/{path:path}",
    "/gradio_api/stream/{event_id}", "/gradio_api/stream/{event_id}/close",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file", "/gradio_api/reset", "/gradio_api/reset/",
    "/gradio_api/heartbeat/{session_hash}", "/gradio_api/api/{api_name}", "/gradio_api/api/{api_name}/",
    "/gradio_api/component_server", "/gradio_api/component_server/", "/gradio_api/queue/status",
    "/gradio_api/upload_progress", "/gradio_api/upload", "/gradio_api/process_recording", "/gradio_api/vibe-edit",
    "/gradio_api/vibe-edit/", "/gradio_api/undo-vibe-edit", "/gradio_api/undo-vibe-edit/", "/gradio_api/vibe-code",
    "/gradio_api/vibe-code/", "/gradio_api/vibe-starter-queries", "/gradio_api/vibe-starter-queries/",
}  # fmt: skip
"""Gradio's paths that the page has no use for; a test fails at one that is neither here nor let through."""


LISTENERS: dict[int, list[Holds]] = {
    0: [], 1: ["values"], 2: ["text", "value", "values"], **{10 + many: ["values"] * many for many in range(5)},
}  # fmt: skip
"""By number, what the values are that each takes."""


@functools.cache
def empty_page() -> gr.Blocks:
    return gr.Blocks()


def door(app: Any) -> PageDoor:
    return PageDoor(app, PlainEvents(LISTENERS, {"sample": ["n", "label"]}), UnfetchedAnswers(empty_page()))


def ask(
    method: str,
    path: str,
    body: bytes = b"",
    kind: str = "application/json",
    query: bytes = b"",
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> tuple[int, dict[str, Any]]:
    """The door's answer, or 200 and what the app behind it was given."""
    given: dict[str, Any] = {}
    statuses: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        given.update(scope, body=message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        statuses.append(message.get("status", 0))

    scope = {
        "type": "http", "method": method, "path": path, "query_string": query, "root_path": "",
        "headers": [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), *headers],
    }  # fmt: skip
    asyncio.run(door(app)(scope, receive, send))  # type: ignore[arg-type]
    return statuses[0], given


def post(path: str, body: Any, **options: Any) -> tuple[int, dict[str, Any]]:
    return ask("POST", path, body if isinstance(body, bytes) else json.dumps(body).encode(), **options)


JOIN, CALL = "/gradio_api/queue/join", "/gradio_api/call/sample"
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
ANY = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


def is_plain(value: Any, lists: bool = True) -> bool:
    if isinstance(value, list):
        return lists and all(is_plain(each, lists=False) for each in value)
    return not isinstance(value, dict)


@given(st.lists(ANY, max_size=4))
def test_nothing_but_plain_values_reaches_gradio(data: list[Any]) -> None:
    status, given = post(JOIN, {"data": data, "fn_index": 10 + len(data), "session_hash": "abc"})
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        assert status == 400
        return
    assert (status == 200) == all(is_plain(value) for value in data)
    if status == 200:
        assert json.loads(given["body"])["data"] == data
        lengths = [value for key, value in given["headers"] if key == b"content-length"]
        assert lengths == [str(len(given["body"])).encode()]


def test_a_handler_gets_what_its_components_hold() -> None:
    """A text box sends text and a menu one value, whatever was put into the request in its place."""
    for sent, text in ((None, ""), (5, "5"), (True, "True"), ("a", "a")):
        _, given = post(JOIN, {"data": [sent, None, [1, None]], "fn_index": 2, "session_hash": "a"})
        assert json.loads(given["body"])["data"] == [text, None, [1, None]]
    assert post(JOIN, {"data": [["a"], 1, 1], "fn_index": 2, "session_hash": "a"})[0] == 422
    assert post(JOIN, {"data": ["a", [1], 1], "fn_index": 2, "session_hash": "a"})[0] == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (JOIN, '{"session_hash": "a", "fn_index": 1, "data": [WRONG]}'),
        (JOIN, '{"session_hash": "a", "fn_index": 1, "data": [[WRONG]]}'),
        (JOIN, '{"session_hash": "a", "fn_index": 1, "data": [1], "event_data": [WRONG]}'),
        (JOIN, '{"session_hash": "a", "fn_index": 1, "data": [1], "event_data": {"a": [WRONG]}}'),
        (CALL, '{"data": [[WRONG], 1]}'), (CALL, '{"data": [WRONG]}'),
        ("/gradio_api/call/v2/sample", '{"n": [WRONG]}'),
    ],
)  # fmt: skip
def test_a_hundred_thousand_wrong_values_are_one_sentence(
    path: str, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They took seconds in which nobody else was served, as each of them was described in full."""
    described: list[int] = []
    errors = ValidationError.errors
    monkeypatch.setattr(
        ValidationError, "errors", lambda self, **options: described.append(self.error_count()) or errors(self)
    )
    assert post(path, body.replace("WRONG", ",".join(["{}"] * 60_000)).encode())[0] == 422
    assert sum(described) <= 10


def test_the_page_believes_no_header_that_names_its_address() -> None:
    given = ask("GET", "/", headers=[(b"x-gradio-server", b"http://evil.example")])[1]
    assert all(name != b"x-gradio-server" for name, _ in given["headers"])


def test_what_nobody_reads_is_left_out() -> None:
    unknown = {"request": {"path": "/etc"}, "oauth_token": "x", "batched": True}
    event = {"data": ["a"], "fn_index": 1, "session_hash": "abc", "trigger_id": None, "event_data": None}
    assert json.loads(post(JOIN, event | unknown)[1]["body"]) == event
    called = {"data": ["a", 2], "fn_index": 7, "session_hash": "abc", "event_data": {"a": 1}}
    assert json.loads(post(CALL, called)[1]["body"]) == {"data": ["a", 2]}
    named = {"n": 2, "label": None}
    assert json.loads(post("/gradio_api/call/v2/sample", named)[1]["body"]) == named


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (JOIN, b"{", 400),
        (JOIN, b"[" * 100_000, 400),
        (JOIN, b'{"data": [NaN], "fn_index": 1}', 400),
        (JOIN, b'{"data": [1' + b"0" * 5000 + b'], "fn_index": 1}', 400),
        (JOIN, b'{"data": ["\\ud800"], "fn_index": 1, "session_hash": "abc"}', 400),
        (JOIN, b"\xff\xfe", 400),
        (JOIN, b'{"data": "' + b"x" * MOST_EVENT_BYTES + b'", "fn_index": 1}', 413),
        (JOIN, {"data": ["a"], "fn_index": 1}, 422),
        (JOIN, {"data": ["a"], "fn_index": 3, "session_hash": "abc"}, 404),
        (JOIN, {"data": ["a"], "session_hash": "abc", "fn_index": 10**30}, 422),
        (JOIN, {"data": ["a"], "session_hash": "abc", "fn_index": -1}, 422),
        (JOIN, {"data": ["a"], "session_hash": "abc", "fn_index": True}, 422),
        (JOIN, {"data": ["a"]}, 422),
        (JOIN, {"data": {"0": "a"}, "session_hash": "abc", "fn_index": 1}, 422),
        (JOIN, {"data": ["a"], "fn_index": 1, "session_hash": "../x"}, 422),
        (JOIN, {"data": ["a"], "fn_index": 1, "session_hash": "abc\n"}, 422),
        (JOIN, {"data": ["a"], "session_hash": "abc", "fn_index": 1, "event_data": {"a": {"path": "/x"}}}, 422),
        (JOIN, {"data": [], "fn_index": 1, "session_hash": "abc"}, 422),
        (JOIN, {"data": ["a", "b"], "fn_index": 1, "session_hash": "abc"}, 422),
        (CALL, {"data": [{"path": "/x"}]}, 422),
        (CALL, {"data": [1]}, 422),
        ("/gradio_api/call/v2/sample", {"size": 3}, 422),
        ("/gradio_api/call/v2/sample", {"n": {"path": "/x"}}, 422),
        ("/gradio_api/call/v2/sample", [], 422),
        ("/gradio_api/call/other", {"data": []}, 404),
        ("/gradio_api/cancel", {"session_hash": "a", "fn_index": 10**400, "event_id": "b"}, 422),
        ("/gradio_api/cancel", {"session_hash": "a", "fn_index": 3, "event_id": "b"}, 404),
        ("/gradio_api/run/predict", {"data": [], "fn_index": 3, "session_hash": "a"}, 404),
        ("/gradio_api/upload", b"", 404),
        ("/" + "1" * 4000, b"", 414),
    ],
)
def test_a_malformed_event_is_a_clean_refusal(path: str, body: Any, status: int) -> None:
    assert post(path, body)[0] == status


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_what_another_site_may_send_without_asking_is_no_event(kind: str) -> None:
    assert post(JOIN, {"data": [], "fn_index": 1}, kind=kind)[0] == 415


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd", "/gradio_api/deep_link", "/gradio_api/proxy=http://a", "/static/../../x",
        "/static/" + "1" * 4000, "/assets/.hidden", "/gradio_api/queue/data/", "/gradio_api/call/sample/a%00", "//", "",
        "/static/a/b/c/d/e/f", "/static/ffmpeg/ffmpeg-core.wasm", "/gradio_api/heartbeat/a", "/gradio_api/call/sample",
        "/gradio_api/queue/join",
    ],
)  # fmt: skip
def test_other_paths_are_not_there(path: str) -> None:
    assert ask("GET", path)[0] in (404, 414)
    assert ask("PUT", path)[0] in (404, 414)


def test_gradio_is_told_no_query_that_opens_what_others_saw() -> None:
    assert ask("GET", "/", query=b"deep_link=abc&page=x")[1]["query_string"] == b""
    assert ask("GET", "/config", query=b"deep_link=abc")[1]["query_string"] == b""
    assert ask("GET", "/gradio_api/queue/data", query=b"session_hash=a")[1]["query_string"] == b"session_hash=a"
    assert ask("GET", "/", query=b"a" * 20_000)[0] == 414


def paths(routes: list[BaseRoute]) -> Iterator[str]:
    for route in routes:
        if isinstance(path := getattr(route, "path", None), str) and path:
            yield path
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        yield from paths(inner or [])


def test_every_path_of_gradio_is_decided_on(weights: Path) -> None:
    page = build_page(Shelf(weights), DirectEngine())
    app = gr.mount_gradio_app(FastAPI(), page, path="/page", **{
        name: value for name, value in launch_options(page).items() if name in ("run_history", "app_kwargs")
    })  # fmt: skip
    found = set(paths(app.router.routes[-1].app.router.routes))  # type: ignore[attr-defined]
    assert {"/gradio_api/queue/join", "/gradio_api/upload", "/config"} <= found

    def example(path: str) -> str:
        return path.replace("{path:path}", "js/a.js").replace("{api_name}", "sample").replace("{event_id}", "abc")

    opened = {path for path in found if READ_PATHS.fullmatch(example(path)) or EVENT_PATHS.fullmatch(example(path))}
    assert found - opened - CLOSED == set(), "decide whether the page needs them: page_door.py, or CLOSED here"
    assert opened & CLOSED == set()


def test_a_refusal_by_name_says_what_there_is() -> None:
    assert ask("POST", "/gradio_api/call/models", b'{"data": []}')[0] == 404


# The way in that was open: a file named in an event's input is copied, and the copy served.


def named(path: str) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def hostile(secret: Path) -> list[Any]:
    """Ways to name a file, a folder, a device, a pipe or a page elsewhere."""
    places = [str(secret), str(secret.parent), "/dev/zero", str(secret.parent / "pipe"), "http://127.0.0.1:9/x",
              "file:///etc/passwd", "/proc/self/environ", "../../etc/passwd"]  # fmt: skip
    found: list[Any] = [named(place) for place in places]
    found += [[named(str(secret))], {"a": [named(str(secret))]}, {**named(str(secret)), "url": "x", "is_stream": True}]
    return found


def listeners(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{url}config", timeout=30).json()["dependencies"]
    return found


def assert_closed(url: str, secret: Path, cache: Path) -> None:
    """Try each input of each listener and endpoint; afterwards the secret is nowhere in Gradio's cache."""
    tried, values = 0, hostile(secret)
    with httpx.Client(base_url=url, timeout=30) as client:
        for listener in listeners(url):
            inputs = len(listener["inputs"])
            for position in range(max(inputs, 1)):
                value = values[tried % len(values)]
                data: list[Any] = [None] * inputs
                data[position : position + 1] = [value]
                body = {"data": data, "fn_index": listener["id"], "session_hash": "abcdefghij", "trigger_id": 1}
                posts: list[tuple[str, Any]] = [
                    ("queue/join", body), ("run/predict", body), (f"call/{listener['api_name']}", {"data": data}),
                    (f"call/v2/{listener['api_name']}", {"n": value}), (f"api/{listener['api_name']}", body),
                    ("queue/join", {**body, "data": [None] * inputs, "event_data": {"id": value}}),
                ]  # fmt: skip
                for path, sent in posts:
                    answer = client.post(f"gradio_api/{path}", json=sent)
                    assert answer.status_code in (404, 422), (path, sent, answer.text)
                tried += 1
        assert tried > 100
        upload = client.post("gradio_api/upload", files={"files": ("a.txt", b"x")})
        assert upload.status_code == 404
        for path in (
            "gradio_api/deep_link?session_hash=abcdefghij",
            f"gradio_api/file={secret}",
            "gradio_api/proxy=%00",
        ):
            assert client.get(path).status_code == 404
        assert client.get("gradio_api/deep_link?session_hash=NaN").status_code == 404
        assert client.get(f"static/{'1' * 4000}").status_code in (404, 414)
        gone = client.get("gradio_api/queue/data?session_hash=nobody")
        assert gone.is_success
        assert "session_not_found" in gone.text
        assert client.get("/").is_success
    kept = [path for path in cache.rglob("*") if path.is_file() and secret.read_bytes() in path.read_bytes()]
    assert kept == []


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "private"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "secret.txt").write_text("nobody may read this 6c1f")
    return folder / "secret.txt"


def test_the_app_reads_no_file_that_an_event_names(app_url: str, app_folder: Path, secret: Path) -> None:
    assert_closed(app_url, secret, app_folder / "gradio")


def test_serve_reads_no_file_that_an_event_names(weights: Path, secret: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "amgan", "serve", "--weights", str(weights), "--port", "0"]
    command += ["--jobs", str(tmp_path / "jobs"), "--reviews", str(tmp_path / "reviews.sqlite")]
    environment = os.environ | {"GRADIO_TEMP_DIR": str(tmp_path / "gradio"), "PYTHONUNBUFFERED": "1"}
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: "Serving at" in log.read_text() or process.poll() is not None, 120)
            url = log.read_text().split("Serving at ")[1].split(" ")[0]
            assert_closed(f"{url}/", secret, tmp_path / "gradio")
        finally:
            process.terminate()
            process.wait(60)
    assert failures(log.read_text()) == []


def test_a_launched_page_reads_no_file_that_an_event_names(
    weights: Path, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on ZeroGPU, where the platform waits for Gradio's own launch."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    page = build_page(Shelf(weights), DirectEngine())
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options(page))
    try:
        assert_closed(url, secret, tmp_path / "gradio")
    finally:
        page.close()


@pytest.mark.parametrize("is_locked", [True, False])
def test_behind_the_door_gradio_refuses_as_well(
    weights: Path, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_locked: bool
) -> None:
    """The second lock on its own; without it the same attack gets through, so that the test is one."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    page = build_page(Shelf(weights), DirectEngine())
    page.has_launched = is_locked
    app = gr.mount_gradio_app(FastAPI(), page, path="/")
    with served(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        listener = next(each for each in listeners(f"{url}/") if each["api_name"] == "zipped")
        body = {"data": [named(str(secret))], "fn_index": listener["id"], "session_hash": "abcdefghij"}
        assert client.post("/gradio_api/queue/join", json=body).is_success
        client.get("/gradio_api/queue/data?session_hash=abcdefghij")
        kept = list((tmp_path / "gradio").rglob(secret.name))
    assert bool(kept) is not is_locked
