"""The server gets healthy as soon as any model draws, whatever went wrong before."""

from __future__ import annotations

import logging
import threading

import pytest

from amgan.engine.batcher import Batcher
from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.errors import ReleaseError
from amgan.server import warm_up
from amgan.server.metrics import ServerMetrics
from amgan.server.warm_up import WarmUp
from tests.models import saved, tiny_model


class Troubled(DirectEngine):
    """An engine with troubles that pass."""

    def __init__(self, troubles):
        super().__init__()
        self.troubles = list(troubles)

    def draw_in_background(self, recipe, renderer):
        if self.troubles:
            raise self.troubles.pop(0)
        return super().draw_in_background(recipe, renderer)


@pytest.mark.parametrize(
    "troubles", [[], [ReleaseError("away")], [RuntimeError("CUDA out of memory"), OSError("disk full"), MemoryError()]]
)
def test_it_tries_until_a_model_answers(tmp_path, monkeypatch, caplog, troubles):
    saved(tmp_path / "shoes")
    monkeypatch.setattr(warm_up, "AGAIN_SECONDS", 0.01)
    answered = threading.Event()
    with caplog.at_level(logging.WARNING):
        warming = WarmUp(Shelf(tmp_path), Troubled(troubles), answered)
        warming.start()
        assert answered.wait(30)
        warming._thread.join(10)
    assert not warming._thread.is_alive()
    assert len(caplog.records) == len(troubles)
    assert all(str(trouble) in caplog.text for trouble in troubles)


def test_to_stop_ends_it(tmp_path, monkeypatch):
    saved(tmp_path / "shoes")
    monkeypatch.setattr(warm_up, "AGAIN_SECONDS", 600)
    answered, engine = threading.Event(), Troubled([RuntimeError("never mind")] * 1000)
    warming = WarmUp(Shelf(tmp_path), engine, answered)
    warming.start()
    warming.stop()
    assert not warming._thread.is_alive()
    assert not answered.is_set()


def test_any_picture_drawn_will_do():
    metrics, sampler = ServerMetrics(), tiny_model().sampler
    batcher = Batcher(observer=metrics)
    assert not metrics.answered.is_set()
    with pytest.raises(ValueError, match="not now"):
        batcher.submit_in_background(Failing(), next(sampler.sample_recipe([1], [None]))).result(20)
    assert not metrics.answered.is_set()
    batcher.submit_in_background(sampler.renderer, next(sampler.sample_recipe([1], [None]))).result(20)
    batcher.close()
    assert metrics.answered.is_set()


class Failing:
    """A renderer whose device fails."""

    precision = "fp32"

    @property
    def config(self):
        raise ValueError("not now")
