"""Scores on the way: every so many steps a judge looks at a few pictures, and the best release so far is kept.

A long adversarial training can get worse late. What is scored is what a release on the way holds: the moving average of
G with statistics measured anew, over fewer batches than those of a finished release.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from amgan.data.labelled_images import LabelledImages
from amgan.metrics.evaluation import evaluate
from amgan.metrics.evaluation_rows import evaluation_rows
from amgan.metrics.evaluation_settings import EvaluationSettings
from amgan.metrics.judge import Judge
from amgan.metrics.judge_search import find_judge_of_data
from amgan.metrics.reference import Reference, cached_reference, check_data
from amgan.model import AMGAN
from amgan.training.config import TrainConfig
from amgan.training.run_log import LOG_FILE, read_run_log

PREFIX = "score/"
JUDGE = f"{PREFIX}judge"
PICTURES = f"{PREFIX}pictures"
PAIRS = 50
"""Pairs of pictures of each class for MS-SSIM."""

LOST = 1.5
"""A run whose Frechet distance is so many times its best, and still rises, does not come back in the time it has: it
swings by a fifth where all is well."""


class Scoring:
    """Scores a run's models through one judge."""

    def __init__(self, config: TrainConfig, data: LabelledImages, on_fit: Callable[[str], object]) -> None:
        """Find the judge; it looks at the training pictures when the first score is asked for.

        Args:
            config: What is scored, how often and by whom.
            data: The training pictures.
            on_fit: Called with what is done, in words, where a judge is fitted first.

        Raises:
            JudgeError: no judge knows the classes and none can be fitted, or the one that was named does not.
        """
        self._data = data
        self._judge = Judge.load(config.judge or find_judge_of_data(data, on_fit=on_fit), data.images.device)
        check_data(self._judge, data)
        self._settings = EvaluationSettings(config.eval_pictures, asked=0, pairs=PAIRS)

    @cached_property
    def _reference(self) -> Reference:
        # For a new data set the work of a minute or so, then it is in the cache.
        return cached_reference(self._data, self._judge)

    def score(self, model: AMGAN) -> tuple[dict[str, Any], dict[str, Any]]:
        """The scores of a model by pictures of the same seeds at every step, without any of training's random numbers.

        Returns:
            The section `evaluation` of metrics.json, and its numbers by name, as the log takes them, with what they
            can be compared by: the judge's digest and the number of pictures.
        """
        section = evaluate(model.sampler, self._judge, self._reference, self._settings).summary
        numbers = {f"{PREFIX}{row.kind}": row.value for row in evaluation_rows(section) if row.value is not None}
        return section, {**numbers, JUDGE: self._judge.digest, PICTURES: self._settings.pictures}


def is_best(scores: dict[str, Any], before: list[dict[str, Any]]) -> bool:
    """Whether scores are better than all before: by Frechet distance, where that is equal or missing by AM Score.

    Not the other way round: AM Score sees neither a collapse inside a class nor a lack of detail, and models can come
    below that of real pictures while their Frechet distance is many times that of real ones.

    Args:
        scores: As `Scoring.score` gives them.
        before: Lines of the run's log; those of another judge or number of pictures are not compared.
    """
    return all(_badness(scores) < _badness(row) for row in _scored(before) if _measured_by(row) == _measured_by(scores))


def only_gets_worse(rows: list[dict[str, Any]], patience: int) -> bool:
    """Whether the last scores of a run's log are each worse than the one before and far from the best.

    Args:
        rows: The log.
        patience: How many; 0 for no end.
    """
    badness = [_badness(row) for row in _like_the_last(rows)]
    last = badness[-patience - 1 :]
    worse = 0 < patience < len(last) and all(before < after for before, after in zip(last, last[1:]))
    return worse and last[-1][0] > LOST * min(badness)[0]


def best_step(out: Path) -> int | None:
    """The step whose model is the best of a run by its log, None if none was scored.

    Where the judge or the number of pictures changed on the way, the best by those of the last score.
    """
    alike = _like_the_last(read_run_log(out / LOG_FILE))
    return min(alike, key=_badness)["step"] if alike else None


def scores_in_words(scores: dict[str, Any]) -> str:
    """The two numbers that show best how a training goes, for a line of the console."""
    shown = (("AM Score", "am_score"), ("Frechet distance", "frechet_distance"), ("agreement", "agreement_accuracy"))
    return "  ".join(f"{name} {scores[PREFIX + kind]:.3f}" for name, kind in shown if PREFIX + kind in scores)


def _badness(row: dict[str, Any]) -> tuple[float, float]:
    return row.get(f"{PREFIX}frechet_distance", math.inf), row.get(f"{PREFIX}am_score", math.inf)


def _measured_by(row: dict[str, Any]) -> tuple[Any, Any]:
    # Logs of earlier versions do not say it: they are compared with nothing that does.
    return row.get(JUDGE), row.get(PICTURES)


def _like_the_last(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    scored = _scored(rows)
    return [row for row in scored if _measured_by(row) == _measured_by(scored[-1])]


def _scored(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if any(name.startswith(PREFIX) for name in row)]
