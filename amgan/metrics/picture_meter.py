"""All scores of a stream of pictures, real or generated, through one judge: nothing is kept but sums and samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from amgan.metrics.am_score import AMScore, am_score
from amgan.metrics.feature_distance import MOST_FEATURES, FrechetDistance
from amgan.metrics.inception_score import SPLITS, split_of
from amgan.metrics.judge import Judgement
from amgan.metrics.metric import Seen, rounded
from amgan.metrics.ms_ssim import ClassKeeper
from amgan.metrics.prediction_sums import PredictionSums
from amgan.metrics.reference import Reference
from amgan.metrics.registry import MEASURES


@dataclass(frozen=True)
class Scores:
    """What was measured of a stream of pictures.

    Attributes:
        summary: JSON-ready: every score, over all pictures and for each class; None where there was nothing to measure.
        am: The AM Score with its parts.
        class_ms_ssim: Mean MS-SSIM of each class, float64 (K,); not a number for a class with fewer than two pictures.
        features: The judge's features of the first pictures, (at most MOST_FEATURES, F).
    """

    summary: dict[str, Any]
    am: AMScore
    class_ms_ssim: Tensor
    features: Tensor


class PictureMeter:
    """Takes judged pictures as they come and gives all their scores."""

    def __init__(self, reference: Reference, class_names: tuple[str, ...], total: int, pairs: int, seed: int) -> None:
        """Prepare for a stream.

        Args:
            reference: What the judge says of the training set.
            class_names: The K classes.
            total: How many pictures will come.
            pairs: Pairs of pictures of each class for MS-SSIM.
            seed: Start of the choice of pairs and subsets.
        """
        self._reference = reference
        self._class_names = class_names
        self._total = total
        self._pairs = pairs
        self._seed = seed
        self._seen = 0
        self._splits = PredictionSums(min(SPLITS, total), len(class_names))
        self._classes = PredictionSums(len(class_names), len(class_names))
        self._frechet = FrechetDistance(reference.features.shape[1])
        self._frechet.set_real_sums(reference.sums)
        self._features: list[Tensor] = []
        self._keeper = ClassKeeper(len(class_names))

    def add(self, images: Tensor, judgement: Judgement) -> None:
        """Add uint8 pictures (N, C, size, size) and what the judge says of them; their class is the judge's."""
        count, classes = len(images), judgement.classes
        self._splits.add(judgement.log_probabilities, split_of(self._seen, count, self._total, len(self._splits.count)))
        self._classes.add(judgement.log_probabilities, classes)
        self._frechet.add(judgement.features, real=False)
        if self._seen < MOST_FEATURES:
            self._features.append(judgement.features[: MOST_FEATURES - self._seen])
        self._keeper.add(images, classes)
        self._seen += count

    def scores(self) -> Scores:
        """All scores; two pictures or more must have come."""
        class_ms_ssim, pairs = self._keeper.class_ms_ssim(self._pairs, self._seed)
        seen = Seen(
            splits=self._splits,
            classes=self._classes,
            training_mean=self._reference.mean_prediction,
            features=torch.cat(self._features),
            real_features=self._reference.features,
            frechet_distance=self._frechet.compute(),
            class_ms_ssim=class_ms_ssim,
            pairs=pairs,
            pairs_asked=self._pairs,
            class_names=self._class_names,
            seed=self._seed,
        )
        summary: dict[str, Any] = {"pictures": self._seen}
        for measure in MEASURES:
            summary |= measure(seen)
        am = am_score(self._classes, seen.training_mean)
        summary["classes"] = {
            name: {
                "share": rounded(float(am.class_share[number])),
                "divergence": rounded(float(am.class_divergence[number])),
                "entropy": rounded(float(am.class_entropy[number])),
                "ms_ssim": rounded(float(class_ms_ssim[number])),
                "pairs": pairs[number],
            }
            for number, name in enumerate(self._class_names)
        }
        return Scores(summary, am, class_ms_ssim, seen.features)
