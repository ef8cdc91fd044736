"""Inception Score and Frechet distance as they are published: through the Inception-v3 that torch-fidelity carries.

Neither torch-fidelity nor its weights come with this package. Whoever has both can compare with published tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from amgan.checked_files import check_numbers, is_there, read_tensors, write_tensors
from amgan.errors import JudgeError, ReleaseError
from amgan.metrics.feature_distance import REAL_SUMS, FrechetDistance
from amgan.metrics.inception_score import inception_score, split_of
from amgan.metrics.picture_meter import SPLITS, rounded
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
    """

    def __init__(self, net: nn.Module, num_features: int = FEATURES, num_logits: int = LOGITS) -> None:
        self.net = net.eval().requires_grad_(False)
        self.num_features = num_features
        self.num_logits = num_logits

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
        except ImportError as error:
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
        return cls(net.to(device))

    @torch.inference_mode()
    def look(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features (N, F) and log-softmax in double (N, L) of uint8 pictures (N, C, H, W), on the CPU."""
        device = next(self.net.parameters()).device
        features, log_probabilities = [], []
        for part in images.split(BATCH):
            found, logits = self.net(part.to(device).expand(-1, 3, -1, -1))
            features.append(found.float().cpu())
            log_probabilities.append(logits.double().log_softmax(dim=1).cpu())
        return torch.cat(features), torch.cat(log_probabilities)


def real_sums(
    inception: Inception, images: Tensor, file: Path, on_pictures_done: Callable[[int], None] | None = None
) -> dict[str, Tensor]:
    """Sums of the features of the training set, from the file or, if it is not there, measured and put there.

    Args:
        inception: The net.
        images: uint8 (N, C, H, W), the whole training set.
        file: Where they are kept; its name must stand for these pictures.
        on_pictures_done: Called with the number of pictures done so far, if they must be measured.
    """
    count = inception.num_features
    shapes = {
        REAL_SUMS[0]: torch.empty((), dtype=torch.int64),
        REAL_SUMS[1]: torch.empty(count, dtype=torch.float64),
        REAL_SUMS[2]: torch.empty(count, count, dtype=torch.float64),
    }
    try:
        if is_there(file):
            kept = read_tensors(file, {name: tensor.to("meta") for name, tensor in shapes.items()})
            check_numbers(file, kept)
            return kept
    except ReleaseError:
        file.unlink()
    distance, done = FrechetDistance(count), 0
    for part in images.split(BATCH * 10):
        distance.add(inception.look(part)[0], real=True)
        done += len(part)
        if on_pictures_done is not None:
            on_pictures_done(done)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_tensors(file, distance.real_sums)
    return distance.real_sums


def published_scores(
    inception: Inception, chunks: Iterable[Tensor], total: int, real: dict[str, Tensor]
) -> dict[str, Any]:
    """The section `published` of an evaluation.

    Args:
        inception: The net.
        chunks: uint8 pictures (n, C, H, W) of the model, a part at a time.
        total: How many they are together.
        real: From `real_sums`.
    """
    splits = min(SPLITS, total)
    predictions, distance, done = (
        PredictionSums(splits, inception.num_logits),
        FrechetDistance(inception.num_features),
        0,
    )
    distance.set_real_sums(real)
    for images in chunks:
        features, log_probabilities = inception.look(images)
        predictions.add(log_probabilities, split_of(done, len(images), total, splits))
        distance.add(features, real=False)
        done += len(images)
    score = inception_score(predictions)
    return {
        "protocol": f"Inception-v3 of torch-fidelity, {total} pictures against the {int(real[REAL_SUMS[0]])} of the "
        f"training set, {splits} splits; published numbers take {PUBLISHED_PICTURES} pictures",
        "inception_score": rounded(score.mean),
        "inception_score_std": rounded(score.std),
        "frechet_distance": rounded(distance.compute()),
    }
