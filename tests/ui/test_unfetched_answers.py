"""Answers of events that nobody fetches, by a real page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.ui import unfetched_answers
from amgan.ui.page import build_page
from amgan.ui.theme import launch_options
from amgan.ui.unfetched_answers import MOST, MOST_OF_ADDRESS, MOST_OF_SESSION, UnfetchedAnswers
from tests.server.running import wait_until
from tests.ui.serving import served


class Page:
    """Stands for a page, of whose queue only what is counted is there."""

    def __init__(self) -> None:
        self.now = 0.0
        self._queue = self
        self.pending_messages_per_session: dict[str, list[str]] = {}
        self.pending_event_ids_session: dict[str, set[str]] = {}
        self.event_ids_to_events: dict[str, object] = {}
        self.answers = UnfetchedAnswers(self, clock=lambda: self.now)  # type: ignore[arg-type]

    def post(self, session: str, address: str = "a") -> bool:
        """An event that is answered at once."""
        if not self.answers.has_room(address, session):
            return False
        self.answers.add(session, address)
        events = self.pending_event_ids_session.setdefault(session, set())
        events.add(f"{session}{len(events)}")
        self.pending_messages_per_session.setdefault(session, []).append("answer")
        return True

    def kept(self) -> int:
        return sum(len(answers) for answers in self.pending_messages_per_session.values())


def test_a_session_has_its_share() -> None:
    page = Page()
    assert [page.post("one") for _ in range(MOST_OF_SESSION + 1)] == [True] * MOST_OF_SESSION + [False]
    assert page.post("two")


def test_who_never_fetches_loses_his_own_answers_and_shuts_nobody_out() -> None:
    page = Page()
    page.post("honest", "b")
    with page.answers.reading("honest"):
        for number in range(3 * MOST):
            assert page.post(f"greedy{number}", "a")
            assert page.post(f"many{number}", f"address{number}")
            assert page.kept() <= MOST
        assert page.post("newcomer", "c")
        assert "honest" in page.pending_messages_per_session
    of_one = [name for name in page.pending_messages_per_session if name.startswith("greedy")]
    assert len(of_one) <= MOST_OF_ADDRESS


def test_where_all_sessions_have_more_at_work_the_next_is_refused() -> None:
    page = Page()
    for number in range(MOST):
        assert page.post(f"session{number}", f"address{number}")
        page.event_ids_to_events[f"work{number}"] = SimpleNamespace(session_hash=f"session{number}")
    assert not page.post("newcomer", "c")
    page.event_ids_to_events.clear()
    assert page.post("newcomer", "c")


def test_what_is_at_work_is_no_answer_yet() -> None:
    page = Page()
    for number in range(3 * MOST):
        assert page.post(f"session{number}", "a")
        page.event_ids_to_events[f"session{number}0"] = SimpleNamespace(session_hash=f"session{number}")


def test_what_nobody_fetched_is_forgotten_after_a_while() -> None:
    page = Page()
    page.post("one")
    page.post("read")
    with page.answers.reading("read"):
        page.now = 61.0
        page.post("two")
        assert set(page.pending_messages_per_session) == {"read", "two"}
        page.pending_event_ids_session["read"].clear()  # as Gradio does when the answer is read
    page.now = 150.0
    page.post("three")
    assert set(page.pending_messages_per_session) == {"three"}
    with page.answers.reading("nobody"):
        pass


def test_what_was_read_is_forgotten_at_once() -> None:
    page = Page()
    for number in range(3 * MOST):
        session = f"session{number}"
        assert page.post(session)
        with page.answers.reading(session), page.answers.reading(session):
            page.pending_event_ids_session[session].clear()
    assert page.answers._sessions == page.pending_messages_per_session == page.pending_event_ids_session == {}
    page.post("two events")
    page.post("two events")
    with page.answers.reading("two events"):
        page.pending_event_ids_session["two events"].pop()
    assert "two events" in page.pending_messages_per_session
    with page.answers.reading("two events"):
        with page.answers.reading("two events"):
            page.pending_event_ids_session["two events"].clear()
        assert "two events" in page.pending_messages_per_session, "somebody reads it still"
    assert page.answers._sessions == {}


@pytest.fixture(scope="module")
def page(weights: Path) -> gr.Blocks:
    return build_page(Shelf(weights), DirectEngine())


@pytest.fixture(scope="module")
def raised() -> list[Exception]:
    """What the app failed with, each of which fills a page of the log."""
    return []


@pytest.fixture(scope="module")
def client(page: gr.Blocks, raised: list[Exception]) -> Iterator[httpx.Client]:
    options = {name: value for name, value in launch_options(page).items() if name == "app_kwargs"}
    app = gr.mount_gradio_app(FastAPI(), page, path="/", **options)

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:
            raised.append(error)
            raise

    with served(noting) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def join(client: httpx.Client) -> Callable[[str], int]:
    """Asks for a zip of one picture."""
    listener = next(each for each in client.get("/config").json()["dependencies"] if each["api_name"] == "zipped")
    event = {"data": ["?seed=1&n=1"], "fn_index": listener["id"]}
    return lambda session: client.post("/gradio_api/queue/join", json=event | {"session_hash": session}).status_code


def test_what_is_asked_while_a_stream_ends_is_answered_in_it(client: httpx.Client, join: Callable[[str], int]) -> None:
    """The page that asks so takes its stream for open, and opens no other one."""
    assert join("asks-on") == 200
    answered = 0
    with client.stream("GET", "/gradio_api/queue/data?session_hash=asks-on") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if '"msg":"process_completed"' in line:
                answered += 1
                if answered < 4:
                    assert join("asks-on") == 200
        assert line == "" or "close_stream" in line
    assert answered == 4


def test_several_may_read_a_session_and_leave(
    client: httpx.Client, join: Callable[[str], int], page: gr.Blocks, raised: list[Exception]
) -> None:
    assert join("crowd") == 200
    with contextlib.ExitStack() as crowd:
        for _ in range(4):
            crowd.enter_context(client.stream("GET", "/gradio_api/queue/data?session_hash=crowd"))
    wait_until(lambda: "crowd" not in page._queue.pending_messages_per_session)
    # The last of them may still be leaving.
    assert join("alone") == 200
    assert "process_completed" in client.get("/gradio_api/queue/data?session_hash=alone").text
    assert raised == []


def test_a_page_forgets_what_nobody_fetches(
    page: gr.Blocks, client: httpx.Client, join: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = page._queue.pending_messages_per_session
    for _ in range(MOST_OF_SESSION):
        assert join("greedy") == 200
        wait_until(lambda: not page._queue.event_ids_to_events)
    assert join("greedy") == 429
    asked = client.post("/gradio_api/call/sample", json={"data": ["", None, 1, 0, 1.0]}).json()["event_id"]
    assert "event: complete" in client.get(f"/gradio_api/call/sample/{asked}").text
    assert join("patient") == 200
    assert "process_completed" in client.get("/gradio_api/queue/data?session_hash=patient").text
    wait_until(lambda: not page._queue.event_ids_to_events)
    monkeypatch.setattr(unfetched_answers, "KEPT_SECONDS", 0.0)
    wait_until(lambda: join("other") == 200 and set(kept) == {"other"})
    assert join("greedy") == 200
