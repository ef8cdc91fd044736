"""The figure is a picture of any evaluation."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest
import torch
from PIL import Image

from amgan.metrics.agreement import Agreement
from amgan.metrics.evaluation import evaluate, score_real
from amgan.metrics.evaluation_settings import EvaluationSettings
from amgan.metrics.figure import evaluation_figure
from amgan.metrics.reference import measure_reference
from tests.metrics.judges import noisy_data, tiny_judge
from tests.models import tiny_model

SETTINGS = EvaluationSettings(pictures=20, asked=0, pairs=3)


@pytest.mark.parametrize(
    ("objective", "channels", "names"),
    [("am-gan", 1, ("Sneaker", "$10 bag", "A very long name of a class \\alpha$")), ("gan", 3, ("a", "b", "c"))],
)
def test_drawn(objective, channels, names):
    shape = {"class_names": names, "channels": channels}
    judge = tiny_judge(**shape)
    reference = measure_reference(noisy_data(30, names, channels=channels), judge)
    evaluation = evaluate(tiny_model(objective=objective, **shape).sampler, judge, reference, SETTINGS)
    content = evaluation_figure(evaluation, names, "100 $ and more")
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "PNG"
        assert min(image.size) > 500
        assert np.asarray(image.convert("L")).std() > 5
    assert evaluation_figure(evaluation, names, "100 $ and more") == content
    assert evaluation_figure(evaluation, names, "another title") != content
    real = score_real(noisy_data(20, names, seed=1, channels=channels), judge, reference, SETTINGS)
    training = noisy_data(30, names, channels=channels)
    sampler = tiny_model(objective=objective, **shape).sampler
    compared = evaluate(sampler, judge, reference, SETTINGS, real, training)
    with Image.open(io.BytesIO(evaluation_figure(compared, names, "100 $ and more"))) as taller:
        assert taller.height > image.height
    if evaluation.named is not None:
        asked = dataclasses.replace(evaluation, asked=Agreement(len(names)))
        asked.asked.add(torch.tensor([0, 1, 2]), torch.tensor([2, 1, 0]))
        assert evaluation_figure(asked, names, "100 $ and more") != content
