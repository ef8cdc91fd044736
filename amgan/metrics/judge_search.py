"""Which judge knows a model's classes: one that ships or, of few pictures, one that is fitted to them and kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from amgan.data.labelled_images import LabelledImages
from amgan.errors import AmganError, JudgeError, ReleaseError
from amgan.metrics.cache import data_digest, default_cache
from amgan.metrics.judge import CONFIG_FILE, Judge, JudgeConfig
from amgan.metrics.judge_fitting import fit_judge
from amgan.networks.config import ModelConfig
from amgan.networks.efficientnet import LITE1
from amgan.release.checked_files import read_json

SHIPPED = Path(__file__).parents[2] / "weights" / "judges"

FEWEST_PICTURES, MOST_PICTURES = 100, 5000
"""So many pictures get a judge on pretrained features where none ships: of fewer it is a guess, and of more a net that
learns as a whole from the pictures themselves knows them better."""


def find_judge(config: ModelConfig, folder: Path = SHIPPED) -> Path:
    """The folder of the most accurate judge of a model's classes and pictures.

    Args:
        config: The model's configuration.
        folder: Holds a folder for each judge.

    Raises:
        JudgeError: there is none.
    """
    return _most_accurate((config.class_names, config.image_size, config.channels), "this model's classes", folder)


def find_judge_of_data(
    data: LabelledImages,
    folder: Path = SHIPPED,
    cache: Path | None = None,
    on_fit: Callable[[str], object] = lambda _: None,
) -> Path:
    """The folder of the most accurate judge of a data set's classes and pictures, fitted now if none ships.

    Args:
        data: The data set.
        folder: Holds a folder for each judge.
        cache: Keeps those that were fitted; None takes amgan/ in the user's cache folder.
        on_fit: Called with what is done, in words, before the minute that fitting one takes.

    Raises:
        JudgeError: none ships, and the pictures are too few or too many to fit one.
        AmganError: one cannot be fitted to them.
    """
    _, channels, size, _ = data.images.shape
    try:
        return _most_accurate((data.class_names, size, channels), "the classes of this data set", folder)
    except JudgeError:
        if not FEWEST_PICTURES <= len(data) <= MOST_PICTURES:
            raise
    return _fitted(data, cache or default_cache(), on_fit)


def _most_accurate(wanted: tuple[tuple[str, ...], int, int], what: str, folder: Path) -> Path:
    fitting = []
    for place in sorted(folder.glob("*/")):
        with contextlib.suppress(AmganError):  # a broken one is no candidate
            judge = JudgeConfig.from_json(read_json(place / CONFIG_FILE))
            if (judge.class_names, judge.image_size, judge.channels) == wanted:
                fitting.append((judge.accuracy, place))
    if not fitting:
        raise JudgeError(
            f"no judge that ships knows {what}; train one with python -m amgan train-judge and name it with --judge"
        )
    return max(fitting)[1]


def _fitted(data: LabelledImages, cache: Path, on_fit: Callable[[str], object]) -> Path:
    place = cache / f"judge-{data_digest(data)[:20]}-{LITE1.sha256[:20]}"
    try:
        Judge.load(place)
    except ReleaseError:  # it is not there, or broke while it was written
        on_fit(
            f"No judge that ships knows the classes of {data.source}: one is fitted to its {len(data)} pictures as "
            f"{LITE1.title} sees them"
        )
        fit_judge(data, data.images.device).save(place)
    return place
