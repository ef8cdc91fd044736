"""The rows of an evaluation hold its numbers, and nothing that was not measured."""

from __future__ import annotations

import pytest

from amgan.metrics.evaluation import EvaluationSettings, evaluate, score_real
from amgan.metrics.evaluation_rows import evaluation_rows, judge_in_words
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


@pytest.mark.parametrize("section", [{}, {"scores": {}}, {"scores": 3}, {"scores": {"inception_score": 1}}])
def test_half_a_section_is_an_error(section):
    with pytest.raises((KeyError, TypeError)):
        evaluation_rows(section)
