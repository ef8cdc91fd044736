"""Ctrl-C and SIGTERM as a polite request: the step in work is finished, the run saved, then training ends."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType

import torch
from accelerate import Accelerator

SAME_REQUEST_SECONDS = 2.0
"""A signal that comes again within this time is the same request.

Job schedulers signal every process of a job, and torchrun then passes on to its processes what it was sent itself.
"""


class StopRequest:
    """Context in which the first SIGINT or SIGTERM only sets a flag; a second one, later, acts as usual."""

    def __init__(self, on_asked: Callable[[str], None] = lambda asked_by: None) -> None:
        """Listen.

        Args:
            on_asked: Told at once who asked, in the words of `asked_by`.
        """
        self._on_asked = on_asked
        self.signal_name: str | None = None
        self._asked_at = 0.0
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

    def ask(self, asked_by: str) -> None:
        """Ask from within: whoever runs finds, in words, that there is nothing more to be done."""
        self.signal_name = self.signal_name or asked_by

    @property
    def asked_by(self) -> str:
        """Who asked, as people call it; another process, if it was not this one that was asked."""
        return {"SIGINT": "Ctrl-C", None: "another process"}.get(self.signal_name, str(self.signal_name))

    def agreed(self, accelerator: Accelerator) -> bool:
        """Whether any process was asked to stop; all processes must call this at the same step."""
        asked = self.signal_name is not None
        if accelerator.num_processes == 1:
            return asked
        flag = torch.tensor([float(asked)], device=accelerator.device)
        return bool(accelerator.reduce(flag, reduction="sum").item() > 0)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.signal_name is None:
            self.signal_name = signal.Signals(number).name
            self._asked_at = time.monotonic()
            self._on_asked(self.asked_by)
        elif time.monotonic() - self._asked_at > SAME_REQUEST_SECONDS:
            self._restore()
            signal.raise_signal(number)

    def _restore(self) -> None:
        for number, handler in self._previous.items():
            # None stands for a handler that was not set from Python and cannot be put back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._previous.clear()
