"""Frechet and kernel distance between the features of real and generated pictures, computed by torchmetrics."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor, nn

from amgan.metrics.metric import Metric, Seen, rounded
from amgan.metrics.torchmetrics_import import torchmetrics_needed

KERNEL_SUBSETS = 50
MOST_IN_A_SUBSET = 1000

MOST_FEATURES = 10_000
"""Pictures whose features are kept, for the kernel distance and for precision and recall."""

REAL_SUMS = ("real_features_num_samples", "real_features_sum", "real_features_cov_sum")
"""torchmetrics' names of what it keeps of the real features."""


def real_sums_like(num_features: int) -> dict[str, Tensor]:
    """Tensors on the meta device of the names, shapes and types of the sums of F real features."""
    return {
        REAL_SUMS[0]: torch.empty((), dtype=torch.int64, device="meta"),
        REAL_SUMS[1]: torch.empty(num_features, dtype=torch.float64, device="meta"),
        REAL_SUMS[2]: torch.empty(num_features, num_features, dtype=torch.float64, device="meta"),
    }


class GivenFeatures(nn.Module):
    """Stands where torchmetrics expects a feature extractor: the features are there already."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features

    def forward(self, features: Tensor) -> Tensor:
        """The features (N, F) as they are."""
        return features


class FrechetDistance:
    """Frechet distance of two Gaussians fitted to features (Heusel et al. 2017); 0 is best.

    Only sums are kept, in double; those of the real features can be written down and given again.
    """

    def __init__(self, num_features: int) -> None:
        with torchmetrics_needed():
            from torchmetrics.image.fid import FrechetInceptionDistance

        # One process of several may measure: torchmetrics would wait for the others.
        self._metric = FrechetInceptionDistance(GivenFeatures(num_features), sync_on_compute=False)

    def add(self, features: Tensor, real: bool) -> None:
        """Add features (N, F) of real or of generated pictures."""
        self._metric.update(features.double(), real=real)

    @property
    def real_sums(self) -> dict[str, Tensor]:
        """The sums of the real features."""
        return {name: getattr(self._metric, name).clone() for name in REAL_SUMS}

    def set_real_sums(self, sums: dict[str, Tensor]) -> None:
        """Take the sums of real features that were added to another one."""
        for name in REAL_SUMS:
            setattr(self._metric, name, sums[name].clone())

    def compute(self) -> float:
        """The distance; two features or more of either kind are needed."""
        return float(self._metric.compute())


@dataclass(frozen=True)
class KernelDistance:
    """Squared maximum mean discrepancy under a cubic kernel (Binkowski et al. 2018), over random subsets.

    Attributes:
        mean: Mean over the subsets; unbiased, so a little below 0 for equal distributions.
        std: Standard deviation over the subsets.
        subset_size: Features in a subset.
        standard_error: Of the mean, by what is left out of the subsets, the delete-d jackknife (Shao and Wu 1989):
            what other pictures, as many as the smaller set has, would change.
    """

    mean: float
    std: float
    subset_size: int
    standard_error: float


def subset_size(real: int, generated: int) -> int:
    """Features in a subset of so many: at most half, or the subsets would be one and the same, and seem certain."""
    return min(MOST_IN_A_SUBSET, max(2, min(real, generated) // 2))


def kernel_distance(real: Tensor, generated: Tensor, seed: int = 0) -> KernelDistance:
    """Kernel distance of two sets of features (N, F) and (M, F), two rows or more each.

    Args:
        real: Features of real pictures.
        generated: Features of generated ones.
        seed: Start of the choice of subsets; the caller's random numbers stay as they are.
    """
    with torchmetrics_needed():
        from torchmetrics.image.kid import KernelInceptionDistance

    size = subset_size(len(real), len(generated))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Metric `Kernel Inception Distance` will save all")  # they are here already
        metric = KernelInceptionDistance(
            GivenFeatures(real.shape[1]), subsets=KERNEL_SUBSETS, subset_size=size, sync_on_compute=False
        )
    metric.set_dtype(torch.float64)
    metric.update(real.double(), real=True)
    metric.update(generated.double(), real=False)
    with torch.random.fork_rng(devices=[]):
        # Not torch.manual_seed, which starts the random numbers of GPUs anew as well; torchmetrics draws on the CPU.
        torch.default_generator.manual_seed(seed)
        mean, std = metric.compute()
    left_out = min(len(real), len(generated)) - size
    error = float(std) * math.sqrt(size / left_out) if left_out else math.nan
    return KernelDistance(float(mean), float(std), size, error)


def _error_in_words(section: dict[str, Any]) -> str:
    error = section["scores"]["kernel_distance"].get("standard_error")
    return "" if error is None else f"± {error:.2g}"


def measure(seen: Seen) -> dict[str, Any]:
    """Both distances of what was seen, JSON-ready."""
    return _summary(seen.frechet_distance, kernel_distance(seen.real_features, seen.features, seen.seed))


def distances(features: Tensor, real_features: Tensor, real_sums: dict[str, Tensor], seed: int) -> dict[str, Any]:
    """Both distances of some features (N, F), JSON-ready.

    Args:
        features: Of the pictures.
        real_features: Of real ones, for the kernel distance.
        real_sums: Of real ones, for the Frechet distance.
        seed: Start of the choice of subsets.
    """
    frechet = FrechetDistance(features.shape[1])
    frechet.set_real_sums(real_sums)
    frechet.add(features, real=False)
    return _summary(frechet.compute(), kernel_distance(real_features, features, seed))


def _summary(frechet: float, kernel: KernelDistance) -> dict[str, Any]:
    return {
        "frechet_distance": rounded(frechet),
        "kernel_distance": {
            "mean": rounded(kernel.mean), "std": rounded(kernel.std), "standard_error": rounded(kernel.standard_error),
        },
    }  # fmt: skip


METRICS = (
    # Of pictures as good as real ones it is about inverse to their number.
    Metric(
        "frechet_distance", "Frechet distance", "lower",
        "How far the judge's features lie from those of the training pictures, as two Gaussians.",
        itemgetter("frechet_distance"), needs_as_many=True,
    ),
    Metric(
        "kernel_distance", "Kernel distance", "lower",
        "The same by a polynomial kernel; around 0 they cannot be told apart.",
        lambda scores: scores["kernel_distance"]["mean"], note=_error_in_words,
    ),
)  # fmt: skip
