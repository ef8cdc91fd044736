"""What a judge says of a training set: measured once, then read from a cache named by the set and the judge."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from amgan.checked_files import check_numbers, is_there, read_tensors, write_tensors
from amgan.data import LabelledImages
from amgan.errors import ReleaseError
from amgan.metrics.feature_distance import REAL_SUMS, FrechetDistance
from amgan.metrics.judge import Judge
from amgan.metrics.prediction_sums import PredictionSums

MOST_FEATURES = 10_000
"""Pictures whose features are kept, for the kernel distance and for precision and recall."""

CHUNK = 2000
SAMPLE_SEED = 0


@dataclass(frozen=True)
class Reference:
    """A training set as a judge sees it.

    Attributes:
        mean_prediction: Mean of the judge's softmax, float64 (K,).
        sums: Sums of all features, for the Frechet distance.
        features: Features of a random part, float32 (R, F).
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
    part = torch.randperm(len(data), generator=torch.Generator().manual_seed(SAMPLE_SEED))[:MOST_FEATURES]
    return Reference(predictions.mean, frechet.real_sums, features[part].clone())


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
    try:
        if is_there(file):
            return _read(file, data, judge)
    except ReleaseError:
        # A file that broke while it was written, or of another version: it is measured anew and replaced.
        file.unlink()
    reference = measure_reference(data, judge, on_pictures_done)
    file.parent.mkdir(parents=True, exist_ok=True)
    tensors = {"mean_prediction": reference.mean_prediction, "features": reference.features, **reference.sums}
    write_tensors(file, tensors)
    return reference


def check_data(judge: Judge, data: LabelledImages) -> None:
    """Refuse a data set whose classes are not the judge's.

    Raises:
        JudgeError: naming the first difference.
    """
    _, channels, size, _ = data.images.shape
    judge.check_fits(data.class_names, size, channels, f"the data set {Path(data.source).name}")


def default_cache() -> Path:
    """amgan/ in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "amgan"


def data_digest(data: LabelledImages) -> str:
    """SHA-256 over a data set's pictures and classes, in hex digits."""
    digest = hashlib.sha256(repr((tuple(data.images.shape), data.class_names)).encode())
    digest.update(data.images.cpu().contiguous().numpy().data)
    digest.update(data.labels.cpu().contiguous().numpy().data)
    return digest.hexdigest()


def _read(file: Path, data: LabelledImages, judge: Judge) -> Reference:
    count, width = min(len(data), MOST_FEATURES), judge.num_features
    shapes = {
        "mean_prediction": torch.empty(len(data.class_names), dtype=torch.float64),
        "features": torch.empty(count, width),
        REAL_SUMS[0]: torch.empty((), dtype=torch.int64),
        REAL_SUMS[1]: torch.empty(width, dtype=torch.float64),
        REAL_SUMS[2]: torch.empty(width, width, dtype=torch.float64),
    }
    tensors = read_tensors(file, {name: tensor.to("meta") for name, tensor in shapes.items()})
    check_numbers(file, tensors)
    return Reference(tensors["mean_prediction"], {name: tensors[name] for name in REAL_SUMS}, tensors["features"])
