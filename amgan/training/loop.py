"""The loop of a training run: its steps, and what is saved, shown, scored and published on the way."""

from __future__ import annotations

import contextlib
import time
from functools import cached_property, partial
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from rich.console import Console
from rich.progress import Progress as RichProgress
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from amgan.console import say
from amgan.data.labelled_images import LabelledImages
from amgan.hub.client import silence_hub_client
from amgan.model import AMGAN
from amgan.networks.architecture import DiscriminatorNet
from amgan.training.adaptive_strength import EVERY, AdaptiveStrength
from amgan.training.batches import Batches, to_unit_range
from amgan.training.checkpoint import Checkpoints, Progress
from amgan.training.config import TrainConfig
from amgan.training.data_licence import DataLicence, find_data_licence
from amgan.training.ema import ExponentialMovingAverage
from amgan.training.full_disk import room_in_words
from amgan.training.principal_components import draw_principal_components
from amgan.training.processes import together
from amgan.training.progress import TrainingProgress
from amgan.training.pushing import BackgroundPusher
from amgan.training.releasing import (
    BEST,
    RELEASE,
    SHEETS,
    finish_release,
    model_so_far,
    training_facts,
    write_release_whole,
)
from amgan.training.run_data import model_config_of
from amgan.training.run_folder import (
    checkpoint_folder,
    read_start_point,
    write_settings,
)
from amgan.training.run_log import LOG_FILE, forget_after, read_run_log
from amgan.training.scoring import Scoring, best_step, is_best, only_gets_worse, scores_in_words
from amgan.training.sheet import SampleSheet
from amgan.training.signals import StopRequest
from amgan.training.start_point import StartPoint, open_start, start_from
from amgan.training.step import AdversarialStep, Networks
from amgan.whole_files import clear_folder

MEMORY_FORMAT = torch.channels_last


def _interrupt(asked_by: str) -> None:
    raise KeyboardInterrupt(asked_by)


