"""A few real pictures beside a model, where their licence allows it: what people tell the model's own from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from amgan.errors import ReleaseError
from amgan.networks.config import ModelConfig
from amgan.release.checked_files import faults_of, read_header, read_these, write_tensors

LEAST, MOST = 10, 1000
"""Pictures of one file: enough for ten guesses, and few beside a data set."""
MAX_REAL_BYTES = 16_000_000
MAX_LINE = 200
"""Characters of each of its texts."""
ABOUT = "about"
"""Under which name the texts stand in the file's header, as JSON."""
_LINES = ("licence", "holder", "source")


@dataclass(frozen=True)
class RealPictures:
    """Pictures that a training did not see.

    Attributes:
        pictures: uint8 (N, H, W, C), N from `LEAST` to `MOST`, of the model's size and channels.
        labels: Number of each one's class, int64 (N,).
        licence: By which they may be passed on.
        holder: Whose they are.
        source: The data set they are from.
    """

    pictures: Tensor
    labels: Tensor
    licence: str
    holder: str
    source: str

    def __len__(self) -> int:
        """How many."""
        return len(self.pictures)

    def check(self, config: ModelConfig) -> None:
        """Check that they fit a model of this config.

        Raises:
            ReleaseError: in one line, what does not.
        """
        size, channels = config.image_size, config.channels
        pictures, labels = self.pictures, self.labels
        if pictures.dtype != torch.uint8 or pictures.shape[1:] != (size, size, channels):
            raise ReleaseError(f"'pictures' must be uint8 (N, {size}, {size}, {channels})")
        if not LEAST <= len(pictures) <= MOST:
            raise ReleaseError(f"it must hold {LEAST} to {MOST} pictures, not {len(pictures)}")
        if labels.dtype != torch.int64 or labels.shape != (len(pictures),):
            raise ReleaseError(f"'labels' must be int64 ({len(pictures)},)")
        if not 0 <= int(labels.min()) <= int(labels.max()) < config.num_classes:
            raise ReleaseError(f"a label is not from 0 to {config.num_classes - 1}")
        for name in _LINES:
            line = getattr(self, name)
            if not isinstance(line, str) or not line.strip() or len(line) > MAX_LINE or not line.isprintable():
                raise ReleaseError(f"{name} must be a line of 1 to {MAX_LINE} characters")


def read_real(file: Path, config: ModelConfig) -> RealPictures | None:
    """Read and check the file of a release; None if it has none.

    Raises:
        ReleaseError: in one line, what does not fit a model of this config.
    """
    tensors = read_these(file, {"pictures", "labels"}, MAX_REAL_BYTES)
    if tensors is None:
        return None
    about = read_header(file, ABOUT)
    with faults_of(file):
        if about.keys() != set(_LINES):
            raise ReleaseError(f"its header must say {', '.join(_LINES)} of the pictures")
        real = RealPictures(tensors["pictures"], tensors["labels"], **about)
        real.check(config)
    return real


def write_real(file: Path, real: RealPictures, config: ModelConfig) -> None:
    """Write the file whole or not at all.

    Raises:
        ReleaseError: they do not fit the model.
    """
    real.check(config)
    about = json.dumps({name: getattr(real, name) for name in _LINES}, ensure_ascii=False)
    write_tensors(file, {"pictures": real.pictures, "labels": real.labels}, {ABOUT: about})
