"""The data set that a command names, read as its options say: training, judges, comparison and evaluation alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from amgan.data.labelled_images import LabelledImages, load_labelled_images
from amgan.errors import DataError
from amgan.networks.architecture import ImageSize


class DataOptions(Protocol):
    """Options of a command on its data set, see `amgan.training.config.TrainConfig`."""

    @property
    def data(self) -> str:
        """A folder with one subfolder of pictures a class, a local data set, or a Hub id."""

    @property
    def image_column(self) -> str | None:
        """Column of the pictures, where its type alone does not tell."""

    @property
    def label_column(self) -> str | None:
        """Column of the classes, where its type alone does not tell."""

    @property
    def skip_broken(self) -> bool:
        """Whether pictures that cannot be decoded are left out."""


def load_split(
    options: DataOptions, split: str, image_size: ImageSize, channels: Literal[1, 3] | None = None
) -> LabelledImages:
    """The labelled pictures of one split.

    Args:
        options: Where they are and how they are read.
        split: Its name.
        image_size: Side that they are brought to.
        channels: 1 for grey, 3 for RGB; None as the pictures are.

    Raises:
        DataError: they cannot be used.
    """
    return load_labelled_images(
        options.data,
        image_size,
        split=split,
        channels=channels,
        image_column=options.image_column,
        label_column=options.label_column,
        skip_broken=options.skip_broken,
    )


def load_held_out(load: Callable[[str], LabelledImages], split: str) -> LabelledImages:
    """Load the split of a data set that real pictures are scored from.

    Args:
        load: Loads the split of a name.
        split: Its name.

    Raises:
        DataError: it cannot be used; the message names the flag that does without it.
    """
    try:
        return load(split)
    except DataError as error:
        raise DataError(f"{error}; name another with --test-split, or none with --test-split ''") from error
