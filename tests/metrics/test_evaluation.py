"""A model judged: its numbers are those of its pictures, counted again here by hand."""

from __future__ import annotations

import json

import pytest
import torch
from torch import Tensor

from amgan.errors import JudgeError, RequestError
from amgan.metrics import evaluation as module
from amgan.metrics.evaluation import evaluate, score_real
from amgan.metrics.evaluation_settings import EvaluationSettings
from amgan.metrics.reference import measure_reference
from tests.metrics.judges import noisy_data, tiny_judge
from tests.models import NAMES, message, tiny_model

SETTINGS = EvaluationSettings(pictures=40, asked=9, seed=3, pairs=5)


@pytest.fixture(scope="module")
def judge():
    return tiny_judge("shoes")


@pytest.fixture(scope="module")
def reference(judge):
    return measure_reference(noisy_data(60), judge)


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture(scope="module")
def evaluation(model, judge, reference):
    return evaluate(model.sampler, judge, reference, SETTINGS)


def test_agreement_is_a_count_of_what_is_shown(evaluation, model, judge):
    pictures, samples = model.sampler.sample(range(3, 43), [None] * 40)
    judged = judge.judge(torch.from_numpy(pictures).permute(0, 3, 1, 2)).classes.tolist()
    labels = [sample.label for sample in samples]
    agreement = evaluation.summary["agreement"]
    assert agreement["share"] == pytest.approx(sum(a == b for a, b in zip(labels, judged)) / 40)
    assert agreement["confusion"][labels[0]][judged[0]] > 0
    assert sum(map(sum, agreement["confusion"])) == 40
    sure = [(a == b) for a, b, sample in zip(labels, judged, samples) if sample.class_probability >= 0.9]
    expected = pytest.approx(sum(sure) / len(sure), abs=1e-6) if sure else None
    assert agreement["at_confidence"]["0.9"] == expected


def test_asked_classes_are_found_and_judged(evaluation, model, judge):
    right = 0
    for label in range(3):
        pictures = model.sample(label, range(3, 6))
        right += int((judge.judge(torch.from_numpy(pictures).permute(0, 3, 1, 2)).classes == label).sum())
    asked = evaluation.summary["asked"]
    assert (asked["pictures"], asked["not_found"], asked["confidence"]) == (9, 0, 0.5)
    assert asked["share"] == pytest.approx(right / 9, abs=1e-6)
    assert asked["confusion"] == evaluation.asked.confusion.tolist()
    assert [sum(row) for row in asked["confusion"]] == [3, 3, 3]


def test_best_and_worst_are_those_of_d(evaluation, model):
    pictures, samples = model.sampler.sample(range(3, 43), [None] * 40)
    scores = [sample.real_probability * sample.class_probability for sample in samples]
    order = sorted(range(40), key=lambda row: -scores[row])
    assert evaluation.best.scores.tolist() == pytest.approx([scores[row] for row in order[:32]])
    assert evaluation.worst.scores.tolist() == pytest.approx([scores[row] for row in order[::-1][:32]])
    assert torch.equal(evaluation.best.images[0], torch.from_numpy(pictures[order[0]]).permute(2, 0, 1))


def test_the_summary_carries_its_protocol(evaluation, judge):
    summary = evaluation.summary
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    protocol = summary["protocol"]
    assert protocol["judge"] == judge.describe()
    assert protocol["pictures"].startswith("seeds 3 to 42, any class")
    assert (protocol["seed"], protocol["splits"], protocol["pairs_a_class"]) == (3, 10, 5)
    assert protocol["reference_pictures"] == 60
    assert (protocol["arithmetic"], protocol["kernel_subset_size"]) == ("fp32", 20)
    assert (protocol["precision_recall_pictures"], protocol["precision_recall_neighbours"]) == (40, 3)
    assert summary["scores"]["pictures"] == 40
    assert "real" not in summary


def test_chunks_do_not_show(evaluation, model, judge, reference, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 7)
    parts: list[Tensor] = []
    again = evaluate(model.sampler, judge, reference, SETTINGS, on_pictures=parts.append)
    assert [len(part) for part in parts] == [7, 7, 7, 7, 7, 5]
    pictures, _ = model.sampler.sample(range(3, 43), [None] * 40)
    assert torch.equal(torch.cat(parts), torch.from_numpy(pictures).permute(0, 3, 1, 2))
    assert again.summary["agreement"] == evaluation.summary["agreement"]
    assert again.summary["asked"] == evaluation.summary["asked"]
    assert again.scores.am.score == pytest.approx(evaluation.scores.am.score, rel=1e-9)
    assert torch.equal(again.best.images, evaluation.best.images)
    assert torch.equal(again.worst.images, evaluation.worst.images)


