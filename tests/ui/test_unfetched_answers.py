"""Answers of events that nobody fetches, by a real page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI

from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.ui import unfetched_answers
from amgan.ui.page import build_page
from amgan.ui.theme import launch_options
from amgan.ui.unfetched_answers import MOST, MOST_OF_ADDRESS, MOST_OF_SESSION, UnfetchedAnswers
from tests.server.running import wait_until
from tests.ui.serving import served


def test_a_session_and_an_address_have_their_share() -> None:
    now = 0.0
    answers = UnfetchedAnswers(gr.Blocks(), clock=lambda: now)
    for _ in range(MOST_OF_SESSION):
        assert answers.has_room("a", "one")
        answers.add("one", "a")
    assert not answers.has_room("a", "one")
    for number in range(MOST_OF_ADDRESS - MOST_OF_SESSION):
        assert answers.has_room("a")
        answers.add(f"call{number}", "a")
    assert not answers.has_room("a", "two")
    assert answers.has_room("b", "two")
    now = 61.0
    assert answers.has_room("a", "one")
    for number in range(MOST):
        answers.add(f"other{number}", f"address{number}")
    assert not answers.has_room("c", "three")


def test_who_reads_makes_room() -> None:
    now = 0.0
    answers = UnfetchedAnswers(gr.Blocks(), clock=lambda: now)
    for _ in range(MOST_OF_SESSION):
        answers.add("one", "a")
    with answers.reading("one"):
        now = 100.0
        assert not answers.has_room("a", "one"), "what is read is not forgotten meanwhile"
    assert answers.has_room("a", "one")
    with answers.reading("nobody"):
        pass


def test_a_page_forgets_what_nobody_fetches(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = build_page(Shelf(weights), DirectEngine())
    options = {name: value for name, value in launch_options(page).items() if name == "app_kwargs"}
    app = gr.mount_gradio_app(FastAPI(), page, path="/", **options)
    kept = page._queue.pending_messages_per_session
    with served(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        listener = next(each for each in client.get("/config").json()["dependencies"] if each["api_name"] == "zipped")
        event = {"data": ["?seed=1&n=1"], "fn_index": listener["id"]}

        def join(session: str) -> int:
            return client.post("/gradio_api/queue/join", json=event | {"session_hash": session}).status_code

        assert [join("greedy") for _ in range(MOST_OF_SESSION + 2)] == [200] * MOST_OF_SESSION + [429] * 2
        asked = client.post("/gradio_api/call/sample", json={"data": ["", None, 1, 0, 1.0]}).json()["event_id"]
        assert "event: complete" in client.get(f"/gradio_api/call/sample/{asked}").text
        assert join("patient") == 200
        assert "process_completed" in client.get("/gradio_api/queue/data?session_hash=patient").text
        assert set(kept) == {"greedy"}, "what was read is not kept"
        wait_until(lambda: not page._queue.event_ids_to_events)
        monkeypatch.setattr(unfetched_answers, "KEPT_SECONDS", 0.0)
        assert join("other") == 200
        assert set(kept) == {"other"}
        assert join("greedy") == 200
