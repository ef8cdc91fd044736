"""``real``: puts a few real pictures beside a model, for the page on which people tell them from the model's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch
from rich.console import Console
from torch import Tensor

from amgan.console import say
from amgan.data.held_out import SHARE
from amgan.data.options import HELD_OUT, DataOptions, load_split, load_unseen
from amgan.errors import DataError
from amgan.model import AMGAN
from amgan.release.folder import REAL_FILE
from amgan.release.real_pictures import RealPictures, write_real

SEED = 0
"""Which pictures are taken is by chance, and the same each time."""


@dataclass(frozen=True, kw_only=True)
class RealCommand(DataOptions):
    """Put a few real pictures beside a model: the page "Real or made up?" mixes them with the model's own.

    They are published with the model, so take a data set whose licence allows that.

    Attributes:
        model: A release folder.
        data: The data set that the model was trained on: a folder, a local data set, or a Hub id.
        licence: The licence by which the pictures may be passed on, such as MIT.
        holder: Whose they are, as it is to be said.
        per_class: Pictures of each class.
        split: Split that the model was trained on.
        test_split: Split of pictures it was not trained on; by default test or, where there is no such split, a tenth
            of the pictures, which the training must have kept out.
    """

    model: Path = field(kw_only=False)
    licence: str
    holder: str
    per_class: int = 5
    test_split: str | None = None


def run_real(command: RealCommand, console: Console) -> None:
    """Choose the pictures and write the file.

    Raises:
        AmganError: no such model or data, another data set than the model's, too few pictures, or no licence.
    """
    model = AMGAN.from_pretrained(command.model)
    config = model.config
    _, test, where = load_unseen(
        lambda split: load_split(command, split, config.image_size, config.channels), command.split, command.test_split
    )
    training = model.metrics.get("training")
    if where == HELD_OUT and not (isinstance(training, dict) and training.get("held_out") == SHARE):
        raise DataError("the training saw all these pictures; name others with --test-split, or train with --hold-out")
    if test is None or tuple(test.class_names) != config.class_names:
        raise DataError("these are not the classes that the model was trained on, or no picture was kept from it")
    rows = _chosen(test.labels, config.num_classes, command.per_class)
    pictures = test.images[rows].permute(0, 2, 3, 1).contiguous()
    source = " + ".join(Path(name).name for name in command.data)
    file = command.model / REAL_FILE
    write_real(file, RealPictures(pictures, test.labels[rows], command.licence, command.holder, source), config)
    say(console, f"Written: {len(rows)} real pictures, of {where}, in {file}")


def _chosen(labels: Tensor, classes: int, per_class: int) -> Tensor:
    """Rows of so many pictures of each class, by chance."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(SEED))
    rows = [order[labels[order] == number][:per_class] for number in range(classes)]
    return torch.cat(rows)