def test_a_predefined_model(judge, reference):
    model = tiny_model(labeling="predefined")
    summary = evaluate(model.sampler, judge, reference, SETTINGS).summary
    assert summary["asked"]["pictures"] == 9
    assert summary["asked"]["confidence"] is None
    assert sum(map(sum, summary["agreement"]["confusion"])) == 40


def test_a_model_without_classes(judge, reference):
    model = tiny_model(objective="gan")
    evaluation = evaluate(model.sampler, judge, reference, SETTINGS)
    assert evaluation.named is None
    assert evaluation.asked is None
    assert not {"agreement", "asked"} & set(evaluation.summary)
    assert evaluation.summary["scores"]["am_score"] > 0
    _, samples = model.sampler.sample(range(3, 43), [None] * 40)
    assert float(evaluation.best.scores[0]) == max(sample.real_probability for sample in samples)


def test_a_class_that_is_not_found_is_counted(model, judge, reference, monkeypatch):
    monkeypatch.setattr(module, "MAX_DRAWS", 1)
    asked = evaluate(model.sampler, judge, reference, SETTINGS).summary["asked"]
    assert asked["pictures"] + asked["not_found"] == 9
    assert asked["not_found"] > 0


def test_real_pictures_are_scored_alike(model, judge, reference):
    data = noisy_data(60)
    everything = EvaluationSettings(pictures=100, asked=0, pairs=5)
    real = score_real(data, judge, reference, everything)
    assert real.summary["pictures"] == 60
    assert real.summary["am_score_terms"]["divergence"] == pytest.approx(0, abs=1e-9)
    part = score_real(data, judge, reference, SETTINGS)
    assert part.summary["pictures"] == 40
    summary = evaluate(model.sampler, judge, reference, SETTINGS, part).summary
    assert summary["real"] == part.summary


def test_copies_are_looked_for_beside_real_pictures(model, judge, reference):
    training = noisy_data(60)
    real = score_real(noisy_data(20, seed=1), judge, reference, SETTINGS)
    assert "copies" not in evaluate(model.sampler, judge, reference, SETTINGS, real).summary
    evaluation = evaluate(model.sampler, judge, reference, SETTINGS, real, training)
    copies = evaluation.summary["copies"]
    assert (copies["training_pictures"], copies["held_out_pictures"], copies["expected"]) == (60, 20, 0.05)
    assert evaluation.closest.shape == (2, 10, 1, 32, 32)
    drawn, real_ones = judge.judge(evaluation.closest[0]).features, judge.judge(evaluation.closest[1]).features
    pictures, _ = model.sampler.sample(range(3, 43), [None] * 40)
    everything = judge.judge(torch.from_numpy(pictures).permute(0, 3, 1, 2)).features
    nearest = torch.cdist(everything, judge.judge(training.images).features).min(dim=1).values
    expected = nearest.sort().values[:10]
    torch.testing.assert_close((drawn - real_ones).norm(dim=1), expected, rtol=1e-3, atol=1e-3)


def test_a_judge_of_other_classes_is_refused(model, judge, reference):
    stranger = tiny_judge("cats", class_names=("cat", "dog", "cow"))
    with pytest.raises(JudgeError, match="cats knows other classes than the model") as caught:
        evaluate(model.sampler, stranger, reference, SETTINGS)
    message(caught.value)
    with pytest.raises(JudgeError, match="the data set noise"):
        score_real(noisy_data(9), stranger, reference, SETTINGS)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"pictures": 9}, "n must be"), ({"asked": -1}, "asked"), ({"pairs": 0}, "pairs"),
     ({"seed": -1}, "a seed must be"), ({"seed": 2**32}, "a seed must be")],
)  # fmt: skip
def test_settings_that_cannot_be(change, said):
    with pytest.raises(RequestError, match=said) as caught:
        EvaluationSettings(**change).check()
    message(caught.value)


def test_classes_have_the_models_names(evaluation):
    assert list(evaluation.summary["scores"]["classes"]) == list(NAMES)
    assert list(evaluation.summary["agreement"]["classes"]) == list(NAMES)
