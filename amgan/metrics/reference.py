"""What a judge says of a training set: measured once, then read from a cache named by the set and the judge.

Of the whole set, unlabelled pictures with it: they are what G learns to draw, and the judge reads no label.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from amgan.data.labelled_images import LabelledImages
from amgan.metrics.cache import data_digest, default_cache, measured_once
from amgan.metrics.feature_distance import MOST_FEATURES, REAL_SUMS, FrechetDistance, real_sums_like
from amgan.metrics.judge import Judge
from amgan.metrics.prediction_sums import PredictionSums

CHUNK = 2000
SAMPLE_SEED = 0


@dataclass(frozen=True)
class Reference:
    """A training set as a judge sees it.

    Attributes:
        mean_prediction: Mean of the judge's softmax, float64 (K,).
        sums: Sums of all features, for the Frechet distance.
        features: Features of a random part, that of `kept_rows`, float32 (R, F).
    """

    mean_prediction: Tensor
    sums: dict[str, Tensor]
    features: Tensor

    @property
    def pictures(self) -> int:
        """Size of the training set."""
        return int(self.sums[REAL_SUMS[0]])


def measure_reference(
    data: LabelledImages, judge: Judge, on_pictures_done: Callable[[int], None] | None = None
) -> Reference:
    """Let the judge look at the whole set.

    Args:
        data: The training set.
        judge: The judge.
        on_pictures_done: Called with the number of pictures done so far.

    Raises:
        JudgeError: the judge does not know these classes.
    """
    check_data(judge, data)
    predictions = PredictionSums(1, len(data.class_names))
    frechet = FrechetDistance(judge.num_features)
    features = torch.empty(len(data), judge.num_features)
    for start in range(0, len(data), CHUNK):
        judgement = judge.judge(data.images[start : start + CHUNK])
        count = len(judgement.features)
        predictions.add(judgement.log_probabilities, torch.zeros(count, dtype=torch.int64))
        frechet.add(judgement.features, real=True)
        features[start : start + count] = judgement.features
        if on_pictures_done is not None:
            on_pictures_done(start + count)
    return Reference(predictions.mean, frechet.real_sums, features[kept_rows(len(data))].clone())


def kept_rows(pictures: int) -> Tensor:
    """The rows of a training set whose features a reference keeps, in their order there, int64."""
    return torch.randperm(pictures, generator=torch.Generator().manual_seed(SAMPLE_SEED))[:MOST_FEATURES]


def cached_reference(
    data: LabelledImages,
    judge: Judge,
    cache: Path | None = None,
    on_pictures_done: Callable[[int], None] | None = None,
) -> Reference:
    """The reference from the cache, or measured and put there.

    Args:
        data: The training set.
        judge: The judge.
        cache: Folder of the cache; None takes amgan/ in the user's cache folder.
        on_pictures_done: Called with the number of pictures done so far, if they must be measured.
    """
    check_data(judge, data)
    file = (cache or default_cache()) / f"reference-{data_digest(data)[:20]}-{judge.digest[:20]}.safetensors"
    width = judge.num_features
    expected = {
        "mean_prediction": torch.empty(len(data.class_names), dtype=torch.float64, device="meta"),
        "features": torch.empty(min(len(data), MOST_FEATURES), width, device="meta"),
        **real_sums_like(width),
    }

    def measure() -> dict[str, Tensor]:
        reference = measure_reference(data, judge, on_pictures_done)
        return {"mean_prediction": reference.mean_prediction, "features": reference.features, **reference.sums}

    kept = measured_once(file, expected, measure)
    return Reference(kept["mean_prediction"], {name: kept[name] for name in REAL_SUMS}, kept["features"])


def check_data(judge: Judge, data: LabelledImages) -> None:
    """Refuse a data set whose classes are not the judge's.

    Raises:
        JudgeError: naming the first difference.
    """
    _, channels, size, _ = data.images.shape
    judge.check_fits(data.class_names, size, channels, f"the data set {data.source}")
