"""Each distance stands beside that of as many real pictures, and precision and recall of few say so."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from amgan.metrics.as_many import as_many
from amgan.metrics.evaluation_rows import distances_in_words, evaluation_rows
from amgan.metrics.feature_distance import FrechetDistance, distances
from amgan.metrics.precision_recall import FEWEST, precision_recall
from amgan.metrics.reference import Reference
from tests.documents import text_of
from tests.metrics.test_evaluation_rows import scores


def features(count: int, seed: int) -> Tensor:
    return torch.randn(count, 8, generator=torch.Generator().manual_seed(seed))


def reference_of(training: Tensor) -> Reference:
    fitted = FrechetDistance(training.shape[1])
    fitted.add(training, real=True)
    return Reference(torch.ones(2) / 2, fitted.real_sums, training)


def test_few_held_out_pictures_stand_beside_as_many_of_the_model():
    generated, reference = features(400, 1), reference_of(features(300, 2))
    held_out = distances(features(40, 3), reference.features, reference.sums, 0)
    found = as_many(generated, reference, {"pictures": 40} | held_out)
    assert found["real"] == held_out
    assert (
        found["frechet_distance"]
        == distances(generated[:40], reference.features, reference.sums, 0)["frechet_distance"]
    )
    # All are of one kind: whole against few is not, few against few is.
    whole = distances(generated, reference.features, reference.sums, 0)["frechet_distance"]
    assert 4 * whole < held_out["frechet_distance"] < 2 * found["frechet_distance"] < 4 * held_out["frechet_distance"]
    assert as_many(generated, reference, {"pictures": 200} | held_out) is None


def test_where_none_is_held_out_halves_of_the_training_pictures_are():
    generated, training = features(400, 1) + 5, features(301, 2)
    found = as_many(generated, reference_of(training), None)
    other = reference_of(training[150:])
    assert (found["pictures"], found["halves"]) == (150, True)
    assert found["real"] == distances(training[:150], other.features, other.sums, 0)
    assert found["frechet_distance"] > 100 * found["real"]["frechet_distance"]
    assert as_many(generated[:90], reference_of(training), None)["pictures"] == 90
    assert as_many(generated, reference_of(training[:3]), None) is None


@pytest.mark.parametrize("halves", [False, True])
def test_they_are_rows_and_a_line_and_named_on_the_page(halves):
    own, others = ({"frechet_distance": far, "kernel_distance": {"mean": far / 100}} for far in (410.25, 395.5))
    beside = {"pictures": 30, "halves": halves, **own, "real": others}
    section = {"scores": scores(1000), "real": scores(30), "as_many": beside}
    row = next(row for row in evaluation_rows(section) if row.kind == "frechet_distance_as_many")
    assert (
        row.title == f"Frechet distance, as many (30 pictures{' against half of the training set' if halves else ''})"
    )
    assert (row.value, row.real) == (410.25, 395.5)
    assert f"{row.title} 410.2, of real pictures 395.5" in distances_in_words(section)
    assert all(f"`{key}`" in text_of("docs/release-format.md") for key in ("as_many", *beside))


def test_precision_and_recall_of_few_pictures_say_so():
    for compared, said in ((300, "Precision (of 300 pictures; below 1,000 it says little)"), (1000, "Precision")):
        section = {"scores": scores(compared), "protocol": {"precision_recall_pictures": compared}}
        assert said in [row.title for row in evaluation_rows(section)]


def test_blobs_lie_among_few_real_pictures_and_not_among_enough():
    draw = torch.Generator().manual_seed(0)
    kinds = torch.randn(200, 32, generator=draw)

    def precision(count: int) -> float:
        real = kinds[torch.randint(200, (count,), generator=draw)] + 0.35 * torch.randn(count, 32, generator=draw)
        blobs = torch.randn(count, 32, generator=draw) * real.std(dim=0) + real.mean(dim=0)
        return precision_recall(real, blobs).precision

    assert precision(FEWEST // 4) > 0.4
    assert precision(2 * FEWEST) < 0.1
