"""Training of a judge: one-cycle SGD on plain cross-entropy.

No label smoothing and no mixing of pictures: AM Score measures a judge's entropy, and 0.05 of smoothing alone put 0.39
on real pictures.
"""

from __future__ import annotations

import dataclasses
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from accelerate.utils import set_seed
from rich.console import Console
from torch import Tensor

from amgan.config import ImageSize
from amgan.data import LabelledImages, load_labelled_images
from amgan.errors import ConfigError, DataError
from amgan.metrics.judge import Judge, JudgeConfig
from amgan.processes import MAX_TRAINING_SEED, Precision, make_accelerator

MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
WARM_UP = 0.25
"""Share of the steps on which the learning rate rises."""

FEWEST_STEPS = 5
"""With 4 the rise ends where it begins, and OneCycleLR divides by 0; with fewer there is none."""


@dataclass(frozen=True)
class JudgeTrainConfig:
    """Train a judge, the classifier through which `evaluate` looks, on labelled pictures.

    Attributes:
        data: A folder with one subfolder of pictures a class, a local data set, or a Hub id.
        out: Folder of the judge.
        image_size: Side of the pictures in pixels.
        channels: 1 for grey, 3 for RGB; taken from the pictures if not given.
        width: Feature maps of the net's first layer.
        epochs: How often every picture is seen.
        batch_size: Pictures a step in each process.
        peak_lr: SGD's highest learning rate, a quarter of the way.
        mirrored: Share of the pictures that are mirrored; 0 where a mirror changes the class, such as of letters.
        shift: Pictures are shifted by up to so many pixels each way.
        split: Split of the data set to train on.
        test_split: Split that the accuracy is measured on.
        hold_out: Without a test split: share of the pictures kept out of training, to measure the accuracy on.
        image_column: Column of the pictures, where its type alone does not tell.
        label_column: Column of the classes, where its type alone does not tell.
        skip_broken: Leave out pictures that cannot be decoded, and count them.
        seed: Start of all random numbers.
        precision: fp32 (with TF32 in convolutions on CUDA, as is PyTorch's way), bf16, or auto: bf16 where the
            hardware multiplies it faster (CUDA, CPUs with AMX).
    """

    data: str
    out: Path
    image_size: ImageSize = 32
    channels: Literal[1, 3] | None = None
    width: int = 24
    epochs: int = 15
    batch_size: int = 128
    peak_lr: float = 0.2
    mirrored: float = 0.5
    shift: int = 4
    split: str = "train"
    test_split: str = "test"
    hold_out: float = 0.0
    image_column: str | None = None
    label_column: str | None = None
    skip_broken: bool = False
    seed: int = 0
    precision: Precision = "auto"

    def check(self) -> None:
        """Check what a training could not start with.

        Raises:
            ConfigError: naming the flag and what it must be.
        """
        for name, low, high in (
            ("width", 1, 512), ("epochs", 1, math.inf), ("batch_size", 2, math.inf), ("mirrored", 0, 1),
            ("shift", 0, self.image_size // 2), ("hold_out", 0, 0.5), ("seed", 0, MAX_TRAINING_SEED),
        ):  # fmt: skip
            value = getattr(self, name)
            if not low <= value <= high:
                raise ConfigError(f"--{name.replace('_', '-')} must be from {low} to {high}, not {value}")
        if not 0 < self.peak_lr < math.inf:
            raise ConfigError(f"--peak-lr must be a number above 0, not {self.peak_lr}")


def train_judge(config: JudgeTrainConfig, console: Console) -> Judge:
    """Train a judge and write its folder, after every epoch and at the end.

    Raises:
        AmganError: the data or the settings cannot be used.
    """
    config.check()
    accelerator = make_accelerator(config.precision)
    console.quiet = console.quiet or not accelerator.is_main_process
    set_seed(config.seed)
    with accelerator.main_process_first():
        train, test = load_judge_data(config)
    if len(train) < config.batch_size * accelerator.num_processes:
        raise DataError(f"{config.data}: {len(train)} pictures are fewer than a batch; lower --batch-size")
    steps = len(train) // (config.batch_size * accelerator.num_processes) * config.epochs
    if steps < FEWEST_STEPS:
        raise ConfigError(
            f"{len(train)} pictures in {config.epochs} epoch(s) are {steps} steps in all, too few to train anything; "
            "raise --epochs or lower --batch-size"
        )
    console.print(train.summary(), highlight=False, markup=False, soft_wrap=True)
    judge = _JudgeTraining(config, train.to(accelerator.device), test, accelerator, console).run()
    accelerator.wait_for_everyone()
    return judge


def load_judge_data(config: JudgeTrainConfig) -> tuple[LabelledImages, LabelledImages]:
    """The pictures to train on and those to test on.

    Raises:
        DataError: they cannot be used, or their classes differ.
    """

    def load(split: str) -> LabelledImages:
        return load_labelled_images(
            config.data,
            config.image_size,
            split=split,
            channels=config.channels,
            image_column=config.image_column,
            label_column=config.label_column,
            skip_broken=config.skip_broken,
        )

    whole = load(config.split)
    if config.hold_out:
        order = torch.randperm(len(whole), generator=torch.Generator().manual_seed(config.seed))
        kept_out = max(1, round(len(whole) * config.hold_out))
        return _part(whole, order[kept_out:]), _part(whole, order[:kept_out])
    try:
        test = load(config.test_split)
    except DataError as error:
        raise DataError(f"{error}; name another with --test-split, or keep some out with --hold-out 0.1") from error
    if test.class_names != whole.class_names or test.images.shape[1:] != whole.images.shape[1:]:
        raise DataError(f"{config.data}: the splits {config.split} and {config.test_split} differ in classes or colour")
    return whole, test


def _part(data: LabelledImages, rows: Tensor) -> LabelledImages:
    return dataclasses.replace(data, images=data.images[rows], labels=data.labels[rows])


def augment(images: Tensor, mirrored: float, shift: int) -> Tensor:
    """Mirror some pictures and shift each one, with the border's own pixels where nothing is left.

    Args:
        images: (N, C, size, size), any type.
        mirrored: Share that is mirrored.
        shift: Most pixels to shift by, each way.

    Returns:
        The same shape and type.
    """
    n, _, side, _ = images.shape
    device = images.device
    places = torch.arange(side, device=device)
    across = torch.randint(-shift, shift + 1, (n, 1), device=device) + places
    down = torch.randint(-shift, shift + 1, (n, 1), device=device) + places
    flip = torch.rand(n, 1, device=device) < mirrored
    across = torch.where(flip, side - 1 - across, across).clamp(0, side - 1)
    return images[
        torch.arange(n, device=device)[:, None, None, None],
        torch.arange(images.shape[1], device=device)[None, :, None, None],
        down.clamp(0, side - 1)[:, None, :, None],
        across[:, None, None, :],
    ]


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
        net = self.judge_config.new_net()
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

    def run(self) -> Judge:
        set_seed(self.config.seed, device_specific=True)
        started = time.perf_counter()
        for epoch in range(1, self.config.epochs + 1):
            loss = self._epoch(epoch)
            judge = self._judge(epoch)
            self.console.print(
                f"epoch {epoch} of {self.config.epochs}: loss {loss:.4f}, "
                f"{judge.config.accuracy:.2%} of the test pictures right, {time.perf_counter() - started:.0f} s",
                highlight=False,
            )
            if self.accelerator.is_main_process:
                judge.save(self.config.out)
        self.console.print(f"The judge is in {self.config.out}", highlight=False, markup=False)
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
        net = self.judge_config.new_net().to(self.accelerator.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
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


def channel_mean(images: Tensor) -> Tensor:
    """Mean of each channel of uint8 pictures (N, C, H, W) in units of 255, fp32 (C,)."""
    return _moment(images, 1).float()


def channel_std(images: Tensor) -> Tensor:
    """Standard deviation of each channel of uint8 pictures (N, C, H, W) in units of 255, at least 0.01, fp32 (C,)."""
    variance = _moment(images, 2) - _moment(images, 1) ** 2
    return variance.clamp(min=1e-4).sqrt().float()


def _moment(images: Tensor, power: int) -> Tensor:
    # Counted by level, so that a data set never stands in memory as floats.
    levels = torch.linspace(0, 1, 256, dtype=torch.float64) ** power
    counts = torch.stack([torch.bincount(channel.flatten(), minlength=256) for channel in images.unbind(1)])
    counts = counts.cpu()  # MPS has no double
    return (counts.double() @ levels) / counts.sum(dim=1)