class Trainer:
    """Nets, optimizers and everything else that one run keeps between steps."""

    def __init__(
        self,
        config: TrainConfig,
        data: LabelledImages,
        accelerator: Accelerator,
        console: Console,
        held_out: LabelledImages | None = None,
    ) -> None:
        self.config = config
        self.data = data
        self.console = console
        self.accelerator = accelerator
        self.model_config = model_config_of(config, data)
        self.scoring = Scoring(config, data, partial(say, console)) if config.eval_every else None
        set_seed(config.seed)
        nets = self.model_config.nets
        generator = nets.generator(self.model_config).to(memory_format=MEMORY_FORMAT)  # type: ignore[call-overload]
        discriminator = nets.discriminator(self.model_config).to(memory_format=MEMORY_FORMAT)  # type: ignore[call-overload]
        self.recipe = recipe = config.recipe
        self.start_point = self._start(generator, discriminator)
        g_optimizer = torch.optim.Adam(generator.parameters(), recipe.generator_lr, recipe.betas, fused=True)
        d_optimizer = torch.optim.Adam(discriminator.learning, recipe.discriminator_lr, recipe.betas, fused=True)
        self.networks = Networks(*accelerator.prepare(generator, discriminator, g_optimizer, d_optimizer))
        for net in (self.networks.generator, self.networks.discriminator):
            # Each process takes batch statistics of its own, and the running ones are read by nobody in training. To
            # send them before each forward would also change them between the two forwards of D that one backward
            # goes through, which PyTorch before 2.12 refuses.
            if isinstance(net, DistributedDataParallel):
                net.broadcast_buffers = False
        self.average = ExponentialMovingAverage(self.bare_generator, config.ema_decay)
        self.batches = Batches(
            data, config.batch_size, config.seed, accelerator.process_index, accelerator.num_processes
        )
        self.strength = AdaptiveStrength().to(accelerator.device) if recipe.augment == "adaptive" else None
        self.kept_out: Batches | None = None
        if self.strength is not None and held_out is not None:
            fitting = min(config.batch_size, len(held_out) // accelerator.num_processes)
            self.kept_out = Batches(
                held_out, fitting, config.seed, accelerator.process_index, accelerator.num_processes
            )
        self.adversarial_step = AdversarialStep(
            self.model_config, self.networks, accelerator, MEMORY_FORMAT, recipe.augment, recipe.variety, self.strength
        )
        self.checkpoints = Checkpoints(
            checkpoint_folder(config.out), accelerator, self.average.module, config.keep_checkpoints, self.strength
        )
        self.sheet = SampleSheet(self.model_config, config.out / SHEETS, accelerator.device, recipe.discriminator_first)
        self.pusher: BackgroundPusher | None = None
        # From here on each process draws latents, noise and dropout of its own.
        set_seed(config.seed, device_specific=True)

    def _start(self, generator: nn.Module, discriminator: DiscriminatorNet) -> StartPoint | None:
        """Give new nets the weights that the run starts from, if it does not start from random ones."""
        config = self.config
        if config.resume:
            return read_start_point(config.out)  # a checkpoint brings the weights
        if config.start_from is None:
            if self.recipe.generator_first:
                self._draw_principal_components(generator)
            return None
        with self.accelerator.main_process_first():
            model = open_start(config.start_from, self.model_config)
        start = start_from(model, config.start_from, self.model_config, generator, discriminator)
        say(self.console, f"Starts from {start.in_words()}")
        return start

    def _draw_principal_components(self, generator: nn.Module) -> None:
        steps, config = self.recipe.generator_first, self.model_config
        say(self.console, f"G first learns to draw the principal components of the pictures, in {steps} steps")
        lost = draw_principal_components(
            generator.to(self.accelerator.device),
            *(self.data, config.latent_dim, config.is_predefined, steps, self.accelerator),
        )
        say(self.console, f"It draws {1 - lost:.0%} of what they vary")

    @property
    def bare_generator(self) -> nn.Module:
        """The trained G, without the wrappers of distributed training."""
        return self.accelerator.unwrap_model(self.networks.generator)

    @cached_property
    def data_licence(self) -> DataLicence | None:
        """The licence of the pictures, if it is known."""
        return find_data_licence(self.data.source, self.config.data_licence)

    def train_step(self, step: int) -> torch.Tensor:
        """One step, numbered from 0: a batch, both updates, the moving average; the losses stay on the device."""
        self._set_learning_rates(step)
        images, labels = self.batches.at(step)
        kept_out = None
        if self.kept_out is not None and step % EVERY == 0:
            kept_out = to_unit_range(self.kept_out.at(step // EVERY)[0])
        generator_learns = step >= self.recipe.discriminator_first
        losses = self.adversarial_step(to_unit_range(images), labels, generator_learns, kept_out)
        self.average.update(step)
        return losses

    def run(self) -> None:
        """Train to the last step; save, and publish if that is asked, on the way, on a polite stop and at the end."""
        config = self.config
        pushing: contextlib.AbstractContextManager[BackgroundPusher | None] = contextlib.nullcontext()
        if config.push_to_hub is not None and self.accelerator.is_main_process:
            silence_hub_client()
            pushing = BackgroundPusher(config.push_to_hub, config.private, config.out, self.console)
        with pushing as self.pusher:
            self.train_and_release()

    def train_and_release(self) -> None:
        """What `run` does, with the pusher at work beside it."""
        config = self.config
        done = self._begin()
        if done.step == config.steps:
            self.release(done)  # nothing left to train: only the release is made anew
        with (
            StopRequest(self._say_stopping) as stop,
            TrainingProgress(self.accelerator, self.console, done.step, config.steps, config.log_every) as progress,
        ):
            done = self.loop(done, config.steps, progress, stop)
        if done.step < config.steps:
            say(
                self.console,
                f"Stopped by {stop.asked_by}: saved at step {done.step}, the model so far is in "
                f"{config.out / RELEASE}; add --resume to go on",
            )
        else:
            if self.accelerator.is_main_process and config.index_seeds:
                # The others need not wait for this, and a wait of minutes would end in their time-out.
                self._index_or_stop(done)
            say(self.console, f"The model is in {config.out / RELEASE}")
            if self.scoring is not None:
                step = best_step(config.out)
                say(self.console, f"The best by its scores, of step {step}, is in {config.out / BEST}")
        self.push(done.step)

    def _say_stopping(self, asked_by: str) -> None:
        say(self.console, f"{asked_by}: saving after this step; once more ends it at once, without saving")

    def _begin(self) -> Progress:
        """Take up the run where it is, and leave nothing that a kill left over."""
        config = self.config
        done = Progress(0, 0.0, self.accelerator.num_processes)
        if config.resume:
            done = self.checkpoints.load_newest()
            if not self.checkpoints.newest_has_digests:
                say(
                    self.console,
                    f"Step {done.step} was saved by an earlier version, without digests of its files: taken unchecked",
                )
        with together(self.accelerator):
            if self.accelerator.is_main_process:
                self.checkpoints.clear()
                for name in (RELEASE, BEST):
                    clear_folder(config.out / name)
                if not config.resume:
                    say(self.console, room_in_words(config, *self._sizes()))
                write_settings(config, self.data, self.start_point)
                forget_after(config.out / LOG_FILE, done.step)
                _ = self.data_licence  # asked now, so that no release has to wait for the answer
            self.accelerator.init_trackers("tensorboard")
        return done

    def _sizes(self) -> tuple[int, int, int]:
        """Bytes of a checkpoint, of a release and, at most, of a sheet."""
        generator, discriminator = (
            sum(tensor.nbytes for tensor in self.accelerator.unwrap_model(net).state_dict().values())
            for net in (self.networks.generator, self.networks.discriminator)
        )
        # Adam keeps two numbers for each that it changes.
        moments = 2 * sum(
            parameter.nbytes
            for optimizer in (self.networks.generator_optimizer, self.networks.discriminator_optimizer)
            for group in optimizer.param_groups
            for parameter in group["params"]
        )
        return 2 * generator + discriminator + moments, generator + discriminator, self.sheet.most_bytes

    def _index_or_stop(self, done: Progress) -> None:
        stop = StopRequest(_interrupt)
        try:
            with stop:
                self.index(done)
        except KeyboardInterrupt:
            say(
                self.console,
                f"Stopped by {stop.asked_by}: all {done.step} steps are done, but the release lacks what is looked up "
                "and measured at the end, seeds by class among it; add --resume for that",
            )
            raise

    def index(self, done: Progress) -> None:
        """Write the finished release, and the best one of a run that was scored: seed index, measurements, card."""
        seeds, out = self.config.index_seeds, self.config.out
        with RichProgress(console=self.console, disable=not self.console.is_terminal) as bar:
            task = bar.add_task("Finding the classes of seeds", total=seeds)

            def show(count: int) -> None:
                bar.update(task, completed=count)

            say(self.console, "Finding the classes of seeds, measuring, writing the card")
            finish_release(self._model_so_far(done, is_finished=True), out / RELEASE, seeds, show)
            if self.scoring is not None and (out / BEST).is_dir():
                best = AMGAN.from_pretrained(out / BEST, device=self.accelerator.device)
                finish_release(best, out / BEST, seeds, show)

    def loop(self, done: Progress, last_step: int, progress: TrainingProgress, stop: StopRequest) -> Progress:
        """Steps `done.step` + 1 to `last_step`, or to where a stop is asked; returns how far it came."""
        config = self.config
        # Several processes must stop at the same step. To ask each other is a sync, which costs nothing on CPUs; a GPU
        # is asked only when it reports anyway.
        ask_always = self.accelerator.num_processes == 1 or self.accelerator.device.type == "cpu"
        images_a_step = config.batch_size * self.accelerator.num_processes
        started = time.perf_counter() - done.seconds
        for step in range(done.step + 1, last_step + 1):
            progress.collect(self.train_step(step - 1), images_a_step)
            reporting = progress.due(step)
            stopping = (ask_always or reporting) and stop.agreed(self.accelerator)
            pushing = config.pushes_at(step)
            saving = stopping or pushing or step % config.checkpoint_every == 0 or step == config.steps
            scoring = config.scores_at(step)
            showing = step % config.sheet_every == 0 or step == config.steps
            now = Progress(step, time.perf_counter() - started, self.accelerator.num_processes)
            with together(self.accelerator) if reporting or saving or scoring or showing else contextlib.nullcontext():
                if reporting or saving or scoring:
                    progress.report(step)
                if showing and self.strength is not None:
                    self.accelerator.log({"augmentation_strength": self.strength.value.item()}, step=step)
                if showing and self.accelerator.is_main_process:
                    progress.show_sheet(step, self.sheet.draw(self.average.module, step), self.sheet.change)
                if scoring:
                    # Before the checkpoint, so that whoever goes on from it finds the scores of its step.
                    if only_gets_worse(self.score(now), config.patience):
                        stop.ask(f"its scores, which only get worse: the best model is in {config.out / BEST}")
                    progress.restart_clock()
            if saving:
                done = now
                self.checkpoints.save(done)
                self.release(done)
                if pushing and not stopping and step < config.steps:
                    self.push(step)  # the others are pushed when they are finished
                progress.restart_clock()
            if stopping:
                break
        return done

    def score(self, progress: Progress) -> list[dict[str, Any]]:
        """Let the judge look at the model so far, on the main process, and keep it if it is the best.

        The others wait for it in their next step: seconds, and once a minute or so for a judge that has not met the
        data yet, far from the half hour (ten minutes on GPUs, where it is quick) at which they would give up.

        Returns:
            The run's log with these scores; nothing in other processes.

        Raises:
            TrainingError: the weights are no numbers any more.
        """
        self.checkpoints.check_finite(progress.step)
        if self.scoring is None or not self.accelerator.is_main_process:
            return []
        model = self._model_so_far(progress)
        section, scores = self.scoring.score(model)
        log = read_run_log(self.config.out / LOG_FILE)
        best = is_best(scores, log)
        if best:
            model.metrics["evaluation"] = section
            write_release_whole(model, self.config.out / BEST)
        self.accelerator.log(scores, step=progress.step)
        say(
            self.console,
            f"step {progress.step}/{self.config.steps}  {scores_in_words(scores)}{'  the best so far' if best else ''}",
        )
        return [*log, {"step": progress.step, **scores}]

    def release(self, progress: Progress) -> None:
        """Write the release folder from the current state, on the main process; the others wait."""
        with together(self.accelerator):
            if self.accelerator.is_main_process:
                write_release_whole(self._model_so_far(progress), self.config.out / RELEASE)

    def push(self, step: int) -> None:
        """Let the release of a step go up to the Hub, if that is asked; returns at once."""
        if self.pusher is not None:
            self.pusher.add(self.config.out / RELEASE, step)

    def _model_so_far(self, progress: Progress, is_finished: bool = False) -> AMGAN:
        facts = training_facts(self.config, self.data, progress, self.accelerator, self.data_licence, self.start_point)
        discriminator = self.accelerator.unwrap_model(self.networks.discriminator)
        return model_so_far(self.model_config, self.average.module, discriminator, facts, is_finished)

    def _set_learning_rates(self, step: int) -> None:
        config = self.config
        fallen = max(0, step - config.lr_decay_from) / config.lr_decay_steps if config.lr_decay_steps else 0.0
        left = max(0.0, 1 - fallen)
        for optimizer, rate in (
            (self.networks.generator_optimizer, self.recipe.generator_lr),
            (self.networks.discriminator_optimizer, self.recipe.discriminator_lr),
        ):
            for group in optimizer.param_groups:
                group["lr"] = rate * left
