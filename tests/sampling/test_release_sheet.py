"""samples.png: a row a class, a column a seed, and nothing held up by a class that does not come."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from amgan.sampling.media import grid
from amgan.sampling.release_sheet import SHEET_COLUMNS, SHEET_DRAWS, SHEET_ROWS, release_sheet
from tests.models import tiny_model


def names(rows):
    return [(seed, label) for label in range(rows) for seed in range(SHEET_COLUMNS)]


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_sheet_is_the_pictures_of_their_names(labeling, channels):
    model = tiny_model(labeling=labeling, channels=channels)
    seeds, labels = zip(*names(3))
    expected = grid(model.sample(labels=labels, seeds=seeds), SHEET_COLUMNS)
    assert np.array_equal(release_sheet(model.sampler), expected)


def test_a_fast_model_shows_the_fp32_pictures():
    model = tiny_model()
    exact = release_sheet(model.sampler)
    model.precision = "bf16"
    assert np.array_equal(release_sheet(model.sampler), exact)


def test_a_class_that_does_not_come_stays_white():
    model = tiny_model()
    with torch.no_grad():
        model.discriminator.logits.bias[1] -= 1000
    sheet = release_sheet(model.sampler)
    assert (sheet[34:66] == 255).all()
    assert not (sheet[:32] == 255).all()
    assert SHEET_DRAWS < 600


def test_a_model_without_any_class_yet_has_a_white_sheet():
    model = tiny_model(confidence=0.999999)
    with torch.no_grad():
        model.discriminator.logits.weight.zero_()
        model.discriminator.logits.bias.zero_()
    assert (release_sheet(model.sampler) == 255).all()


@pytest.mark.parametrize("objective", ["gan"])
def test_without_a_classifier_it_shows_any_class(objective):
    model = tiny_model(objective=objective)
    assert np.array_equal(
        release_sheet(model.sampler), grid(model.sample(seeds=range(3 * SHEET_COLUMNS)), SHEET_COLUMNS)
    )


def test_of_many_classes_it_shows_the_first():
    model = tiny_model(class_names=[f"class {number}" for number in range(SHEET_ROWS + 5)], labeling="predefined")
    assert release_sheet(model.sampler).shape == (SHEET_ROWS * 34 - 2, SHEET_COLUMNS * 34 - 2, 1)
