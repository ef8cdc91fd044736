"""What a judge says of a review's pictures, where one that ships knows their classes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from amgan.engine.shelf import Shelf
from amgan.errors import AmganError
from amgan.metrics.judge import Judge
from amgan.metrics.judge_search import SHIPPED, find_judge
from amgan.networks.config import ModelConfig
from amgan.reviews.drawing import Drawn, groups
from amgan.reviews.review_spec import Picture


def judged_classes(drawn: Mapping[Picture, Drawn], shelf: Shelf, folder: Path = SHIPPED) -> dict[Picture, str]:
    """The class that a judge names for each picture; none for those of a model that no judge knows.

    Takes seconds and blocks; the same pictures always give the same.

    Args:
        drawn: Pictures as `amgan.reviews.drawing` gives them; those that could not be drawn are left out.
        shelf: Has their models; nothing is fetched.
        folder: Holds a folder for each judge.
    """
    images = {picture: image for picture, image in drawn.items() if isinstance(image, np.ndarray)}
    judged: dict[Picture, str] = {}
    judges: dict[Path, Judge] = {}
    for group in groups(list(images)):
        judge = _judge_of(group[0], shelf, folder, judges)
        if judge is None:
            continue
        stack = torch.from_numpy(np.stack([images[picture] for picture in group]))
        classes = judge.judge(stack.permute(0, 3, 1, 2).contiguous()).classes.tolist()
        judged |= {picture: judge.config.class_names[number] for picture, number in zip(group, classes)}
    return judged


def _judge_of(picture: Picture, shelf: Shelf, folder: Path, judges: dict[Path, Judge]) -> Judge | None:
    # Without a judge a report says less; it is no reason to have none.
    try:
        config: ModelConfig = shelf.model(picture.model, picture.revision, fetch=False).config
        place = find_judge(config, folder)
        if place not in judges:
            judges[place] = Judge.load(place)
    except AmganError:
        return None
    return judges[place]
