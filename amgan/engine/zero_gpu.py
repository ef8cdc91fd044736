"""ZeroGPU Spaces lend a GPU for the length of a call; everywhere else a function simply runs."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import TypeVar

from typing_extensions import ParamSpec

P = ParamSpec("P")
R = TypeVar("R")


def is_zero_gpu() -> bool:
    """Whether this is a ZeroGPU Space, by the variable that the platform sets."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


def on_gpu(function: Callable[P, R], seconds: int = 60) -> Callable[P, R]:
    """The function with a GPU for each of its calls on a ZeroGPU Space, and itself anywhere else.

    Wrap before anything asks torch for CUDA: the platform's `spaces` package, which is needed only there and is
    imported here, changes torch so that this thread can put models on a GPU that is not there yet. A call runs in a
    process of its own, and its arguments and result are copied there and back.

    Args:
        function: A plain function or a generator function.
        seconds: How long a call may take; a visitor's quota is charged by it.

    Raises:
        TypeError: the function is async, which ZeroGPU cannot run.
    """
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{function.__qualname__} is async, which ZeroGPU cannot run: give it a plain function")
    if not is_zero_gpu():
        return function
    import spaces

    wrapped: Callable[P, R] = spaces.GPU(duration=seconds)(function)
    return wrapped
