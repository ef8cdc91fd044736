"""Ctrl-C and SIGTERM as a polite request: the step in work is finished, the run saved, then training ends."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType

import torch
from accelerate import Accelerator


class StopRequest:
    """Context in which the first SIGINT or SIGTERM only sets a flag; a second one acts as usual."""

    def __init__(self) -> None:
        self.signal_name: str | None = None
        self._previous: dict[int, signal.Handlers | None] = {}

    def __enter__(self) -> StopRequest:
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                self._previous[number] = signal.signal(number, self._on_signal)  # type: ignore[assignment]
            except ValueError:
                return self  # Not the main thread: whoever runs us there stops us in another way.
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def agreed(self, accelerator: Accelerator) -> bool:
        """Whether any process was asked to stop; all processes must call this at the same step."""
        asked = self.signal_name is not None
        if accelerator.num_processes == 1:
            return asked
        flag = torch.tensor([float(asked)], device=accelerator.device)
        return bool(accelerator.reduce(flag, reduction="sum").item() > 0)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signal_name = signal.Signals(number).name
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous.clear()
