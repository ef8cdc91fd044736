"""A function is wrapped for a GPU on ZeroGPU Spaces only."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import spaces

from amgan.engine.zero_gpu import is_zero_gpu, on_gpu


def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


async def later(number: int) -> int:
    return number


@pytest.mark.parametrize(("value", "expected"), [(None, False), ("", False), ("0", False), ("true", True), ("1", True)])
def test_where_it_is(monkeypatch, value, expected):
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    if value is not None:
        monkeypatch.setenv("SPACES_ZERO_GPU", value)
    assert is_zero_gpu() is expected


def test_elsewhere_a_function_is_itself(monkeypatch):
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    assert on_gpu(double) is double
    assert spaces.GPU(double) is double  # as the package itself does


def test_elsewhere_the_package_is_not_even_imported():
    code = "import sys, amgan.engine.zero_gpu as z; z.on_gpu(z.is_zero_gpu); sys.exit('spaces' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "SPACES_ZERO_GPU"}
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], env=environment, check=False)
    assert done.returncode == 0


def test_an_async_function_is_refused_everywhere(monkeypatch):
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    with pytest.raises(TypeError, match="later is async"):
        on_gpu(later)


def test_there_it_is_wrapped(monkeypatch):
    """By a stand-in: on ZeroGPU the real package needs a torch with CUDA before it wraps anything."""
    asked = []

    def gpu(**options):
        asked.append(options)
        return lambda function: lambda *arguments: ("on a GPU", function(*arguments))

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=gpu))
    assert on_gpu(double, seconds=30)(4) == ("on a GPU", 8)
    assert asked == [{"duration": 30}]
    with pytest.raises(TypeError, match="later is async"):
        on_gpu(later)


def test_the_real_package_takes_what_it_is_asked_with():
    assert "duration" in inspect.signature(spaces.GPU).parameters
    assert spaces.GPU(duration=30)(double) is double
