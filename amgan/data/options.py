"""The data set that a command names, read as its options say: training, judges, comparison and evaluation alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from amgan.data.evening_out import Background
from amgan.data.held_out import SHARE, split_held_out
from amgan.data.labelled_images import LabelledImages, load_labelled_images
from amgan.data.uniting import unite
from amgan.errors import DataError, SplitError
from amgan.networks.architecture import ImageSize

HELD_OUT = f"{SHARE:.0%} of the set, chosen by content"


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """Options of a command on its data set.

    Attributes:
        data: A folder with one subfolder of pictures a class, a local data set, or a Hub id; several are put together.
        split: Split of the data set to train on.
        config: Configuration of the data set, where it has several.
        image_column: Column of the pictures, where its type alone does not tell.
        label_column: Column of the classes, where its type alone does not tell.
        skip_broken: Leave out pictures that cannot be decoded, and count them.
        background: What stands behind transparent pictures: white, black or grey; by contrast if not given.
    """

    data: tuple[str, ...] = field(kw_only=False)
    split: str = "train"
    config: str | None = None
    image_column: str | None = None
    label_column: str | None = None
    skip_broken: bool = False
    background: Background | None = None


@dataclass(frozen=True, kw_only=True)
class TrainingDataOptions(DataOptions):
    """Options of a command that trains: its data set, and what the pictures are brought to.

    Attributes:
        image_size: Side of the pictures in pixels.
        channels: 1 for grey, 3 for RGB; taken from the pictures if not given.
    """

    image_size: ImageSize = 32
    channels: Literal[1, 3] | None = None


def load_split(
    options: DataOptions,
    split: str,
    image_size: ImageSize,
    channels: Literal[1, 3] | None = None,
    weights: Sequence[float] = (),
) -> LabelledImages:
    """The labelled pictures of one split, of all sources together.

    Args:
        options: Where they are and how they are read.
        split: Its name; another one than `options.split` need not be in all sources.
        image_size: Side that they are brought to.
        channels: 1 for grey, 3 for RGB; None as the pictures are.
        weights: How often the pictures of each source are drawn; once if not given.

    Raises:
        SplitError: there is no such split.
        DataError: they cannot be used.
    """
    parts, error = [], DataError("no data set is named; give a folder or a Hub id")
    for source in options.data:
        try:
            part = load_labelled_images(
                source,
                image_size,
                split=split,
                config=options.config,
                channels=channels,
                image_column=options.image_column,
                label_column=options.label_column,
                skip_broken=options.skip_broken,
                background=options.background,
                is_part=len(options.data) > 1,
            )
            parts.append(part)
        except SplitError as missing:
            if split == options.split:
                raise
            error = missing
    if not parts:
        raise error
    return unite(parts, weights)


def has_split(options: DataOptions, split: str) -> bool:
    """Whether one of the sources has a split of that name; no picture of it is read.

    Raises:
        DataError: a source cannot be used.
    """
    # They bring `datasets`, which takes a second to import.
    from amgan.data.archives import at_hand
    from amgan.data.table import open_table

    for source in options.data:
        with suppress(SplitError), at_hand(source) as (place, _):
            open_table(place, split, options.config)
            return True
    return False


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
