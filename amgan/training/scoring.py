"""Scores on the way: every so many steps a judge looks at a few pictures, and the best release so far is kept.

A long adversarial training can get worse late. What is scored is what would be released: the moving average of G with
statistics measured anew.
"""

from __future__ import annotations

import math
from functools import cached_property
from pathlib import Path
from typing import Any

from amgan.config import ModelConfig
from amgan.data import LabelledImages
from amgan.metrics.evaluation import EvaluationSettings, evaluate
from amgan.metrics.evaluation_rows import evaluation_rows
from amgan.metrics.judge import Judge
from amgan.metrics.judge_search import find_judge
from amgan.metrics.reference import Reference, cached_reference, check_data
from amgan.model import AMGAN
from amgan.training.config import TrainConfig
from amgan.training.run_log import LOG_FILE, read_run_log

PREFIX = "score/"
PAIRS = 50
"""Pairs of pictures of each class for MS-SSIM."""


class Scoring:
    """Scores a run's models through one judge."""

    def __init__(self, config: TrainConfig, model_config: ModelConfig, data: LabelledImages) -> None:
        """Find the judge; it looks at the training pictures when the first score is asked for.

        Raises:
            JudgeError: no judge that ships knows the classes, or the one that was named does not.
        """
        self._data = data
        self._judge = Judge.load(config.judge or find_judge(model_config), data.images.device)
        check_data(self._judge, data)
        self._settings = EvaluationSettings(config.eval_pictures, asked=0, pairs=PAIRS)

    @cached_property
    def _reference(self) -> Reference:
        # For a new data set the work of a minute or so, then it is in the cache.
        return cached_reference(self._data, self._judge)

    def score(self, model: AMGAN) -> tuple[dict[str, Any], dict[str, float]]:
        """The scores of a model by pictures of the same seeds at every step, without any of training's random numbers.

        Returns:
            The section `evaluation` of metrics.json, and its numbers by name, as the log takes them.
        """
        section = evaluate(model.sampler, self._judge, self._reference, self._settings).summary
        rows = evaluation_rows(section)
        return section, {f"{PREFIX}{row.kind}": row.value for row in rows if row.value is not None}


def is_best(scores: dict[str, float], before: list[dict[str, Any]]) -> bool:
    """Whether scores are better than all before: by AM Score, where that is equal or missing by Frechet distance.

    Args:
        scores: As `Scoring.score` gives them.
        before: Lines of the run's log.
    """
    return all(_badness(scores) < _badness(row) for row in before if any(name.startswith(PREFIX) for name in row))


def best_step(out: Path) -> int | None:
    """The step whose model is the best of a run by its log, None if none was scored."""
    rows = [row for row in read_run_log(out / LOG_FILE) if any(name.startswith(PREFIX) for name in row)]
    return min(rows, key=_badness)["step"] if rows else None


def scores_in_words(scores: dict[str, float]) -> str:
    """The two numbers that show best how a training goes, for a line of the console."""
    shown = (("AM Score", "am_score"), ("Frechet distance", "frechet_distance"), ("agreement", "agreement_accuracy"))
    return "  ".join(f"{name} {scores[PREFIX + kind]:.3f}" for name, kind in shown if PREFIX + kind in scores)


def _badness(row: dict[str, Any]) -> tuple[float, float]:
    return row.get(f"{PREFIX}am_score", math.inf), row.get(f"{PREFIX}frechet_distance", math.inf)
