"""What a judge that knows the classes says of a review's pictures."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
import torch

from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.errors import RequestError
from amgan.reviews.drawing import draw_pictures
from amgan.reviews.report.judged_classes import judged_classes
from tests.metrics.judges import tiny_judge
from tests.models import NAMES, saved
from tests.reviews.random_reviews import picture


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    saved(folder / "shoes")
    saved(folder / "hats", channels=3)
    return Shelf(folder)


@pytest.fixture(scope="module")
def judges(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judges")
    tiny_judge().save(folder / "tiny")
    return folder


def test_what_the_judge_says_of_each_and_nothing_of_others(shelf, judges):
    shoes, hats = (
        [picture(seed, model=name, revision=shelf.model(name).revision, asked=None) for seed in range(7)]
        for name in ("shoes", "hats")
    )
    gone = picture(1, model="shoes", revision="f" * 40)
    drawn = dict(zip([*shoes, *hats, gone], asyncio.run(draw_pictures([*shoes, *hats, gone], shelf, DirectEngine()))))
    found = judged_classes(drawn, shelf, judges)
    images = torch.from_numpy(np.stack([drawn[one] for one in shoes])).permute(0, 3, 1, 2).contiguous()
    expected = [NAMES[number] for number in tiny_judge().judge(images).classes.tolist()]
    # The judge looks at grey pictures only; the third model's revision is gone.
    assert found == dict(zip(shoes, expected))
    assert len(set(expected)) > 1


def test_no_judge_or_no_pictures_is_no_problem(shelf, tmp_path):
    one = picture(1, model="shoes", revision=shelf.model("shoes").revision)
    assert judged_classes({one: np.zeros((32, 32, 1), np.uint8)}, shelf, tmp_path) == {}
    assert judged_classes({one: RequestError("gone")}, shelf, tmp_path) == {}
    assert judged_classes({}, shelf, tmp_path) == {}
