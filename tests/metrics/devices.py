"""Devices without float64, such as Apple's GPUs, for tests on machines that have none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode


class NoDoubleOnTheDevice(TorchFunctionMode):
    """Takes every tensor for one of a device without float64 that was not brought to the CPU by `.cpu()`."""

    def __init__(self) -> None:
        super().__init__()
        self._brought: set[int] = set()
        self._alive: list[Tensor] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is Tensor.double and id(args[0]) not in self._brought:
            raise TypeError("a tensor of the device cannot be float64")
        if kwargs.get("dtype") is torch.float64 and kwargs.get("device") is not None:
            raise TypeError("a float64 tensor cannot be made on the device")
        result = func(*args, **kwargs)
        if func is Tensor.cpu:
            self._brought.add(id(result))
            self._alive.append(result)  # or its number could be that of another one later
        return result
