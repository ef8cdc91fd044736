"""A training run, from its settings to a release folder: what is read, chosen and said before its first step."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import torch
from accelerate import Accelerator
from rich.console import Console

from amgan.console import say
from amgan.data.labelled_images import LabelledImages
from amgan.data.repeats import repeats_in_words
from amgan.errors import AmganError
from amgan.metrics.judge_search import find_judge_of_data
from amgan.training.config import TrainConfig
from amgan.training.full_disk import writable
from amgan.training.loop import Trainer
from amgan.training.planning import median_seconds, plan
from amgan.training.processes import leave_processes, make_accelerator, noticing_lost, together
from amgan.training.releasing import RELEASE
from amgan.training.run_data import larger_in_words, load_training_data, suited
from amgan.training.run_folder import as_begun, check_run_data, check_run_folder
from amgan.training.run_lock import alone_in
from amgan.training.run_log import LOG_FILE, RunLog
from amgan.training.scarcity import scarcity_in_words
from amgan.training.start_point import as_started


def train(config: TrainConfig, console: Console | None = None) -> Path:
    """Train, or go on training, until `config.steps` or a polite stop (Ctrl-C, SIGTERM).

    Returns:
        The release folder.

    Raises:
        AmganError: the data, the settings or a checkpoint cannot be used, another training is at work in the folder,
            the disk takes no more, the losses are lost, or another process is.
    """
    config.check()
    if config.resume:
        config = as_begun(config)
    check_run_folder(config)
    accelerator = make_accelerator(
        config.precision,
        log_with=["tensorboard", RunLog(config.out / LOG_FILE)],
        project_dir=str(config.out),
    )
    console = console or Console()
    console.quiet = console.quiet or not accelerator.is_main_process
    again = "start all of them again with --resume, which goes on from the last checkpoint"
    with noticing_lost(accelerator.num_processes, again), writable(config.out), alone_in(config.out, accelerator):
        check_run_folder(config)  # again, now that nobody else changes it
        with accelerator.main_process_first():
            config = as_started(config)
            data = load_training_data(config)
        config, data, held_out, said = suited(config, data, accelerator.num_processes)
        check_run_data(config, data)
        say(console, data.summary())
        if accelerator.is_main_process and not config.resume:
            said = [*repeats_in_words(data), *filter(None, [larger_in_words(config, data)]), *said]
        for line in said:
            say(console, line)
        try:
            with together(accelerator):
                data = data.to(accelerator.device)
                held_out = held_out and held_out.to(accelerator.device)
                if config.steps == 0:
                    measured = partial(_measured, data, accelerator)
                    with accelerator.main_process_first():
                        has_judge = config.judge is not None or _has_judge(data, console)
                    config, words = plan(config, data, accelerator.num_processes, measured, has_judge)
                    say(console, words)
                for line in [] if config.resume else scarcity_in_words(config, data, accelerator.num_processes):
                    say(console, line)
                Trainer(config, data, accelerator, console, held_out).run()
        finally:
            leave_processes(accelerator)
    return config.out / RELEASE


def _has_judge(data: LabelledImages, console: Console) -> bool:
    try:
        find_judge_of_data(data, on_fit=partial(say, console))
    except AmganError:
        return False
    return True


def _measured(data: LabelledImages, accelerator: Accelerator, config: TrainConfig) -> float:
    """Seconds a step of a run of these settings, the longest of all processes."""
    trainer = Trainer(
        dataclasses.replace(config, generator_first=0, discriminator_first=0), data, accelerator, Console(quiet=True)
    )
    seconds = median_seconds(trainer.train_step)
    accelerator.free_memory()  # else its nets would be in every checkpoint
    return float(accelerator.gather(torch.tensor([seconds], device=accelerator.device)).max())
