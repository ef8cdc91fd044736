"""The batcher's threads: all of them work, and none ends for whatever goes wrong."""

from __future__ import annotations

import asyncio
import threading

import pytest
import torch

from amgan.engine import batcher as module
from amgan.engine import ticket as ticket_module
from amgan.engine.batcher import Batcher
from amgan.sampling.recipes import render_points
from tests.engine.batching import Gate, points, same


def test_all_devices_draw_of_one_large_request(renderer, monkeypatch):
    """No caller after it has to come for the second device to wake."""
    batcher, both = Batcher([torch.device("cpu")] * 2), threading.Barrier(2)
    batcher.submit_in_background(renderer, points(0, 1)).result(20)  # measures the limit
    monkeypatch.setattr(batcher, "_limit_of", lambda group: 4)

    def render(*arguments):
        both.wait(20)
        return render_points(*arguments)

    monkeypatch.setattr(module, "render_points", render)
    drawn = batcher.submit_in_background(renderer, points(1, 16)).result(30)
    batcher.close()
    assert same(drawn, render_points(renderer, points(1, 16)))


def test_what_fails_after_the_drawing_is_told_and_the_device_goes_on(renderer, batcher, monkeypatch):
    batcher.submit_in_background(renderer, points(0, 1)).result(20)
    monkeypatch.setattr(batcher, "_limit_of", lambda group: 4)
    real, broken = ticket_module._joined, [MemoryError("no room")] * 2

    def joined(parts):
        if broken:
            raise broken.pop()
        return real(parts)

    monkeypatch.setattr(ticket_module, "_joined", joined)

    async def run():
        return await batcher.submit(renderer, points(1, 8), "a", False)

    with pytest.raises(MemoryError):
        batcher.submit_in_background(renderer, points(1, 8)).result(20)
    with pytest.raises(MemoryError):
        asyncio.run(run())
    assert same(asyncio.run(run()), render_points(renderer, points(1, 8)))


def test_nothing_unforeseen_ends_a_devices_thread(renderer, batcher, monkeypatch):
    errors, real = [ZeroDivisionError()], batcher._draw

    def draw(*arguments):
        if errors:
            raise errors.pop()
        real(*arguments)

    monkeypatch.setattr(batcher, "_draw", draw)
    with pytest.raises(ZeroDivisionError):
        batcher.submit_in_background(renderer, points(0, 1)).result(20)
    assert len(batcher.submit_in_background(renderer, points(0, 1)).result(20).pictures) == 1


def test_who_closed_his_loop_or_gave_up_does_not_end_a_devices_thread(renderer, batcher, monkeypatch):
    batcher.submit_in_background(renderer, points(0, 1)).result(20)
    gate = Gate(renderer, monkeypatch)

    async def leave():
        batcher.submit(renderer, points(0, 1), "a", False)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(leave())
    # Between the look whether it is closed and the call into it.
    monkeypatch.setattr(loop, "is_closed", lambda: False)
    loop.close()
    gate.open()
    assert len(batcher.submit_in_background(renderer, points(0, 1)).result(20).pictures) == 1
