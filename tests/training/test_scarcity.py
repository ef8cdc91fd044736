"""What is said before a training of few pictures, and what helps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from amgan.data.labelled_images import FEW_OF_CLASS, UNLABELLED, LabelledImages
from amgan.training.config import TrainConfig
from amgan.training.scarcity import MANY_PASSES, scarcity_in_words

CONFIG = TrainConfig(data=("photos",), out=Path("run"), steps=20_000, batch_size=64, augment="shift")


def photos(*counts: int, unlabelled: int = 0) -> LabelledImages:
    labels = [label for label, count in enumerate(counts) for _ in range(count)] + [UNLABELLED] * unlabelled
    images = torch.zeros(len(labels), 1, 8, 8, dtype=torch.uint8)
    names = tuple(f"class {number}" for number in range(len(counts)))
    return LabelledImages(images, torch.tensor(labels), names, "photos", "none", {})


def test_passes_over_each_picture_are_said_with_what_helps():
    (line,) = scarcity_in_words(CONFIG, photos(150, 150), 1)
    assert "each of the 300 pictures is seen 4,267 times" in line
    assert "more pictures help most; --augment all shows each in many forms; --start-from a model" in line
    assert line.endswith("or lower --minutes or --steps")
    (line,) = scarcity_in_words(replace(CONFIG, augment="all", start_from="user/shoes"), photos(150, 150), 2)
    assert "seen 8,533 times" in line
    assert "more pictures help most; or lower" in line


@pytest.mark.parametrize("beyond", [0, 1])
def test_where_the_line_is(beyond):
    pictures = photos(32, 32)
    assert len(scarcity_in_words(replace(CONFIG, steps=MANY_PASSES + beyond), pictures, 1)) == beyond
    pictures = photos(FEW_OF_CLASS - beyond, 80, unlabelled=40)
    assert len(scarcity_in_words(replace(CONFIG, steps=10), pictures, 1)) == beyond


def test_small_classes_are_named():
    config = replace(CONFIG, steps=1)
    (line,) = scarcity_in_words(config, photos(2, 500, 1), 1)
    assert "2 of 3 classes have fewer than 20 pictures (class 0 2, class 2 1), too few" in line
    (line,) = scarcity_in_words(config, photos(*[2] * 300), 1)
    assert (
        "300 of 300 classes have fewer than 20 pictures (class 0 2, class 1 2, class 2 2, class 3 2, class 4 2, ...)"
        in line
    )
