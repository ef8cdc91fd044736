"""The flags are the process's, so whoever leaves first must not take them from those who go on."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from amgan.exact_arithmetic import EXACT
from amgan.rendering import Renderer
from tests.metrics.judges import noise, tiny_judge
from tests.models import tiny_config
from tests.random_nets import inputs_of, random_nets


def is_exact() -> bool:
    return torch.backends.cudnn.deterministic and not torch.backends.cudnn.allow_tf32


@pytest.fixture(autouse=True)
def as_before():
    flags = torch.backends.cudnn
    # Servers of earlier tests in this process may still end what they draw.
    until = time.monotonic() + 20
    while is_exact() and time.monotonic() < until:
        time.sleep(0.01)
    before = flags.enabled, flags.benchmark, flags.deterministic, flags.allow_tf32
    assert not is_exact()
    yield
    assert before == (flags.enabled, flags.benchmark, flags.deterministic, flags.allow_tf32)


def test_the_last_one_out_puts_the_flags_back():
    with EXACT:
        assert is_exact()
    assert not is_exact()
    for order in (0, 1):
        EXACT.__enter__()
        EXACT.__enter__()
        EXACT.__exit__(None, None, None)
        assert is_exact(), order
        EXACT.__exit__(None, None, None)
        assert not is_exact()


def test_an_error_leaves_in_order():
    with pytest.raises(ZeroDivisionError), EXACT:
        raise ZeroDivisionError
    assert not is_exact()


def test_a_function_may_be_wrapped_and_call_itself():
    @EXACT
    def depth(left: int) -> int:
        assert is_exact()
        return 0 if not left else 1 + depth(left - 1)

    assert depth(3) == 3
    assert not is_exact()


def test_many_threads():
    def inside(number: int) -> bool:
        with EXACT:
            threading.Event().wait(0.001 * (number % 3))
            return is_exact()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(inside, range(200)))


def test_a_judge_that_ends_leaves_a_renderer_exact(monkeypatch):
    """One thread judges pictures while that of a device begins to draw; a CPU stands in for the GPU."""
    judge, judging, may_end = tiny_judge(), threading.Event(), threading.Event()
    features = judge.net.features

    def slow(images):
        judging.set()
        assert may_end.wait(20)
        return features(images)

    monkeypatch.setattr(judge.net, "features", slow)
    config = tiny_config()
    renderer = Renderer(*random_nets(config), config, "fp32")
    latents = inputs_of(config, 3)[0]
    expected = renderer.render(latents)
    batches, seen = renderer._batches("fp32"), []
    draw = batches.function

    def look(rows):
        may_end.set()
        thread.join(20)
        seen.append(is_exact())
        return draw(rows)

    monkeypatch.setattr(batches, "function", look)
    thread = threading.Thread(target=judge.judge, args=(noise(2),))
    thread.start()
    assert judging.wait(20)
    assert torch.equal(renderer.render(latents), expected)
    assert seen == [True]
