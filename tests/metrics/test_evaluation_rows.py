"""The rows of an evaluation hold its numbers, and nothing that was not measured."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from amgan.metrics.evaluation import evaluate, score_real
from amgan.metrics.evaluation_rows import evaluation_rows, judge_in_words
from amgan.metrics.evaluation_settings import EvaluationSettings
from amgan.metrics.feature_distance import FrechetDistance
from amgan.metrics.ms_ssim import classes_left_out
from amgan.metrics.reference import measure_reference
from tests.metrics.judges import noisy_data, tiny_judge
from tests.models import tiny_model


@pytest.mark.parametrize("objective", ["am-gan", "gan"])
def test_rows(objective):
    settings = EvaluationSettings(pictures=20, asked=3, pairs=3)
    judge, data = tiny_judge("shoes"), noisy_data(30)
    reference = measure_reference(data, judge)
    real = score_real(data, judge, reference, settings)
    section = evaluate(tiny_model(objective=objective).sampler, judge, reference, settings, real).summary
    rows = {row.kind: row for row in evaluation_rows(section)}
    assert rows["inception_score"].value == section["scores"]["inception_score"]
    assert rows["inception_score"].real == section["real"]["inception_score"]
    assert rows["am_score"].better == "lower"
    assert rows["ms_ssim"].value == section["scores"]["ms_ssim"]["largest"]
    assert ("asked_accuracy" in rows) == ("agreement_accuracy" in rows) == (objective == "am-gan")
    assert judge_in_words(section) == "judge shoes, 50.00% of 4 test pictures right"
    del section["real"]
    assert all(row.real is None for row in evaluation_rows(section))


def scores(pictures: int, left_out: list[str] | None = None) -> dict[str, Any]:
    ms_ssim = {"mean": 0.3, "largest": 0.4} | ({} if left_out is None else {"left_out": left_out})
    return {
        "pictures": pictures, "inception_score": 8.0, "mode_score": 8.0, "am_score": 0.3,
        "am_score_terms": {"divergence": 0.1, "entropy": 0.2}, "frechet_distance": 30.0,
        "kernel_distance": {"mean": 0.5, "std": 0.1}, "ms_ssim": ms_ssim, "precision": 0.75, "recall": 0.5,
    }  # fmt: skip


def real_of(model: int, real: int) -> dict[str, float | None]:
    return {row.kind: row.real for row in evaluation_rows({"scores": scores(model), "real": scores(real)})}


@pytest.mark.parametrize(("model", "real"), [(10_000, 4999), (5000, 30), (50_000, 4999), (60, 29)])
def test_too_few_real_pictures_are_not_compared(model, real):
    shown = real_of(model, real)
    hidden = {kind for kind, value in shown.items() if value is None}
    assert hidden == {"frechet_distance", "precision", "recall"}


@pytest.mark.parametrize(("model", "real"), [(10_000, 10_000), (10_000, 5000), (50_000, 10_000), (50_000, 5000)])
def test_real_pictures_enough_are_compared(model, real):
    assert None not in real_of(model, real).values()


def test_the_frechet_distance_of_few_pictures_is_what_the_bound_says():
    def distance(count: int) -> float:
        draw = torch.Generator().manual_seed(count)
        frechet = FrechetDistance(16)
        frechet.add(torch.randn(20_000, 16, generator=draw), real=True)
        frechet.add(torch.randn(count, 16, generator=draw), real=False)
        return frechet.compute()

    # About inverse to the number of pictures, though all are of one distribution.
    assert 1.5 < distance(500) / distance(1000) < 3
    assert distance(50) > 10 * distance(1000)


def test_classes_left_out_are_counted_in_the_title():
    section = {"scores": scores(100, ["dog"]), "real": scores(100, ["dog", "cat"])}
    titles = {row.kind: row.title for row in evaluation_rows(section)}
    said = "(classes left out for too few pictures: 1 of the model's, 2 of the real ones')"
    assert titles["ms_ssim"] == f"MS-SSIM, largest class mean {said}"
    assert titles["ms_ssim_mean"] == f"MS-SSIM, mean over classes {said}"
    assert titles["am_score"] == "AM Score"
    for none in ({"scores": scores(100, [])}, {"scores": scores(100)}):
        assert all(row.title == row.name for row in evaluation_rows(none))
    assert classes_left_out(section["real"]) == ["dog", "cat"]


@pytest.mark.parametrize("section", [{}, {"scores": {}}, {"scores": 3}, {"scores": {"inception_score": 1}}])
def test_half_a_section_is_an_error(section):
    with pytest.raises((KeyError, TypeError)):
        evaluation_rows(section)


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ({"confidence": 0.7, "not_found": 0, "pictures": 1000}, "at D's confidence 0.7"),
        ({"confidence": 0.5, "not_found": 42, "pictures": 1018}, "at D's confidence 0.5, 42 of 1,060 not found"),
        ({"confidence": None, "not_found": 0, "pictures": 9}, ""),
    ],
)
def test_the_row_of_asked_classes_says_how_they_were_asked(asked, note):
    rows = {row.kind: row for row in evaluation_rows({"scores": scores(9), "asked": asked | {"share": 0.5}})}
    assert rows["asked_accuracy"].note == note


def test_ms_ssim_is_best_near_that_of_real_pictures():
    rows = {row.kind: row.better for row in evaluation_rows({"scores": scores(9)})}
    assert rows["ms_ssim"] == rows["ms_ssim_mean"] == "near real"
