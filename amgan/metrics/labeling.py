"""How D labels a model's pictures: the share of each class, and how many pictures each confidence keeps."""

from __future__ import annotations

from typing import Any

import torch

from amgan.release.seed_index import NOT_FOUND
from amgan.sampling.sampler import Sampler

CONFIDENCES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
CHUNK = 256


def measure_labeling(sampler: Sampler, pictures: int = 2048) -> dict[str, Any]:
    """Draw any-class pictures of seeds 0, 1, ... and count what D says of them.

    Args:
        sampler: Draws the model's pictures.
        pictures: How many.

    Returns:
        JSON-ready: the protocol, the share of each class, and the share of pictures whose class D gives at least each
        of `CONFIDENCES`; for an indexed model also the draws its index needed.
    """
    names = sampler.config.class_names
    counts = torch.zeros(len(names), dtype=torch.int64)
    best: list[float] = []
    for start in range(0, pictures, CHUNK):
        seeds = range(start, min(start + CHUNK, pictures))
        _, samples = sampler.sample(seeds, [None] * len(seeds))
        counts += torch.bincount(torch.tensor([sample.label for sample in samples]), minlength=len(names))
        best += [sample.class_probability for sample in samples]
    result: dict[str, Any] = {
        "protocol": f"seeds 0 to {pictures - 1}, any class, truncation 1; class and confidence by the model's own D",
        "pictures": pictures,
        "class_share": {name: round(count / pictures, 4) for name, count in zip(names, counts.tolist())},
        "kept_at_confidence": {
            f"{confidence:g}": round(sum(p >= confidence for p in best) / pictures, 4) for confidence in CONFIDENCES
        },
    }
    index = sampler.seed_index
    if index is not None and len(index):
        found = index.draws[index.draws != NOT_FOUND].double() + 1
        result["seed_index"] = {
            "seeds": len(index),
            "confidence": sampler.config.confidence,
            "mean_draws": round(found.mean().item(), 2) if len(found) else None,
            "most_draws": int(found.max()) if len(found) else None,
            "not_found": int((index.draws == NOT_FOUND).sum()),
        }
    return result
