"""The pictures that a judge is trained on and those that its accuracy is measured on."""

from __future__ import annotations

from functools import partial

from amgan.data.held_out import split_held_out
from amgan.data.labelled_images import LabelledImages
from amgan.data.options import load_split
from amgan.errors import DataError
from amgan.training.judge_train_config import JudgeTrainConfig


def load_whole(config: JudgeTrainConfig) -> LabelledImages:
    """All pictures of the split to train on.

    Raises:
        DataError: they cannot be used.
    """
    return _load(config, config.split)


def load_judge_data(config: JudgeTrainConfig) -> tuple[LabelledImages, LabelledImages]:
    """The pictures to train on and those to test on.

    Raises:
        DataError: they cannot be used, or their classes differ.
    """
    load = partial(_load, config)
    whole = load_whole(config)
    if config.hold_out:
        return split_held_out(whole, config.hold_out, config.seed)
    try:
        test = load(config.test_split)
    except DataError as error:
        raise DataError(f"{error}; name another with --test-split, or keep some out with --hold-out 0.1") from error
    if test.class_names != whole.class_names or test.images.shape[1:] != whole.images.shape[1:]:
        raise DataError(
            f"{whole.source}: the splits {config.split} and {config.test_split} differ in classes or colour"
        )
    return whole, test


def _load(config: JudgeTrainConfig, split: str) -> LabelledImages:
    return load_split(config, split, config.image_size, config.channels).labelled
