"""Models are loaded once, in a thread; a loaded one is there at once."""

from __future__ import annotations

import asyncio
import threading

import pytest

from amgan.engine import loading
from amgan.engine.shelf import Shelf
from amgan.errors import BusyError, ReleaseError
from amgan.server.model_room import ModelRoom, NoSuchModelError


@pytest.fixture
def room(weights):
    return ModelRoom(Shelf(weights))


def test_many_who_want_a_model_wait_for_one_loading(room, monkeypatch):
    real, calls = room.shelf.model, []

    def model(name, *which):
        calls.append((name, threading.current_thread()))
        return real(name, *which)

    monkeypatch.setattr(room.shelf, "model", model)

    async def run():
        opened = await asyncio.gather(*(room.open(name) for name in ["dynamic", "predefined", None] * 5))
        # From now on no thread is needed.
        monkeypatch.setattr(loading, "in_thread", None)
        again = await room.open("dynamic", opened[0].model.revision[:8])
        assert again.sampler is opened[0].sampler
        return opened

    opened = asyncio.run(run())
    assert [name for name, _ in calls] == ["dynamic", "predefined"]
    assert threading.main_thread() not in [thread for _, thread in calls]
    assert [one.name for one in opened] == ["dynamic", "predefined", "dynamic"] * 5
    assert len({id(one.sampler) for one in opened}) == 2


@pytest.mark.parametrize(
    ("name", "revision", "error"),
    [("none", None, NoSuchModelError), ("dynamic", "0" * 40, NoSuchModelError), ("dynamic", "main", NoSuchModelError),
     ("dynamic", "", NoSuchModelError), ("broken", None, ReleaseError)],
)  # fmt: skip
def test_what_cannot_be_opened(room, name, revision, error):
    for _ in range(2):
        with pytest.raises(error):
            asyncio.run(room.open(name, revision))


def test_who_gives_up_does_not_stop_a_loading(room, monkeypatch):
    real, go_on = room.shelf.model, threading.Event()
    monkeypatch.setattr(room.shelf, "model", lambda *which: go_on.wait(20) and real(*which))

    async def run():
        first, second = (asyncio.ensure_future(room.open("dynamic")) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        go_on.set()
        return await second

    assert asyncio.run(run()).name == "dynamic"


def test_no_more_than_a_few_are_loaded_at_once(room, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(room.shelf, "model", lambda *which: go_on.wait(20) and None)

    async def run():
        waiting = [
            asyncio.ensure_future(room.open("dynamic", f"{number:08x}")) for number in range(loading.MOST_LOADING)
        ]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await room.open("predefined")
        for each in waiting:
            each.cancel()
        go_on.set()

    asyncio.run(run())
