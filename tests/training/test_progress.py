"""What a training shows: lines, TensorBoard, time left, and the stop at a NaN."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
import torch
from rich.console import Console
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from amgan.errors import TrainingError
from amgan.training import progress as progress_module
from amgan.training.progress import LOSS_NAMES, MAX_LOSS, TrainingProgress


@pytest.fixture
def accelerator(accelerator_factory, tmp_path):
    made = accelerator_factory(log_with="tensorboard", project_dir=str(tmp_path))
    made.init_trackers("tensorboard")
    yield made
    made.end_training()


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 50.0

    monkeypatch.setattr(progress_module.time, "perf_counter", lambda: Clock.now)
    return Clock


def text_console():
    return Console(file=io.StringIO(), width=200)


def lines(console):
    return console.file.getvalue().splitlines()


def test_a_line_every_so_many_steps_and_at_the_last(accelerator):
    console = text_console()
    with TrainingProgress(accelerator, console, 0, 7, 3) as progress:
        for step in range(1, 8):
            progress.collect(torch.ones(4), 8)
            if progress.due(step):
                progress.report(step)
    assert [line.split()[1] for line in lines(console)] == ["3/7", "6/7", "7/7"]


def test_the_numbers_are_means_since_the_last_report(accelerator, clock):
    console = text_console()
    with TrainingProgress(accelerator, console, 0, 100, 10) as progress:
        for value in (1.0, 2.0, 6.0):
            progress.collect(torch.tensor([value, 2 * value, 0.25, 0.5]), 40)
        clock.now += 60
        progress.report(3)
        progress.collect(torch.tensor([9.0, 1.0, 0.5, 0.5]), 40)
        clock.now += 1
        progress.report(4)
    first, second = lines(console)
    assert "D 3.000  G 6.000  real: 0.25 on real, 0.50 on generated  2 images/s" in first
    assert "D 9.000  G 1.000" in second
    assert "40 images/s" in second


@pytest.mark.parametrize(("collected", "every"), [(50, 50), (10, 50), (12, 1000)])
def test_time_left_follows_from_the_steps_taken(accelerator, clock, collected, every):
    console = text_console()
    with TrainingProgress(accelerator, console, 0, collected + 120, every) as progress:
        for _ in range(collected):
            progress.collect(torch.ones(4), 8)
        clock.now += 2.0 * collected
        progress.report(collected)
    assert re.search(r" 4 min left$", lines(console)[0])


def test_the_first_numbers_come_soon_and_few_steps_say_no_time(accelerator, clock):
    console = text_console()
    with TrainingProgress(accelerator, console, 20, 10_000, 1000) as progress:
        for step in range(21, 41):
            progress.collect(torch.ones(4), 8)
            clock.now += 3
            if progress.due(step) or step == 35:
                progress.report(step)
    assert [line.split()[1] for line in lines(console)] == ["30/10000", "35/10000"]
    assert lines(console)[0].endswith("  8 h 18 min left")
    assert lines(console)[1].endswith("images/s")


@pytest.mark.parametrize(
    ("numbers", "change", "said"),
    [
        ((0.95, 0.05), 5.0, "D is too strong"),
        ((0.95, 0.2), None, "images/s"),
        ((0.8, 0.05), 1.5, "pictures still change"),
        ((0.5, 0.5, 0.2), 0.9, "pictures no longer change"),
        ((0.5, 0.5, 0.6), 0.9, "pictures less than half as varied as real ones"),
    ],
)
def test_a_word_says_how_it_goes(accelerator, numbers, change, said):
    console = text_console()
    with TrainingProgress(accelerator, console, 0, 10, 1) as progress:
        progress.show_sheet(1, np.zeros((4, 4, 1), np.uint8), change)
        progress.collect(torch.tensor([1.0, 1.0, *numbers]), 8)
        progress.report(1)
    assert lines(console)[0].endswith(said)


def test_a_report_of_nothing_is_none(accelerator):
    console = text_console()
    with TrainingProgress(accelerator, console, 0, 10, 1) as progress:
        progress.report(1)
    assert lines(console) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("place", range(4))
def test_a_loss_that_is_no_number_stops(accelerator, value, place):
    console = text_console()
    numbers = torch.ones(4)
    numbers[place] = value
    with TrainingProgress(accelerator, console, 0, 10, 5) as progress:
        progress.collect(torch.ones(4), 8)
        progress.collect(numbers, 8)
        progress.collect(torch.ones(4), 8)
        with pytest.raises(TrainingError, match=r"no numbers any more at step 3 \(D's .*--precision fp32$"):
            progress.report(3)
    assert lines(console) == []


@pytest.mark.parametrize("place", range(2))
def test_a_loss_beyond_all_bounds_stops(accelerator, place):
    console = text_console()
    numbers = torch.ones(4)
    with TrainingProgress(accelerator, console, 0, 10, 5) as progress:
        numbers[place] = MAX_LOSS
        progress.collect(numbers, 8)
        progress.report(1)
        numbers[place] = 662_179.0
        progress.collect(numbers, 8)
        losses = ("D's 662,179, G's 1", "D's 1, G's 662,179")[place]
        with pytest.raises(TrainingError) as caught:
            progress.report(2)
    assert f"left all bounds at step 2 ({losses}; 1,000 is the limit)" in str(caught.value)
    assert "lower --generator-lr and --discriminator-lr" in str(caught.value)
    assert len(lines(console)) == 1


def test_the_bar_starts_where_the_run_goes_on(accelerator):
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    with TrainingProgress(accelerator, console, 40, 100, 10) as progress:
        progress.collect(torch.ones(4), 8)
        progress.report(50)
        task = progress._bar.tasks[0]
    assert (task.completed, task.total) == (50, 100)
    shown = console.file.getvalue()
    assert "50/100" in shown
    assert "images/s" in shown


def test_tensorboard_gets_scalars_and_sheets(accelerator, tmp_path):
    sheet = np.arange(12 * 20, dtype=np.uint8).reshape(12, 20, 1)
    with TrainingProgress(accelerator, text_console(), 0, 4, 2) as progress:
        for step in range(1, 5):
            progress.collect(torch.tensor([step, 2.0, 0.25, 0.75]), 8)
            if progress.due(step):
                progress.report(step)
        progress.show_sheet(4, sheet)
    accelerator.end_training()
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert set(events.Tags()["scalars"]) == {*LOSS_NAMES, "images_per_second"}
    assert [(e.step, e.value) for e in events.Scalars(LOSS_NAMES[0])] == [(2, 1.5), (4, 3.5)]
    assert [e.value for e in events.Scalars(LOSS_NAMES[3])] == [0.75, 0.75]
    (image,) = events.Images("samples")
    assert (image.step, image.width, image.height) == (4, 20, 12)
