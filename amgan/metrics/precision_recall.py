"""Precision and recall of pictures: k-nearest-neighbour manifolds of their features (Kynkäänniemi et al. 2019)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from amgan.metrics.metric import Metric, Seen, rounded

NEIGHBOURS = 3

FEWEST = 1000
"""Of fewer pictures both say little: balls that reach to the third neighbour are so large that blobs lie in them."""

CHUNK = 1000
"""Rows of the distance matrix that are in memory at once."""


@dataclass(frozen=True)
class PrecisionRecall:
    """Two shares, each 0 to 1.

    Attributes:
        precision: Share of the generated features within the manifold of the real ones: how good pictures are.
        recall: Share of the real features within the manifold of the generated ones: how much is covered.
    """

    precision: float
    recall: float


def precision_recall(real: Tensor, generated: Tensor, neighbours: int = NEIGHBOURS) -> PrecisionRecall:
    """Compare two sets of features; best of equal size, since manifolds grow denser with more.

    Args:
        real: (N, F).
        generated: (M, F).
        neighbours: k: a feature's ball reaches to its k-th nearest neighbour in its own set.

    Raises:
        ValueError: a set has no k neighbours.
    """
    if min(len(real), len(generated)) <= neighbours:
        raise ValueError(f"{neighbours} neighbours need more than {neighbours} pictures")
    real, generated = real.double(), generated.double()
    return PrecisionRecall(
        precision=_share_within(generated, real, _radii(real, neighbours)),
        recall=_share_within(real, generated, _radii(generated, neighbours)),
    )


def _radii(features: Tensor, neighbours: int) -> Tensor:
    # One more than k, as each is its own nearest.
    parts = [torch.cdist(part, features).kthvalue(neighbours + 1, dim=1).values for part in features.split(CHUNK)]
    return torch.cat(parts)


def _share_within(queries: Tensor, centres: Tensor, radii: Tensor) -> float:
    inside = sum(int((torch.cdist(part, centres) <= radii).any(dim=1).sum()) for part in queries.split(CHUNK))
    return inside / len(queries)


def measure(seen: Seen) -> dict[str, Any]:
    """Both shares of what was seen, JSON-ready; nothing of too few pictures."""
    compared = min(len(seen.features), len(seen.real_features))
    if compared <= NEIGHBOURS:
        return {}
    shares = precision_recall(seen.real_features[:compared], seen.features[:compared])
    return {"precision": rounded(shares.precision), "recall": rounded(shares.recall)}


def _of_few(section: dict[str, Any]) -> str:
    compared = section.get("protocol", {}).get("precision_recall_pictures")
    few = compared is not None and compared < FEWEST
    return f"of {compared:,d} pictures; below {FEWEST:,} it says little" if few else ""


# A manifold of few features is coarse.
METRICS = (
    Metric(
        "precision", "Precision", "higher", "Pictures that lie among the training pictures.",
        lambda scores: scores.get("precision"), note=_of_few, needs_as_many=True,
    ),
    Metric(
        "recall", "Recall", "higher", "Training pictures that lie among the model's.",
        lambda scores: scores.get("recall"), note=_of_few, needs_as_many=True,
    ),
)  # fmt: skip
