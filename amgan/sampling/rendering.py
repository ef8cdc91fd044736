"""Turning latents into uint8 pictures and pictures into D's answers, fast, and with bytes that hold in any batch.

Libraries choose their sums by the shape of a batch, so a request is cut and padded to a few fixed batch sizes, each
of which was seen to give the same bits as the others on this machine.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor, nn

from amgan.errors import RequestError
from amgan.networks.architecture import DiscriminatorNet
from amgan.networks.config import ModelConfig
from amgan.networks.objectives import OBJECTIVES, Logits
from amgan.sampling.arithmetic import EXACT, has_fast_bf16

Precision = Literal["auto", "fp32", "bf16"]

CPU_BATCH_SIZES = (1, 4, 8, 16, 32)
"""On a CPU more than 32 at once were not faster."""

GPU_BATCH_SIZES = (1, 8, 64, 256)

PROBE_SEED = 0


@dataclass(frozen=True)
class Judgement:
    """D's answer for N pictures, fp32 values held as fp64, so that they compare with a Python float as they print.

    Attributes:
        class_probabilities: Softmax over the K classes, (N, K).
        real_probability: Probability of "real", (N,).
    """

    class_probabilities: Tensor
    real_probability: Tensor


def batch_size(rows: int, sizes: Sequence[int]) -> int:
    """Of ascending sizes the smallest that holds the rows if they nearly fill it, else the largest that they fill."""
    holding = [size for size in sizes if size >= rows]
    filled = [size for size in sizes if size <= rows]
    if holding and (4 * rows >= 3 * holding[0] or not filled):
        return holding[0]
    return filled[-1]


class FixedBatches:
    """Runs a function of N rows at fixed batch sizes only."""

    def __init__(
        self,
        function: Callable[[Tensor], Tensor],
        probe: Tensor,
        candidates: tuple[int, ...],
        finish: Callable[[Tensor], Tensor] = lambda rows: rows,
    ) -> None:
        """Find the batch sizes that give the same bits.

        Args:
            function: Maps rows (N, ...) to rows (N, ...), each from its own row alone up to rounding.
            probe: Rows as the function will get them, as many as the largest candidate.
            candidates: Batch sizes, ascending, 1 first.
            finish: Done to every batch's answer, so that a large request holds only what comes out of it. Not part of
                the proof, which is stronger before rounding to bytes.
        """
        self.function = function
        self.finish = finish
        self.sizes = self._proven(probe, candidates)

    def __call__(self, rows: Tensor) -> Tensor:
        """The function's answer for any number of rows; for none it is empty, of the right shape."""
        parts: list[Tensor] = []
        start = 0
        while start < len(rows) or not parts:
            size = batch_size(len(rows) - start, self.sizes)
            part = rows[start : start + size]
            missing = size - len(part)
            padded = torch.cat([part, part.new_zeros(missing, *part.shape[1:])]) if missing else part
            parts.append(self.finish(self.function(padded)[: len(part)]))
            start += size
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _proven(self, probe: Tensor, candidates: tuple[int, ...]) -> tuple[int, ...]:
        *smaller, largest = candidates
        expected = self.function(probe[:largest])
        if not torch.equal(self.function(probe[:largest].roll(1, 0)).roll(-1, 0), expected):
            # A row's place in the batch shows. Alone it has but one place.
            return (1,)
        return (*(size for size in smaller if self._agrees(probe, expected, size)), largest)

    def _agrees(self, probe: Tensor, expected: Tensor, size: int) -> bool:
        starts = (0, len(expected) - size)
        return all(
            torch.equal(self.function(probe[start : start + size]), expected[start : start + size]) for start in starts
        )


