"""What the training of a judge is asked to do: every field is a flag of ``python -m amgan train-judge``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from amgan.data.options import TrainingDataOptions
from amgan.errors import ConfigError
from amgan.training.processes import MAX_TRAINING_SEED, Precision


@dataclass(frozen=True)
class JudgeTrainConfig(TrainingDataOptions):
    """Train a judge, the classifier through which `evaluate` looks, on labelled pictures.

    Attributes:
        data: A folder with one subfolder of pictures a class, a local data set, or a Hub id. Unlabelled pictures are
            left out.
        out: Folder of the judge.
        pretrained: For few pictures (100 to 5,000): fit a linear classifier to the features of EfficientNet-Lite1 in
            place of a net from scratch. Its accuracy is cross-validated, so no picture is kept out, and the flags from
            width to shift, test-split, hold-out, seed and precision change nothing.
        width: Feature maps of the net's first layer.
        epochs: How often every picture is seen.
        batch_size: Pictures a step in each process.
        peak_lr: SGD's highest learning rate, a quarter of the way.
        mirrored: Share of the pictures that are mirrored; 0 where a mirror changes the class, such as of letters.
        shift: Pictures are shifted by up to so many pixels each way.
        test_split: Split that the accuracy is measured on.
        hold_out: Without a test split: share of the pictures kept out of training, to measure the accuracy on.
        seed: Start of all random numbers.
        precision: fp32 (with TF32 in convolutions on CUDA, as is PyTorch's way), bf16, or auto: bf16 where the
            hardware multiplies it faster (CUDA, CPUs with AMX or AVX512-BF16).
    """

    out: Path
    pretrained: bool = False
    width: int = 24
    epochs: int = 15
    batch_size: int = 128
    peak_lr: float = 0.2
    mirrored: float = 0.5
    shift: int = 4
    test_split: str = "test"
    hold_out: float = 0.0
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
