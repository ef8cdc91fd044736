"""Inception Score and Frechet distance as they are published: through the Inception-v3 that torch-fidelity carries.

Neither torch-fidelity nor its weights come with this package. Whoever has both can compare with published tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from amgan.data.labelled_images import LabelledImages
from amgan.errors import JudgeError
from amgan.metrics.cache import data_digest, default_cache, measured_once
from amgan.metrics.feature_distance import REAL_SUMS, FrechetDistance, real_sums_like
from amgan.metrics.inception_score import SPLITS, inception_score, split_of
from amgan.metrics.metric import Metric, rounded
from amgan.metrics.prediction_sums import PredictionSums

FEATURES = 2048
LOGITS = 1008
PUBLISHED_PICTURES = 50_000
"""So many generated pictures stand behind published numbers; fewer make the Frechet distance larger."""

BATCH = 50


class Inception:
    """Inception-v3 of the original evaluation code, converted to PyTorch.

    Attributes:
        net: uint8 RGB pictures (N, 3, H, W) to features (N, F) and logits (N, L).
        num_features: F.
        num_logits: L.
        digest: SHA-256 of the file of weights, in hex digits: what was measured with it is kept under that name.
    """

    def __init__(
        self, net: nn.Module, num_features: int = FEATURES, num_logits: int = LOGITS, digest: str = "unknown"
    ) -> None:
        self.net = net.eval().requires_grad_(False)
        self.num_features = num_features
        self.num_logits = num_logits
        self.digest = digest

    @classmethod
    def load(cls, weights: Path, device: torch.device | str = "cpu") -> Inception:
        """Build the net that torch-fidelity defines.

        Args:
            weights: Its file of weights, `weights-inception-2015-12-05-6726825d.pth`.
            device: Where it is to compute.

        Raises:
            JudgeError: torch-fidelity is not installed, or the file is not there or holds something else.
        """
        if not weights.is_file():
            raise JudgeError(f"{weights}: no such file; torch-fidelity's page of releases has the Inception weights")
        try:
            from torch_fidelity.feature_extractor_inceptionv3 import (  # noqa: TID251 (for whoever has it)
                FeatureExtractorInceptionV3,
            )
        except (ImportError, RuntimeError) as error:  # a torchvision of another torch raises the latter
            raise JudgeError(f"Inception-v3 needs the package torch-fidelity, which is not here ({error})") from error
        try:
            # torch-fidelity would run code that the file holds; this refuses such a file before.
            torch.load(weights, map_location="cpu", weights_only=True)
            net = FeatureExtractorInceptionV3(
                "inception-v3", [str(FEATURES), "logits_unbiased"], feature_extractor_weights_path=str(weights)
            )
        except Exception as error:  # what a foreign file makes torch raise is of many kinds
            reason = str(error).partition("\n")[0]
            raise JudgeError(f"{weights}: not the Inception weights of torch-fidelity ({reason:.200})") from error
        return cls(net.to(device), digest=hashlib.sha256(weights.read_bytes()).hexdigest())

    @torch.inference_mode()
    def look(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features (N, F) and log-softmax in double (N, L) of uint8 pictures (N, C, H, W), on the CPU."""
        device = next(self.net.parameters()).device
        features, log_probabilities = [], []
        for part in images.split(BATCH):
            found, logits = self.net(part.to(device).expand(-1, 3, -1, -1))
            features.append(found.float().cpu())
            log_probabilities.append(logits.cpu().double().log_softmax(dim=1))  # MPS has no double
        return torch.cat(features), torch.cat(log_probabilities)


def real_sums(
    inception: Inception,
    data: LabelledImages,
    cache: Path | None = None,
    on_pictures_done: Callable[[int], None] | None = None,
) -> dict[str, Tensor]:
    """Sums of the features of the training set, from the cache, or measured and put there.

    Args:
        inception: The net.
        data: The whole training set.
        cache: Folder of the cache; None takes amgan/ in the user's cache folder.
        on_pictures_done: Called with the number of pictures done so far, if they must be measured.
    """

    def measure() -> dict[str, Tensor]:
        distance, done = FrechetDistance(inception.num_features), 0
        for part in data.images.split(BATCH * 10):
            distance.add(inception.look(part)[0], real=True)
            done += len(part)
            if on_pictures_done is not None:
                on_pictures_done(done)
        return distance.real_sums

    file = (cache or default_cache()) / f"inception-v3-{data_digest(data)[:20]}-{inception.digest[:20]}.safetensors"
    return measured_once(file, real_sums_like(inception.num_features), measure)


class PublishedMeter:
    """The scores that papers publish, over a model's pictures, a part at a time."""

    def __init__(self, inception: Inception, total: int, real: dict[str, Tensor]) -> None:
        """Start without pictures.

        Args:
            inception: The net.
            total: How many pictures of the model there will be.
            real: From `real_sums`.
        """
        self._inception = inception
        self._total = total
        self._real_pictures = int(real[REAL_SUMS[0]])
        self._splits = min(SPLITS, total)
        self._predictions = PredictionSums(self._splits, inception.num_logits)
        self._distance = FrechetDistance(inception.num_features)
        self._distance.set_real_sums(real)
        self._done = 0

    def add(self, images: Tensor) -> None:
        """Look at the model's next pictures, uint8 (n, C, H, W)."""
        features, log_probabilities = self._inception.look(images)
        self._predictions.add(log_probabilities, split_of(self._done, len(images), self._total, self._splits))
        self._distance.add(features, real=False)
        self._done += len(images)

    def summary(self) -> dict[str, Any]:
        """JSON-ready, the section `published` of an evaluation."""
        score = inception_score(self._predictions)
        return {
            "protocol": f"Inception-v3 of torch-fidelity, {self._total} pictures against the {self._real_pictures} of "
            f"the training set, {self._splits} splits; published numbers take {PUBLISHED_PICTURES} pictures",
            "inception_score": rounded(score.mean),
            "inception_score_std": rounded(score.std),
            "frechet_distance": rounded(self._distance.compute()),
        }


METRICS = (
    Metric(
        "inception_v3_inception_score", "Inception Score, Inception-v3", "higher",
        "As published: through Inception-v3, which knows ImageNet and not these classes.",
        itemgetter("inception_score"), part="published",
    ),
    Metric(
        "inception_v3_frechet_distance", "Frechet distance, Inception-v3", "lower",
        "As published (FID), against the training pictures.", itemgetter("frechet_distance"), part="published",
    ),
)  # fmt: skip
