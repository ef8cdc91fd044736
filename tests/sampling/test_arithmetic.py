"""The flags are the process's, so whoever leaves first must not take them from those who go on."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from amgan.sampling.arithmetic import ExactArithmetic, has_fast_bf16
from amgan.sampling.rendering import Renderer
from tests.metrics.judges import noise, tiny_judge
from tests.models import tiny_config
from tests.random_nets import inputs_of, random_nets


def is_exact() -> bool:
    return torch.backends.cudnn.deterministic and not torch.backends.cudnn.allow_tf32


class Flags:
    """Flags of its own: those of the process may be set at any moment by a thread that another test has left."""

    def __init__(self) -> None:
        self.set = False
        self.exact = ExactArithmetic(self.context)

    @contextlib.contextmanager
    def context(self):
        assert not self.set
        self.set = True
        yield
        self.set = False


@pytest.fixture
def flags():
    made = Flags()
    yield made
    assert not made.set


def test_the_flags_are_those_of_cudnn_and_put_back():
    code = """
import torch
from amgan.sampling.arithmetic import EXACT
from tests.sampling.test_arithmetic import is_exact
flags = torch.backends.cudnn
before = flags.enabled, flags.benchmark, flags.deterministic, flags.allow_tf32
assert not is_exact()
with EXACT:
    assert is_exact()
assert before == (flags.enabled, flags.benchmark, flags.deterministic, flags.allow_tf32)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_the_last_one_out_puts_the_flags_back(flags):
    with flags.exact:
        assert flags.set
    assert not flags.set
    for order in (0, 1):
        flags.exact.__enter__()
        flags.exact.__enter__()
        flags.exact.__exit__(None, None, None)
        assert flags.set, order
        flags.exact.__exit__(None, None, None)
        assert not flags.set


def test_an_error_leaves_in_order(flags):
    with pytest.raises(ZeroDivisionError), flags.exact:
        raise ZeroDivisionError
    assert not flags.set


def test_a_function_may_be_wrapped_and_call_itself(flags):
    @flags.exact
    def depth(left: int) -> int:
        assert flags.set
        return 0 if not left else 1 + depth(left - 1)

    assert depth(3) == 3
    assert not flags.set


def test_many_threads(flags):
    def inside(number: int) -> bool:
        with flags.exact:
            threading.Event().wait(0.001 * (number % 3))
            return flags.set

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


@pytest.mark.parametrize("avx512", [False, True])
@pytest.mark.parametrize("amx", [False, True])
def test_a_cpu_is_fast_in_bf16_with_amx_or_avx512(amx, avx512, monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512)
    assert has_fast_bf16(torch.device("cpu")) is (amx or avx512)


@pytest.mark.parametrize("supported", [False, True])
def test_cuda_says_it_itself_and_emulation_does_not_count(supported, monkeypatch):
    current, asked = [None], []

    @contextlib.contextmanager
    def on(device):
        current.append(device)
        yield
        current.pop()

    monkeypatch.setattr(torch.cuda, "device", on)
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda **options: asked.append((current[-1], options)) or supported
    )
    for device in (torch.device("cuda"), torch.device("cuda", 1)):
        assert has_fast_bf16(device) is supported
        assert asked.pop() == (device, {"including_emulation": False})
    assert current == [None]


def test_other_devices_are_not_taken_for_fast():
    assert has_fast_bf16(torch.device("meta")) is False
