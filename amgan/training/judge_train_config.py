"""What the training of a judge is asked to do: every field is a flag of ``python -m amgan train-judge``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le

from amgan.bounds import AtLeastOne, Positive, Share, TrainingSeed, check_fields, check_whole
from amgan.console import flag
from amgan.data.options import TrainingDataOptions
from amgan.errors import ConfigError
from amgan.training.launching import Precision


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
    width: Annotated[int, Ge(1), Le(512)] = 24
    epochs: AtLeastOne = 15
    batch_size: Annotated[int, Ge(2)] = 128
    peak_lr: Positive = 0.2
    mirrored: Share = 0.5
    shift: int = 4
    test_split: str = "test"
    hold_out: Annotated[float, Ge(0), Le(0.5)] = 0.0
    seed: TrainingSeed = 0
    precision: Precision = "auto"

    def check(self) -> None:
        """Check what a training could not start with.

        Raises:
            ConfigError: naming the flag and what it must be.
        """
        check_fields(self, flag)
        check_whole(self.shift, "--shift", 0, self.image_size // 2, ConfigError)
