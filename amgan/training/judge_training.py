"""Training of a judge: one-cycle SGD on plain cross-entropy.

No label smoothing and no mixing of pictures: AM Score measures a judge's entropy, and 0.05 of smoothing alone put 0.39
on real pictures.
"""

from __future__ import annotations

import dataclasses
import time

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from accelerate.utils import set_seed
from rich.console import Console

from amgan.console import say
from amgan.data.labelled_images import LabelledImages
from amgan.errors import ConfigError, DataError
from amgan.metrics.evaluation_rows import accuracy_in_words
from amgan.metrics.judge import Judge, JudgeConfig
from amgan.metrics.judge_fitting import fit_judge
from amgan.metrics.judge_network import JudgeNet
from amgan.metrics.judge_pictures import augment, channel_mean, channel_std
from amgan.training.judge_data import load_judge_data, load_whole
from amgan.training.judge_train_config import JudgeTrainConfig
from amgan.training.processes import make_accelerator

MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
WARM_UP = 0.25
"""Share of the steps on which the learning rate rises."""

FEWEST_STEPS = 5
"""With 4 the rise ends where it begins, and OneCycleLR divides by 0; with fewer there is none."""


def train_judge(config: JudgeTrainConfig, console: Console) -> Judge:
    """Train a judge and write its folder, after every epoch and at the end.

    Raises:
        AmganError: the data or the settings cannot be used.
    """
    config.check()
    if config.pretrained:
        return _fit(config, console)
    accelerator = make_accelerator(config.precision)
    console.quiet = console.quiet or not accelerator.is_main_process
    set_seed(config.seed)
    with accelerator.main_process_first():
        train, test = load_judge_data(config)
    if len(train) < config.batch_size * accelerator.num_processes:
        raise DataError(f"{train.source}: {len(train)} pictures are fewer than a batch; lower --batch-size")
    steps = len(train) // (config.batch_size * accelerator.num_processes) * config.epochs
    if steps < FEWEST_STEPS:
        raise ConfigError(
            f"{len(train)} pictures in {config.epochs} epoch(s) are {steps} steps in all, too few to train anything; "
            "raise --epochs or lower --batch-size"
        )
    say(console, train.summary())
    judge = _JudgeTraining(config, train.to(accelerator.device), test, accelerator, console).run()
    accelerator.wait_for_everyone()
    return judge


def _fit(config: JudgeTrainConfig, console: Console) -> Judge:
    data = load_whole(config)
    say(console, data.summary())
    judge = fit_judge(data, "cuda" if torch.cuda.is_available() else "cpu")
    judge.save(config.out)
    say(console, f"{accuracy_in_words(judge.describe())}; the judge is in {config.out}")
    return judge


def accuracy(judge: Judge, data: LabelledImages) -> float:
    """Share of the pictures that the judge names right."""
    return float((judge.judge(data.images).classes == data.labels.cpu()).double().mean())


class _JudgeTraining:
    def __init__(
        self,
        config: JudgeTrainConfig,
        train: LabelledImages,
        test: LabelledImages,
        accelerator: Accelerator,
        console: Console,
    ) -> None:
        self.config = config
        self.train = train
        self.test = test
        self.accelerator = accelerator
        self.console = console
        self.judge_config = JudgeConfig(
            class_names=train.class_names,
            image_size=config.image_size,
            channels=3 if train.images.shape[1] == 3 else 1,
            width=config.width,
            resize=train.fit,
            accuracy=0.0,
            test_pictures=0,
            training="",
        )
        net = self._new_net()
        net.mean.copy_(channel_mean(train.images))
        net.std.copy_(channel_std(train.images))
        net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        decayed = [p for p in net.parameters() if p.dim() > 1]
        others = [p for p in net.parameters() if p.dim() <= 1]
        groups = [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}]
        optimizer = torch.optim.SGD(groups, config.peak_lr, momentum=MOMENTUM, nesterov=True)
        self.net, self.optimizer = accelerator.prepare(net, optimizer)
        self.steps_an_epoch = len(train) // (config.batch_size * accelerator.num_processes)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer.optimizer,
            config.peak_lr,
            total_steps=self.steps_an_epoch * config.epochs,
            pct_start=WARM_UP,
            anneal_strategy="linear",
            cycle_momentum=False,
            final_div_factor=1000,
        )

    def _new_net(self) -> JudgeNet:
        config = self.judge_config
        return JudgeNet(len(config.class_names), config.image_size, config.channels, config.width)

    def run(self) -> Judge:
        set_seed(self.config.seed, device_specific=True)
        started = time.perf_counter()
        for epoch in range(1, self.config.epochs + 1):
            loss = self._epoch(epoch)
            judge = self._judge(epoch)
            say(
                self.console,
                f"epoch {epoch} of {self.config.epochs}: loss {loss:.4f}, "
                f"{judge.config.accuracy:.2%} of the test pictures right, {time.perf_counter() - started:.0f} s",
            )
            if self.accelerator.is_main_process:
                judge.save(self.config.out)
        say(self.console, f"The judge is in {self.config.out}")
        return judge

    def _epoch(self, epoch: int) -> float:
        config, accelerator = self.config, self.accelerator
        order = torch.randperm(
            len(self.train), generator=torch.Generator().manual_seed(config.seed * 1_000_003 + epoch)
        ).to(accelerator.device)
        own = order[accelerator.process_index :: accelerator.num_processes]
        total = torch.zeros((), device=accelerator.device)
        self.net.train()
        for rows in own.split(config.batch_size)[: self.steps_an_epoch]:
            images = augment(self.train.images[rows], config.mirrored, config.shift)
            with accelerator.autocast():
                logits = self.net(images)
            loss = F.cross_entropy(logits.float(), self.train.labels[rows])
            self.optimizer.zero_grad()
            accelerator.backward(loss)
            self.optimizer.step()
            self.schedule.step()
            total += loss.detach()
        return float(total) / self.steps_an_epoch

    def _judge(self, epoch: int) -> Judge:
        # A copy: what is judged with stays in eval mode, what is trained goes on.
        net = self._new_net().to(self.accelerator.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        net.load_state_dict(self.accelerator.unwrap_model(self.net).state_dict())
        judge = Judge(self.judge_config, net, self.config.out.name)
        config = self.config
        judge.config = dataclasses.replace(
            self.judge_config,
            accuracy=round(accuracy(judge, self.test), 6),
            test_pictures=len(self.test),
            training=f"{len(self.train)} pictures, {epoch} of {config.epochs} epochs, batches of {config.batch_size}, "
            f"one-cycle SGD to {config.peak_lr:g}, {config.mirrored:.0%} mirrored, shifts of {config.shift} pixels",
        )
        return judge
