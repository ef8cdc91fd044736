"""A run planned from what is known before it starts: the time that it may take, the machine's speed, the pictures.

Only what was not asked for is planned. What came out is written into the settings of the run, so that a resume follows
the same plan on whatever machine.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch

from amgan.data.labelled_images import LabelledImages
from amgan.training.config import TrainConfig
from amgan.training.run_data import FEW_PICTURES

PLANNABLE = (
    *("steps", "generator_width", "augment", "lr_decay_from", "lr_decay_steps", "ema_decay"),
    *("sheet_every", "checkpoint_every", "eval_every", "eval_pictures", "patience"),
)
"""Settings that a plan may choose."""

PROBED = 5
"""Steps whose time is measured; the first one or two are left out, since they make what later ones have."""

WARM = 2

KEPT_BACK = 0.12
"""Part of the time that goes into sheets, checkpoints, releases and the seed index."""

GENERATOR_ALONE = 0.4
"""Part of a step's time that G takes where it learns alone, before the first."""

WIDTHS = (32, 48, 64, 96)
ENOUGH_STEPS = 20_000
"""A wider G is taken only where it gets so many steps: in fewer, a narrow one comes further."""

HORIZON = 10
"""The moving average reaches back over about this part of the run, at most over 1,000 steps."""

SHEETS = 20
CHECKPOINTS = 8

SCORES = 6
SCORED_PICTURES = 500
PATIENCE = 3


def plan(
    config: TrainConfig,
    data: LabelledImages,
    processes: int,
    seconds_a_step: Callable[[TrainConfig], float],
    has_judge: bool = False,
) -> tuple[TrainConfig, str]:
    """What a run shall be where it was not told.

    Args:
        config: What is asked for.
        data: The pictures.
        processes: How many train together.
        seconds_a_step: Measures a step of a run of these settings, the same in every process.
        has_judge: Whether there is a judge that can score the run on its way.

    Returns:
        The settings, and for people what was chosen and why.
    """
    defaults = {field.name: field.default for field in dataclasses.fields(config)}
    free = {name for name in PLANNABLE if getattr(config, name) == defaults[name]}
    chosen: dict[str, Any] = {}
    why = []
    if config.labeling is None and config.recipe.labeling == "predefined":
        why.append("G is given the class, which tells classes apart soonest")
    if "augment" in free:
        few = len(data) <= FEW_PICTURES  # colours, shifts and holes make it harder to know them by heart
        chosen["augment"] = "all" if few else "shift"
        kinds = "colours, shifts and holes" if few else "shifts"
        why.append(f"{kinds} before D sees a picture, as there are {len(data):,}")
    steps = 0
    for width in WIDTHS if "generator_width" in free else (config.recipe.generator_width,):
        measured = seconds_a_step(dataclasses.replace(config, **chosen | {"generator_width": width}, steps=1))
        first = config.recipe.generator_first * GENERATOR_ALONE
        possible = max(1, int(config.minutes * 60 * (1 - KEPT_BACK) / measured - first))
        if steps == 0 or possible >= ENOUGH_STEPS:
            chosen["generator_width"], steps, seconds = width, possible, measured
        if possible < ENOUGH_STEPS:
            break
    if "generator_width" in free:
        wide = chosen["generator_width"] > WIDTHS[0]
        reason = "as there is time for it" if wide else "which learns soonest"
        why.append(f"G of width {chosen['generator_width']}, {reason}")
    chosen |= {"steps": steps, "minutes": defaults["minutes"]}  # the steps say it now, on any machine
    if {"lr_decay_from", "lr_decay_steps"} <= free:
        chosen |= {"lr_decay_from": steps // 2, "lr_decay_steps": steps - steps // 2}
        why.append("rates that fall over the second half")
    ever = {
        "ema_decay": round(1 - 1 / max(10, min(1000, steps // HORIZON)), 5),
        "sheet_every": max(1, steps // SHEETS),
        "checkpoint_every": max(1, steps // CHECKPOINTS),
    }
    if has_judge and "eval_every" in free:
        ever |= {"eval_every": max(1, steps // SCORES), "eval_pictures": SCORED_PICTURES, "patience": PATIENCE}
        why.append(f"scores {SCORES} times on the way, the best kept, and an end where they only get worse")
    chosen |= {name: value for name, value in ever.items() if name in free}
    words = (
        f"Plan      {steps:,} steps in about {_minutes(steps * seconds)} ({seconds:.2g} s a step here), "
        f"{steps * config.batch_size * processes:,} pictures seen; {'; '.join(why)}"
    )
    return dataclasses.replace(config, **chosen), words


def median_seconds(step: Callable[[int], torch.Tensor]) -> float:
    """The time of a step of training, in seconds.

    Args:
        step: Does the step of a number; its answer is waited for.
    """
    return statistics.median(list(_seconds(step))[WARM:])


def _seconds(step: Callable[[int], torch.Tensor]) -> Iterator[float]:
    for number in range(WARM + PROBED):
        started = time.perf_counter()
        step(number).cpu()
        yield time.perf_counter() - started


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
