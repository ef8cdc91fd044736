"""What a running training shows: a progress bar, lines of losses, TensorBoard, and the watch over the losses."""

from __future__ import annotations

import math
import time

import numpy as np
import torch
from accelerate import Accelerator
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

from amgan.console import say
from amgan.errors import TrainingError

MAX_LOSS = 1000.0
"""Of a mean over the steps between two reports. No run in results/ came above 6; those that do not learn any more go
past this for good. The limit is the same for all objectives: the largest is a sum of three cross-entropies, which are
28 together where nothing is known of 10,000 classes.
"""

LOSS_NAMES = ("loss/discriminator", "loss/generator", "real_probability/real", "real_probability/generated")
VARIETY_NAME = "lack_of_variety"
"""What comes behind them where G is asked for variety."""

FIRST_REPORT = 10
"""Steps after which a run says for the first time how fast it is."""

TOO_STRONG = 0.9
"""Where D is so sure of real and of generated pictures, G learns little from it."""

LESS_VARIED = 0.5
"""Where pictures lack so much of the variety that real ones have within their classes, it is said."""

STILL = 1.0
"""A sheet that is on average no more levels of 255 from the one before shows the same; where G learns it is 2 to 40."""


class TrainingProgress:
    """Collects each step's numbers on the device and reads them, the only host sync, every `every` steps."""

    def __init__(self, accelerator: Accelerator, console: Console, first_step: int, steps: int, every: int) -> None:
        """Show progress from `first_step` to `steps`, with numbers every `every` steps, on the main process."""
        self._accelerator = accelerator
        self._console = console
        self._every = max(1, every)
        self._sum = torch.zeros((), device=accelerator.device)
        self._change: float | None = None
        self._collected = 0
        self._images = 0
        self._since = time.perf_counter()
        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not accelerator.is_main_process or not console.is_terminal,
        )
        self._task = self._bar.add_task("training", total=steps, completed=first_step, rate="")
        self._first_report = first_step + FIRST_REPORT
        self._steps = steps

    def __enter__(self) -> TrainingProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def collect(self, numbers: Tensor, images: int) -> None:
        """Add what one step gives, on the device, and its number of real pictures over all processes."""
        self._sum = self._sum + numbers
        self._collected += 1
        self._images += images
        self._bar.advance(self._task)

    def restart_clock(self) -> None:
        """Leave what was done since the report just made, such as saving, out of the next one's speed."""
        self._since = time.perf_counter()

    def due(self, step: int) -> bool:
        """Whether step number `step` (from 1) ends with a report."""
        return step % self._every == 0 or step in (self._first_report, self._steps)

    def report(self, step: int) -> None:
        """Read the losses since the last report, show and log them; every process must call this at the same step.

        Raises:
            TrainingError: one of them is no finite number, or a loss beyond `MAX_LOSS`.
        """
        if not self._collected:
            return
        # The mean over the processes too, so that all of them stop together at a NaN that one has met.
        means = self._accelerator.reduce(self._sum / self._collected, reduction="mean").tolist()
        seconds = time.perf_counter() - self._since
        rate = self._images / seconds
        # Of fewer steps the time says little: the first ones make what later ones have.
        left = (self._steps - step) * seconds / self._collected if self._collected >= FIRST_REPORT else None
        self._sum = torch.zeros_like(self._sum)
        self._collected = self._images = 0
        self._since = time.perf_counter()
        losses = f"D's {means[0]:,.6g}, G's {means[1]:,.6g}"
        if not all(map(math.isfinite, means)):
            raise TrainingError(
                f"the losses are no numbers any more at step {step} ({losses}); the last checkpoint and release are "
                "kept: train anew with lower learning rates or --precision fp32"
            )
        if max(means[:2]) > MAX_LOSS:
            raise TrainingError(
                f"the losses have left all bounds at step {step} ({losses}; {MAX_LOSS:,.0f} is the limit); the last "
                "checkpoint and release are kept: train anew with lower --generator-lr and --discriminator-lr"
            )
        self._accelerator.log({**dict(zip((*LOSS_NAMES, VARIETY_NAME), means)), "images_per_second": rate}, step=step)
        self._bar.update(self._task, completed=step, rate=f"{rate:.0f} images/s")
        if self._accelerator.is_main_process:
            say(
                self._console,
                f"step {step}/{self._steps}  D {means[0]:.3f}  G {means[1]:.3f}  "
                f"real: {means[2]:.2f} on real, {means[3]:.2f} on generated  {rate:.0f} images/s{_time_left(left)}"
                f"{self._how_it_goes(*means[2:])}",
            )

    def _how_it_goes(self, on_real: float, on_generated: float, lack: float = 0.0) -> str:
        if on_real > TOO_STRONG and on_generated < 1 - TOO_STRONG:
            return "  D is too strong"
        if lack > LESS_VARIED:
            return "  pictures less than half as varied as real ones"
        if self._change is None:
            return ""
        return "  pictures no longer change" if self._change <= STILL else "  pictures still change"

    def show_sheet(self, step: int, sheet: np.ndarray, change: float | None = None) -> None:
        """Log a sample sheet, uint8 (H, W, C), to TensorBoard.

        Args:
            step: Its step.
            sheet: The sheet.
            change: How far it is from the one before, in levels of 255.
        """
        self._change = change
        for tracker in self._accelerator.trackers:
            if tracker.name == "tensorboard":
                tracker.writer.add_image("samples", sheet, step, dataformats="HWC")


def _time_left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    return f"  {minutes} min left" if minutes < 120 else f"  {minutes // 60} h {minutes % 60} min left"
