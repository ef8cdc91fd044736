"""The pictures that a judge is trained on and those that its accuracy is measured on."""

from __future__ import annotations

import dataclasses
from functools import partial

import torch
from torch import Tensor

from amgan.data.labelled_images import LabelledImages
from amgan.data.options import load_split
from amgan.errors import DataError
from amgan.training.judge_train_config import JudgeTrainConfig


def load_judge_data(config: JudgeTrainConfig) -> tuple[LabelledImages, LabelledImages]:
    """The pictures to train on and those to test on.

    Raises:
        DataError: they cannot be used, or their classes differ.
    """
    load = partial(_load, config)
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


def _load(config: JudgeTrainConfig, split: str) -> LabelledImages:
    return load_split(config, split, config.image_size, config.channels).labelled


def _part(data: LabelledImages, rows: Tensor) -> LabelledImages:
    return dataclasses.replace(data, images=data.images[rows], labels=data.labels[rows])
