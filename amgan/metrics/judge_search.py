"""Which of the judges that ship knows a model's classes."""

from __future__ import annotations

import contextlib
from pathlib import Path

from amgan.data.labelled_images import LabelledImages
from amgan.errors import AmganError, JudgeError
from amgan.metrics.judge import CONFIG_FILE, JudgeConfig
from amgan.networks.config import ModelConfig
from amgan.release.checked_files import read_json

SHIPPED = Path(__file__).parents[2] / "weights" / "judges"


def find_judge(config: ModelConfig, folder: Path = SHIPPED) -> Path:
    """The folder of the most accurate judge of a model's classes and pictures.

    Args:
        config: The model's configuration.
        folder: Holds a folder for each judge.

    Raises:
        JudgeError: there is none.
    """
    return _most_accurate((config.class_names, config.image_size, config.channels), "this model's classes", folder)


def find_judge_of_data(data: LabelledImages, folder: Path = SHIPPED) -> Path:
    """The folder of the most accurate judge of a data set's classes and pictures.

    Args:
        data: The data set.
        folder: Holds a folder for each judge.

    Raises:
        JudgeError: there is none.
    """
    _, channels, size, _ = data.images.shape
    return _most_accurate((data.class_names, size, channels), "the classes of this data set", folder)


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
