"""What the numbers of an evaluation depend on, so that others can measure the same, or see that they did not."""

from __future__ import annotations

from typing import Any

from amgan.metrics.evaluation_settings import EvaluationSettings
from amgan.metrics.feature_distance import KERNEL_SUBSETS, MOST_FEATURES, MOST_IN_A_SUBSET
from amgan.metrics.judge import Judge
from amgan.metrics.picture_meter import KEPT_OF_A_CLASS, NEIGHBOURS, SPLITS
from amgan.metrics.reference import Reference
from amgan.sampling.sampler import Sampler


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
        "kernel_subset_size": min(MOST_IN_A_SUBSET, compared),
        "precision_recall_pictures": compared,
        "precision_recall_neighbours": NEIGHBOURS,
    }
