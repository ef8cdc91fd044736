"""The numbers of metrics.json in a card's model-index: those and no others."""

from __future__ import annotations

import math

import pytest
from huggingface_hub import ModelCard

from amgan.errors import ReleaseError
from amgan.hub.card import model_card
from amgan.hub.card_metrics import RESULTS_OF, data_id_of, eval_results
from tests.hub.test_card import EVALUATION, LABELING, METRICS, ON_THE_HUB, TRAINING
from tests.models import message, tiny_config

HUB_TRAINING = TRAINING | ON_THE_HUB


def test_the_front_matter_holds_what_was_measured_and_reads_back():
    card = ModelCard(str(model_card(tiny_config(), METRICS | {"training": HUB_TRAINING})))
    results = card.data.eval_results
    assert card.data.model_name == "am-gan with dynamic labeling"
    assert {(r.task_type, r.dataset_name, r.dataset_type) for r in results} == {
        ("unconditional-image-generation", "shoes", "user/shoes")
    }
    assert [(r.metric_type, r.metric_value) for r in results] == [
        ("share", 0.9), ("share", 0.32), ("inception_score", 8.5), ("am_score", 0.375), ("am_score_divergence", 0.125),
        ("am_score_entropy", 0.25), ("mode_score", 8.25), ("frechet_distance", 30.5), ("kernel_distance", 0.5),
        ("precision", 0.75), ("recall", 0.5), ("agreement_accuracy", 0.875), ("asked_accuracy", 0.9375),
    ]  # fmt: skip
    assert "at least 50%" in results[0].metric_name
    assert results[3].metric_name == "AM Score"


def test_a_data_set_that_is_not_of_the_hub_is_named_by_its_name():
    result = eval_results({"training": TRAINING, "evaluation": EVALUATION}, "evaluation")[0]
    assert (result.dataset_name, result.dataset_type) == ("shoes", "shoes")


@pytest.mark.parametrize("section", sorted(RESULTS_OF))
def test_nothing_is_claimed_without_a_measurement_or_of_unknown_data(section):
    assert eval_results({"training": TRAINING}, section) == []
    assert eval_results({section: METRICS[section]}, section) == []
    card = model_card(tiny_config(), {"training": TRAINING})
    assert card.data.get("eval_results") is None
    assert "model-index" not in str(card)


@pytest.mark.parametrize("value", [math.nan, math.inf, True, "0.9", [0.9]])
def test_what_is_no_number_is_one_line(value):
    metrics = {"training": TRAINING, "labeling": LABELING | {"kept_at_confidence": {"0.5": value}}}
    with pytest.raises(ReleaseError, match="section 'labeling'") as caught:
        model_card(tiny_config(), metrics)
    message(caught.value)


@pytest.mark.parametrize("data_id", [None, 7, "", "shoes", "a/b/c", "../b", "a/b\n", "a/" + "b" * 300, "a b/c"])
def test_what_is_no_id_of_the_hub_is_not_one(data_id):
    assert data_id_of({"training": TRAINING | {"data_id": data_id}}) is None
    assert data_id_of({}) is None
