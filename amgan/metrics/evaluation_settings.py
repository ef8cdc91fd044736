"""How much of a model is looked at when it is judged, and what else the numbers depend on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amgan.bounds import check_seeds
from amgan.errors import RequestError
from amgan.metrics.feature_distance import KERNEL_SUBSETS, MOST_FEATURES, subset_size
from amgan.metrics.inception_score import SPLITS
from amgan.metrics.judge import Judge
from amgan.metrics.ms_ssim import KEPT_OF_A_CLASS
from amgan.metrics.precision_recall import NEIGHBOURS
from amgan.metrics.reference import Reference
from amgan.sampling.sampler import Sampler


@dataclass(frozen=True)
class EvaluationSettings:
    """How much is looked at.

    Attributes:
        pictures: Any-class pictures, of consecutive seeds.
        asked: Pictures of asked classes in all, equally many of each; 0 for none.
        seed: The first seed, and the start of all random choices.
        pairs: Pairs of pictures of each class for MS-SSIM.
    """

    pictures: int = 10_000
    asked: int = 1000
    seed: int = 0
    pairs: int = 200

    def check(self) -> None:
        """Check what could not be measured.

        Raises:
            RequestError: naming it and what it must be.
        """
        for name, value, low in (("n", self.pictures, 10), ("asked", self.asked, 0), ("pairs", self.pairs, 1)):
            if value < low:
                raise RequestError(f"{name} must be at least {low}, not {value}")
        check_seeds(self.seed, self.pictures)


def protocol(sampler: Sampler, judge: Judge, reference: Reference, settings: EvaluationSettings) -> dict[str, Any]:
    """JSON-ready, the part `protocol` of an evaluation.

    Args:
        sampler: Draws the pictures.
        judge: Looks at them.
        reference: What the judge says of the training set.
        settings: How much is looked at.
    """
    compared = min(settings.pictures, MOST_FEATURES, len(reference.features))
    return {
        "pictures": f"seeds {settings.seed} to {settings.seed + settings.pictures - 1}, any class, truncation 1; "
        "classes as the judge names them",
        "arithmetic": sampler.renderer.precision,
        "judge": judge.describe(),
        "reference_pictures": reference.pictures,
        "features": "the judge's penultimate ones",
        "seed": settings.seed,
        "splits": SPLITS,
        "pairs_a_class": settings.pairs,
        "ms_ssim_pictures": f"the first {KEPT_OF_A_CLASS} of each class",
        "kernel_subsets": KERNEL_SUBSETS,
        "kernel_subset_size": subset_size(compared, compared),
        "precision_recall_pictures": compared,
        "precision_recall_neighbours": NEIGHBOURS,
    }
