"""On ZeroGPU: nets go to the GPU at the start, only drawing asks for it, and where it fails the CPU draws.

By stand-ins for the platform's package and its GPU, whose rules these are: what goes to the process with the GPU and
back is copied, and nets can be put there in the beginning only.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from collections.abc import Callable, Iterator
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from amgan.engine.shelf import Shelf
from amgan.engine.zero_gpu_engine import LendingEngine
from amgan.errors import RequestError
from amgan.sampling.recipes import Points, Recipe, Rendered
from amgan.sampling.rendering import Renderer
from amgan.ui.opening import open_link
from amgan.ui.page import build_page
from amgan.ui.words import ENGLISH
from tests.models import saved, tiny_model

VISITOR = contextvars.ContextVar("VISITOR", default="nobody")


def copied(value: Any) -> Any:
    """As it is after a way between processes."""
    return ForkingPickler.loads(ForkingPickler.dumps(value))


class Platform:
    """Stands in for `spaces`, and for the GPU: a CPU that is called cuda until the page is launched."""

    def __init__(self) -> None:
        self.durations: list[int] = []
        self.moved: list[Renderer] = []
        self.visitors: list[str] = []
        self.full = False

    def gpu(self, duration: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        self.durations.append(duration)

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            def lent(*arguments: Any) -> Any:
                self.visitors.append(VISITOR.get())
                if self.full:
                    raise RuntimeError("your share is used up")
                answer = copied(function(*copied(arguments)))
                assert torch.get_num_threads() == 1, "in a forked process it would hang"
                torch.set_num_threads(2)
                return answer

            return lent

        return decorate

    def on(self, renderer: Renderer, device: torch.device) -> Renderer:
        assert self.durations, "before spaces is imported there is no cuda"
        assert device == torch.device("cuda")
        self.moved.append(renderer)
        return Renderer(renderer._generator, renderer._discriminator, renderer.config, renderer.precision)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    platform, threads = Platform(), torch.get_num_threads()
    torch.set_num_threads(2)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=platform.gpu))

    def on(renderer: Renderer, device: torch.device) -> Renderer:
        return platform.on(renderer, device)

    monkeypatch.setattr(Renderer, "on", on)
    yield platform
    torch.set_num_threads(threads)


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_pictures_come_from_the_lent_gpu_and_are_the_same(platform: Platform, labeling: str, precision: str) -> None:
    sampler = tiny_model(labeling=labeling, precision=precision).sampler
    engine = LendingEngine([tiny_model(seed=1).sampler.renderer, sampler.renderer])
    assert platform.moved[1] is sampler.renderer
    assert len(platform.moved) == len(platform.durations) + 1 == 2
    for draw in (lambda recipe: asyncio.run(engine.draw(recipe, sampler.renderer, 1)),
                 lambda recipe: engine.draw_in_background(recipe, sampler.renderer)):  # fmt: skip
        lent = len(platform.visitors)
        pictures, samples = draw(sampler.sample_recipe([1, 2, 3], [None, 1, None]))
        expected, known = sampler.sample([1, 2, 3], [None, 1, None])
        assert np.array_equal(pictures, expected)
        assert samples == known
        assert len(platform.visitors) > lent
    assert len(platform.moved) == 2


def test_only_drawing_asks_for_a_gpu(platform: Platform, tmp_path: Path) -> None:
    saved(tmp_path / "shoes")
    shelf = Shelf(tmp_path)
    renderer = shelf.model("shoes").sampler.renderer
    engine = LendingEngine([renderer])
    build_page(shelf, engine)
    assert open_link({}, shelf, ENGLISH).model.sampler.renderer is renderer
    assert engine.draw_in_background(asked(Points(torch.zeros(0, 5))), renderer).pictures.shape == (0, 32, 32, 1)
    assert platform.visitors == []


def asked(points: Points) -> Recipe[Rendered]:
    """The recipe of some points."""
    return (yield points)


def test_the_platform_knows_whose_call_it_is(platform: Platform) -> None:
    sampler = tiny_model().sampler
    engine = LendingEngine([sampler.renderer])

    async def visit(name: str) -> None:
        VISITOR.set(name)
        await engine.draw(sampler.sample_recipe([1], [None]), sampler.renderer, 1)

    async def both() -> None:
        await asyncio.gather(visit("a"), visit("b"))

    asyncio.run(both())
    assert sorted(platform.visitors) == ["a", "b"]


def test_a_model_that_comes_later_is_drawn_by_the_cpu(platform: Platform) -> None:
    engine, sampler = LendingEngine([]), tiny_model().sampler
    pictures, _ = engine.draw_in_background(sampler.sample_recipe([4], [None]), sampler.renderer)
    assert np.array_equal(pictures, sampler.sample([4], [None])[0])
    assert platform.visitors == []


def test_without_a_loan_the_cpu_draws(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    sampler = tiny_model().sampler
    engine = LendingEngine([sampler.renderer])
    platform.full = True
    with caplog.at_level(logging.WARNING):
        pictures, _ = engine.draw_in_background(sampler.sample_recipe([4], [None]), sampler.renderer)
    assert np.array_equal(pictures, sampler.sample([4], [None])[0])
    assert platform.visitors == ["nobody"]
    assert "your share is used up" in caplog.text


def test_an_error_of_the_request_stays_one(platform: Platform) -> None:
    renderer = tiny_model().sampler.renderer
    with pytest.raises(RequestError, match="latents must be"):
        LendingEngine([renderer]).draw_in_background(asked(Points(torch.zeros(2, 6))), renderer)
