"""A name is a picture: the same bytes whatever is asked beside it."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.bounds import MAX_TRUNCATION, check_truncation
from amgan.errors import ClassSearchError, RequestError
from amgan.release.seed_index import SeedIndex
from amgan.sampling.latents import class_of_seed, latent_at
from amgan.sampling.rendering import Renderer
from tests.models import NAMES, draws, message, opinion, tiny_model

BF16 = "bf16"
ROUNDING = 2e-3
"""Of a tiny D whose logits are scaled up a thousandfold."""
HUGE = pytest.param(10**5000, id="5000 digits")
SEEDS = st.integers(0, 40)
LABELS = st.sampled_from([None, 0, 1, 2, *NAMES])


@pytest.fixture(scope="module")
def dynamic():
    return tiny_model(index_seeds=16)


@pytest.fixture(scope="module")
def predefined():
    return tiny_model(labeling="predefined")


@pytest.fixture(scope="module", params=["dynamic", "predefined"])
def model(request):
    return request.getfixturevalue(request.param)


@settings(max_examples=15)
@given(st.lists(st.tuples(SEEDS, LABELS), min_size=1, max_size=24), st.data())
def test_a_picture_does_not_depend_on_its_neighbours(model, names, data):
    seeds, labels = [list(column) for column in zip(*names)]
    together = model.sample(labels=labels, seeds=seeds)
    order = data.draw(st.permutations(range(len(names))))
    shuffled = model.sample(labels=[labels[i] for i in order], seeds=[seeds[i] for i in order])
    assert np.array_equal(shuffled, together[order])
    cut = data.draw(st.integers(0, len(names)))
    parts = [model.sample(labels=labels[:cut], seeds=seeds[:cut]), model.sample(labels=labels[cut:], seeds=seeds[cut:])]
    assert np.array_equal(np.concatenate(parts), together)
    assert np.array_equal(model.sample(labels=labels[:1], seeds=seeds[:1])[0], together[0])


def test_a_large_batch_holds_the_pictures_of_small_ones(model):
    large = model.sample(seeds=range(70))
    for start, stop in [(0, 1), (1, 6), (6, 24), (24, 70)]:
        assert np.array_equal(model.sample(seeds=range(start, stop)), large[start:stop])


def test_two_loads_of_a_release_draw_the_same(model, tmp_path):
    model.save_pretrained(tmp_path)
    one, other = (type(model).from_pretrained(tmp_path, precision="fp32") for _ in range(2))
    labels = [None, 0, "Bag", 2] * 5
    expected = model.sample(labels=labels, seeds=range(20))
    assert np.array_equal(one.sample(labels=labels, seeds=range(20)), expected)
    assert np.array_equal(other.sample(labels=labels, seeds=range(20)), expected)


def test_labels_as_names_numbers_and_mixed(model):
    expected = model.sample(labels=[0, 1, 2], seeds=[3, 4, 5])
    for labels in [list(NAMES), ("Sneaker", 1, "Ankle boot"), ["sneaker", " BAG ", 2], np.array([0, 1, 2])]:
        assert np.array_equal(model.sample(labels=labels, seeds=[3, 4, 5]), expected)


def test_one_label_for_all_and_one_seed(model):
    expected = model.sample(labels=["Sneaker"] * 3, seeds=[3, 4, 5])
    for label in ["Sneaker", 0, np.int64(0), np.str_("Sneaker")]:
        assert np.array_equal(model.sample(labels=label, seeds=[3, 4, 5]), expected)
    assert np.array_equal(model.sample(labels="Sneaker", seeds=3), expected[:1])
    assert model.sample(labels="Sneaker").shape == (1, 32, 32, 1)
    assert np.array_equal(
        model.sample(labels=["Sneaker", "Bag"]), model.sample(labels=["Sneaker", "Bag"], seeds=[0, 1])
    )
    assert np.array_equal(model.sample(), model.sample(seeds=[0]))


@pytest.mark.parametrize("seeds", [np.arange(3), torch.arange(3), range(3), (0, np.uint32(1), np.int8(2))])
def test_seeds_of_any_integer_kind(model, seeds):
    assert np.array_equal(model.sample(seeds=seeds), model.sample(seeds=[0, 1, 2]))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("labels", [None, [], "Bag"])
def test_no_pictures_are_an_empty_array_of_the_right_shape(channels, labeling, labels):
    empty = tiny_model(labeling=labeling, channels=channels).sample(labels=labels, seeds=[])
    assert empty.shape == (0, 32, 32, channels)
    assert empty.dtype == np.uint8


def test_seeds_and_classes_show_in_the_pictures(predefined, dynamic):
    assert len({picture.tobytes() for picture in dynamic.sample(seeds=range(20))}) == 20
    assert len({picture.tobytes() for picture in predefined.sample(labels=[0, 1, 2], seeds=[5] * 3)}) == 3


def test_truncation_scales_the_latent(model):
    pictures = model.sample(labels=None, seeds=[6], truncation=0.25)
    classes = model.sampler.one_hot([class_of_seed(6, 3)]) if model.config.is_predefined else None
    expected = model.sampler.renderer.render(latent_at(6, 0, 5)[None] * 0.25, classes)
    assert np.array_equal(pictures, expected.numpy())
    assert not np.array_equal(pictures, model.sample(seeds=[6]))


def test_a_whole_truncation_is_the_same_name(model):
    one, other = (model.sampler.sample([1], [0], truncation)[1] for truncation in (1, 1.0))
    assert one == other
    assert isinstance(one[0].truncation, float)


def test_predefined_any_class_is_drawn_from_the_seed(predefined):
    _, samples = predefined.sampler.sample(range(60), [None] * 60)
    assert [sample.label for sample in samples] == [class_of_seed(seed, 3) for seed in range(60)]
    assert {sample.label for sample in samples} == {0, 1, 2}
    named, _ = predefined.sampler.sample(range(60), [sample.label for sample in samples])
    assert np.array_equal(predefined.sample(seeds=range(60)), named)


def test_predefined_pictures_are_draw_0(predefined):
    _, samples = predefined.sampler.sample([7, 7, 8], [0, None, 2])
    assert [sample.draw for sample in samples] == [0, 0, 0]


def test_any_class_of_a_dynamic_model_is_draw_0_and_named_by_d(dynamic):
    pictures, samples = dynamic.sampler.sample(range(30), [None] * 30)
    assert {sample.draw for sample in samples} == {0}
    plain = opinion(dynamic, pictures)
    shown = [sample.class_probability for sample in samples]
    assert shown == pytest.approx(plain[range(30), [sample.label for sample in samples]].tolist(), abs=ROUNDING)
    assert shown == pytest.approx(plain.max(dim=1).values.tolist(), abs=ROUNDING)
    assert {sample.label for sample in samples} == {0, 1, 2}
    assert all(0 < sample.real_probability < 1 for sample in samples)


@pytest.mark.parametrize("precision", ["fp32", BF16])
@pytest.mark.parametrize("confidence", [None, 0.0, 0.9])
@pytest.mark.parametrize("truncation", [1.0, 0.8, 1.3])
def test_d_names_the_class_that_was_asked(dynamic, precision, confidence, truncation):
    # Seeds 0-15 are in the index, the others are searched.
    sampler = type(dynamic.sampler)(
        dynamic.config,
        Renderer(dynamic.generator, dynamic.discriminator, dynamic.config, precision),
        dynamic.seed_index,
    )
    seeds, labels = [*range(30)] * 3, [0] * 30 + [1] * 30 + [2] * 30
    pictures, samples = sampler.sample(seeds, labels, truncation, confidence)
    threshold = dynamic.config.confidence if confidence is None else confidence
    probability, classes = sampler.renderer.judge(torch.from_numpy(pictures)).class_probabilities.max(dim=1)
    assert classes.tolist() == labels
    assert float(probability.min()) >= threshold
    # The plain net rounds otherwise than the renderer's matrix products.
    plain = opinion(dynamic, pictures)
    assert float((plain[range(90), labels] - plain.max(dim=1).values).min()) > -ROUNDING
    assert float(plain.max(dim=1).values.min()) > threshold - ROUNDING
    assert [sample.label for sample in samples] == [sample.asked for sample in samples] == labels
    assert [sample.class_probability for sample in samples] == probability.tolist()


def test_faster_arithmetic_that_fails_the_promise_is_drawn_again():
    # Asked for the very confidence that D has in the fp32 picture, a bf16 picture that D likes less breaks the promise.
    model = tiny_model(precision=BF16)
    sampler = model.sampler
    latents = sampler.latents(range(40), [0] * 40)
    fast, exact = (sampler.renderer.render(latents, precision=kind) for kind in (BF16, "fp32"))
    probability, classes = sampler.renderer.judge(exact).class_probabilities.max(dim=1)
    likes_fast = sampler.renderer.judge(fast).class_probabilities[range(40), classes]
    broken = [seed for seed in range(40) if likes_fast[seed] < probability[seed]]
    assert broken
    for seed in broken[:4]:
        label, confidence = int(classes[seed]), float(probability[seed])
        assert draws(sampler, [seed], [label], confidence=confidence) == [0]
        kept = [other for other in range(40) if classes[other] == label and likes_fast[other] > confidence]
        pictures, samples = sampler.sample([seed, *kept], [label] * (1 + len(kept)), confidence=confidence)
        assert np.array_equal(pictures[0], exact[seed].numpy())
        assert samples[0].class_probability == confidence
        rows = [row for row, sample in enumerate(samples[1:]) if sample.draw == 0]
        assert np.array_equal(pictures[1:][rows], fast[[kept[row] for row in rows]].numpy())
        assert np.array_equal(model.sample(label, seed, confidence=confidence), pictures[:1])


def test_seed_and_draw_give_the_picture_without_a_search(dynamic):
    pictures, samples = dynamic.sampler.sample([3, 30, 31], [0, 1, 2], truncation=0.9)
    latents = torch.stack([latent_at(sample.seed, sample.draw, 5) for sample in samples]) * 0.9
    assert np.array_equal(dynamic.sampler.renderer.render(latents).numpy(), pictures)


def test_the_index_is_read_for_its_own_confidence_and_truncation_only(dynamic):
    # An index that tells lies shows where it is looked at.
    sampler = type(dynamic.sampler)(
        dynamic.config, dynamic.sampler.renderer, SeedIndex(torch.full((4, 3), 77, dtype=torch.int32))
    )
    assert draws(sampler, [0, 3], [1, 2]) == [77, 77]
    assert draws(sampler, [0, 3], [1, None], confidence=0.5) == [77, 0]
    assert draws(sampler, [0], [1], truncation=1) == [77]
    assert 77 not in draws(sampler, [4, 5], [1, 2])
    assert 77 not in draws(sampler, [0, 3], [1, 2], confidence=0.51)
    assert 77 not in draws(sampler, [0, 3], [1, 2], truncation=0.99)


def test_a_class_that_is_not_found_is_one_line(dynamic):
    sampler = type(dynamic.sampler)(
        dynamic.config, dynamic.sampler.renderer, SeedIndex(torch.full((1, 3), -1, dtype=torch.int32))
    )
    with pytest.raises(ClassSearchError, match="no 'Bag' from seed 0 in 600 tries: .*0.5") as caught:
        sampler.sample([0], ["Bag"])
    message(caught.value)
    with pytest.raises(ClassSearchError, match="seed 9"):
        dynamic.sample(labels="Bag", seeds=[9], confidence=0.9999999)


@pytest.mark.parametrize("objective", ["gan"])
def test_without_a_classifier_a_dynamic_model_has_no_classes(objective):
    model = tiny_model(objective=objective)
    assert model.sample(seeds=[1, 2]).shape == (2, 32, 32, 1)
    with pytest.raises(RequestError, match="knows no classes") as caught:
        model.sample(labels=[None, "Bag"], seeds=[1, 2])
    message(caught.value)
    assert tiny_model(objective=objective, labeling="predefined").sample(labels="Bag", seeds=[1]).shape[0] == 1


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, True, "abc", "7", None, HUGE, np.array([1, 2]), float("nan"), []])
def test_bad_seeds(model, seed):
    with pytest.raises(RequestError) as caught:
        model.sample(seeds=[seed])
    assert "seed must be a whole number from 0 to 4294967295" in message(caught.value)


@pytest.mark.parametrize("seeds", [1.5, "abc", True, -1, 2**32, object()])
def test_what_is_no_list_of_seeds(model, seeds):
    with pytest.raises(RequestError) as caught:
        model.sample(seeds=seeds)
    message(caught.value)


@pytest.mark.parametrize("label", [-1, 3, HUGE, True, 1.0, "Boat", "", "S", b"Bag", object(), np.array([0, 1])])
def test_bad_labels(model, label):
    with pytest.raises(RequestError) as caught:
        model.sample(labels=[label], seeds=[1])
    assert "this model has" in message(caught.value)


@pytest.mark.parametrize("labels", [1.5, object(), float("nan"), True])
def test_what_is_no_list_of_labels(model, labels):
    with pytest.raises(RequestError) as caught:
        model.sample(labels=labels, seeds=[1])
    message(caught.value)


def test_names_that_differ_only_in_case_are_told_apart():
    model = tiny_model(class_names=("bag", "Bag", "hat"), labeling="predefined")
    assert [model.sampler.label_number(name) for name in ("bag", "Bag", "HAT")] == [0, 1, 2]
    with pytest.raises(RequestError, match="class 'BAG' may be 'bag' or 'Bag'"):
        model.sampler.label_number("BAG")


def test_lengths_that_do_not_pair_up(model):
    with pytest.raises(RequestError, match="2 seeds and 3 labels do not pair up"):
        model.sample(labels=[0, 1, 2], seeds=[1, 2])
    with pytest.raises(RequestError, match="do not pair up"):
        model.sample(labels=[0], seeds=[1, 2])


@pytest.mark.parametrize(
    "truncation", [0, -1, float("nan"), float("inf"), 3, True, "1", None, 10**400, -0.0, 2.0000001]
)
def test_bad_truncation(model, truncation):
    with pytest.raises(RequestError) as caught:
        model.sample(seeds=[1], truncation=truncation)
    assert "truncation must be a number above 0, at most 2" in message(caught.value)


@given(st.floats())
def test_truncations_are_those_above_0_and_up_to_2(truncation):
    if 0 < truncation <= MAX_TRUNCATION:
        check_truncation(truncation)
    else:
        with pytest.raises(RequestError):
            check_truncation(truncation)


@pytest.mark.parametrize("confidence", [1, 1.0, -0.1, float("nan"), float("inf"), True, "0.5", 10**400])
@pytest.mark.parametrize("label", [None, "Bag"])
def test_bad_confidence(model, confidence, label):
    # With or without a class asked, and for predefined models too: a wrong value never passes in silence.
    with pytest.raises(RequestError) as caught:
        model.sample(labels=label, seeds=[1], confidence=confidence)
    assert "confidence must be a number from 0 to below 1" in message(caught.value)


@pytest.mark.parametrize(("typed", "meant"), [("Sneker", "Sneaker"), ("T-shirt/top", "T - shirt / top")])
def test_a_mistyped_class_is_answered_with_the_nearest(typed, meant):
    model = tiny_model(class_names=["Sneaker", "T - shirt / top", "Bag"])
    with pytest.raises(RequestError, match=re.escape(f"no class {typed!r}; did you mean {meant!r}?")):
        model.sample(labels=typed)
