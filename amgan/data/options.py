"""The data set that a command names, read as its options say: training, judges, comparison and evaluation alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from amgan.data.evening_out import Background
from amgan.data.held_out import SHARE, split_held_out
from amgan.data.labelled_images import LabelledImages, load_labelled_images
from amgan.errors import DataError, SplitError
from amgan.networks.architecture import ImageSize

HELD_OUT = f"{SHARE:.0%} of the set, chosen by content"


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

    @property
    def background(self) -> Background | None:
        """What stands behind transparent pictures, by contrast if not given."""


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
        background=options.background,
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


def load_unseen(
    load: Callable[[str], LabelledImages], split: str, test_split: str | None
) -> tuple[LabelledImages, LabelledImages | None, str]:
    """The pictures that a model was trained on, those that it was not, and in words which those are.

    Args:
        load: Loads the split of a name.
        split: That which was trained on.
        test_split: That of the others, "" for none; None for the split test or, where there is none, a part of the
            first that is left out of it.

    Raises:
        DataError: they cannot be used.
    """
    data = load(split)
    if test_split is not None:
        test = load_held_out(load, test_split) if test_split else None
        return data, test, f"the split {test_split}" if test_split else ""
    try:
        return data, load("test"), "the split test"
    except SplitError:
        training, held_out = split_held_out(data)
        if len(held_out) < 2:
            return data, None, ""
        return training, held_out, HELD_OUT