class Renderer:
    """Frozen inference copies of G and D of one model on one device.

    Attributes:
        precision: Arithmetic of G where a call names none: "fp32" or "bf16".
        device: Where it runs and where its pictures are.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: DiscriminatorNet,
        config: ModelConfig,
        precision: Precision = "auto",
        device: torch.device | None = None,
    ) -> None:
        """Copy the nets; the given ones stay as they are and may be trained on.

        Args:
            generator: G, in any mode.
            discriminator: D, in any mode.
            config: Their configuration.
            precision: "fp32", "bf16", or "auto": bf16 where the device multiplies it much faster.
            device: Where to run, if it is a CPU or CUDA device; None takes G's own.

        Raises:
            RequestError: an unknown precision.
        """
        self.config = config
        own = device or next(generator.parameters()).device
        # Other accelerators lack fp64, in which the weights are folded; there the CPU draws.
        self.device = own if own.type in ("cpu", "cuda") else torch.device("cpu")
        self._generator = copy.deepcopy(generator).to(self.device, torch.float32).eval()
        judge = copy.deepcopy(discriminator).to(self.device, torch.float32)
        self._discriminator = judge.to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self._batch_sizes = CPU_BATCH_SIZES if self.device.type == "cpu" else GPU_BATCH_SIZES
        self._rendering: dict[str, FixedBatches] = {}
        # A first picture and a warm-up may come from two threads at once; both shall use one preparation.
        self._preparing = threading.RLock()
        self.precision = self._resolve(precision)

    def on(self, device: torch.device) -> Renderer:
        """The same nets on another device."""
        return Renderer(self._generator, self._discriminator, self.config, self.precision, device)

    def render(self, latents: Tensor, classes: Tensor | None = None, precision: Precision | None = None) -> Tensor:
        """Draw the pictures of some latents.

        Args:
            latents: (N, latent_dim).
            classes: For predefined labeling the class weights, (N, K); else None.
            precision: Another arithmetic than the renderer's own.

        Returns:
            uint8 (N, size, size, C) on the device, round((x + 1) * 127.5) of G's x in [-1, 1].

        Raises:
            RequestError: tensors that do not fit the model, or an unknown precision.
        """
        batches = self._batches(self.precision if precision is None else self._resolve(precision))
        inputs = self._inputs(latents, classes)
        with torch.inference_mode(), EXACT:
            pictures = batches(inputs)
        # Outside inference mode, so that the caller gets a tensor that may be written to.
        return pictures.clone()

    def judge(self, images: Tensor) -> Judgement:
        """Ask D, in eval mode and fp32, about finished pictures: x / 127.5 - 1, so a PNG and D give the same again.

        Args:
            images: uint8 (N, size, size, C), on any device.

        Raises:
            RequestError: another shape or type.
        """
        self._check_finished(images)
        with self._preparing:
            batches = self._judging
        with torch.inference_mode(), EXACT:
            answer = batches(images.to(self.device))
        answer = answer.double()
        return Judgement(answer[:, :-1], answer[:, -1])

    def embed(self, images: Tensor) -> Tensor:
        """What D sees in finished pictures before it answers, in eval mode and fp32, (N, F) on the device.

        Unlike the answer it may differ in its last bits from one batch to another.

        Args:
            images: uint8 (N, size, size, C), on any device.

        Raises:
            RequestError: another shape or type.
        """
        self._check_finished(images)
        with torch.inference_mode(), EXACT:
            parts = [
                self._discriminator.embed(signed(part.to(self.device))) for part in images.split(self._batch_sizes[-1])
            ]
        return torch.cat(parts).clone()

    def _check_finished(self, images: Tensor) -> None:
        shape = (self.config.image_size, self.config.image_size, self.config.channels)
        if images.dtype != torch.uint8 or images.shape[1:] != shape:
            raise RequestError(f"pictures must be uint8 (N, {', '.join(map(str, shape))}), not {tuple(images.shape)}")

    def _resolve(self, precision: Precision) -> Literal["fp32", "bf16"]:
        if precision == "auto":
            return "bf16" if has_fast_bf16(self.device) else "fp32"
        if precision not in ("fp32", "bf16"):
            raise RequestError(f"precision must be auto, fp32 or bf16, not {precision!r:.40}")
        return precision

    def _inputs(self, latents: Tensor, classes: Tensor | None) -> Tensor:
        if latents.ndim != 2 or latents.shape[1] != self.config.latent_dim:
            raise RequestError(f"latents must be (N, {self.config.latent_dim}), not {tuple(latents.shape)}")
        if not self.config.is_predefined:
            if classes is not None:
                raise RequestError("this model's G takes no classes; its labeling is dynamic")
            return latents.to(self.device, torch.float32)
        if classes is None or classes.shape != (len(latents), self.config.num_classes):
            given = "none" if classes is None else tuple(classes.shape)
            raise RequestError(f"class weights must be ({len(latents)}, {self.config.num_classes}), not {given}")
        return torch.cat([latents, classes.to(latents)], dim=1).to(self.device, torch.float32)

    def _batches(self, precision: Literal["fp32", "bf16"]) -> FixedBatches:
        with self._preparing:
            if precision not in self._rendering:
                self._rendering[precision] = self._prepare(precision)
            return self._rendering[precision]

    def _prepare(self, precision: Literal["fp32", "bf16"]) -> FixedBatches:
        dtype = torch.float32 if precision == "fp32" else torch.bfloat16
        generate = self.config.nets.drawing(self._generator, dtype)
        with torch.inference_mode(), EXACT:
            return FixedBatches(generate, self._probe_inputs(), self._batch_sizes, to_bytes)

    @cached_property
    def _judging(self) -> FixedBatches:
        judge = judging(self.config.nets.judging(self._discriminator), self.config)
        shape = (self._batch_sizes[-1], self.config.image_size, self.config.image_size, self.config.channels)
        probe = torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(PROBE_SEED))
        with torch.inference_mode(), EXACT:
            return FixedBatches(judge, probe.to(self.device), self._batch_sizes)

    def _probe_inputs(self) -> Tensor:
        count = self._batch_sizes[-1]
        latents = torch.randn(count, self.config.latent_dim, generator=torch.Generator().manual_seed(PROBE_SEED))
        if not self.config.is_predefined:
            return self._inputs(latents, None)
        classes = torch.eye(self.config.num_classes)[torch.arange(count) % self.config.num_classes]
        return self._inputs(latents, classes)


def judging(net: Callable[[Tensor], Tensor], config: ModelConfig) -> Callable[[Tensor], Tensor]:
    """What D makes of finished pictures, as a function of uint8 (N, H, W, C).

    Args:
        net: D in eval mode and fp32, from pictures (N, C, H, W) in [-1, 1] to its raw logits.
        config: The model's configuration.

    Returns:
        fp32 (N, K + 1): the probabilities of the K classes, and behind them that of "real"; 0 where a D whose weights
        are too large for its arithmetic gives no number.
    """
    objective = OBJECTIVES[config.objective]

    def judge(images: Tensor) -> Tensor:
        logits = Logits.split(net(signed(images)), objective)
        # In fp64, as the last bit of the fp32 sigmoid depends on the place in the vector register.
        real = logits.real.double().sigmoid().float()
        return torch.cat([logits.classes.softmax(dim=1), real[:, None]], dim=1).nan_to_num(nan=0.0)

    return judge


def signed(images: Tensor) -> Tensor:
    """uint8 (N, H, W, C) to (N, C, H, W) in [-1, 1]."""
    return (images.float() / 127.5 - 1).permute(0, 3, 1, 2)


def to_bytes(images: Tensor) -> Tensor:
    """(N, C, H, W) in [-1, 1] to uint8 (N, H, W, C)."""
    return images.add(1).mul_(127.5).round_().clamp_(0, 255).permute(0, 2, 3, 1).to(torch.uint8).contiguous()
