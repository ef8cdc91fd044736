from __future__ import annotations

import copy
import platform
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.errors import RequestError
from amgan.networks.config import ModelConfig
from amgan.networks.objectives import OBJECTIVES, Logits
from amgan.sampling.rendering import CPU_BATCH_SIZES, FixedBatches, Renderer
from tests.random_nets import inputs_of, random_nets


def a_config(**changes) -> ModelConfig:
    names = ("a", "b", "c")
    return ModelConfig(
        **{"class_names": names, "latent_dim": 7, "generator_width": 5, "discriminator_width": 3} | changes
    )


@cache
def a_renderer(precision="fp32", **changes) -> Renderer:
    config = a_config(**changes)
    return Renderer(*random_nets(config), config, precision)


# Fixed batches: what is run, and what counts as proven.


@given(st.integers(0, 100))
def test_only_fixed_sizes_are_run_and_every_row_comes_back(count):
    seen = []

    def triple(rows):
        seen.append(len(rows))
        return rows * 3

    batches = FixedBatches(triple, torch.randn(16, 2), (1, 4, 16))
    assert batches.sizes == (1, 4, 16)
    seen.clear()
    rows = torch.randn(count, 2)
    assert torch.equal(batches(rows), rows * 3)
    assert set(seen) <= {1, 4, 16}
    assert sum(seen) <= max(1, 4 * count / 3)


def test_a_size_with_other_bits_is_left_out():
    def uneven(rows):
        return rows + (1e-7 if len(rows) == 4 else 0)

    batches = FixedBatches(uneven, torch.randn(16, 2), (1, 4, 16))
    assert batches.sizes == (1, 16)


def test_where_no_small_size_is_proven_requests_are_padded():
    seen = []

    def by_size(rows):
        seen.append(len(rows))
        return rows * 2 + 1e-6 * len(rows)

    batches = FixedBatches(by_size, torch.randn(16, 2), (1, 4, 16))
    assert batches.sizes == (16,)
    seen.clear()
    rows = torch.randn(18, 2)
    assert torch.equal(batches(rows), rows * 2 + 1e-6 * 16)
    assert seen == [16, 16]


def test_where_the_place_in_the_batch_shows_each_row_is_run_alone():
    def by_place(rows):
        return rows + torch.arange(len(rows))[:, None] * 1e-6

    batches = FixedBatches(by_place, torch.randn(16, 2), (1, 4, 16))
    assert batches.sizes == (1,)
    rows = torch.randn(5, 2)
    assert torch.equal(batches(rows), rows)


# Pictures.

MODELS = [
    {},
    {"labeling": "predefined", "channels": 1, "class_names": tuple(map(str, range(200)))},
    {"image_size": 64, "labeling": "predefined", "class_names": ("a", "b")},
]


@pytest.mark.parametrize("changes", MODELS)
@torch.no_grad()
def test_pictures_are_the_quantised_output_of_g_in_eval_mode(changes):
    config = a_config(**changes)
    generator, discriminator = random_nets(config)
    latents, classes = inputs_of(config, 5)
    pictures = Renderer(generator.train(), discriminator.train(), config, "fp32").render(latents, classes)
    expected = (generator.eval()(latents, classes).double() + 1) * 127.5
    assert pictures.dtype == torch.uint8
    assert pictures.shape == (5, config.image_size, config.image_size, config.channels)
    # Nearest grey level; at a tie a rounding error of G decides.
    assert (pictures.permute(0, 3, 1, 2) - expected).abs().max() < 0.502
    assert pictures.double().std() > 10


@settings(max_examples=15)
@given(st.data())
def test_bytes_are_the_same_in_any_batch_and_order(data):
    changes = data.draw(st.sampled_from(MODELS))
    precision = data.draw(st.sampled_from(["fp32", "bf16"]))
    renderer = a_renderer(precision, **changes)
    latents, classes = inputs_of(renderer.config, 40)
    whole = renderer.render(latents, classes)
    chosen = data.draw(st.lists(st.integers(0, 39), max_size=40))
    cut = data.draw(st.integers(0, len(chosen)))
    for rows in (chosen[:cut], chosen[cut:]):
        part = renderer.render(latents[rows], None if classes is None else classes[rows])
        assert torch.equal(part, whole[rows])
        judged, all_judged = renderer.judge(part), renderer.judge(whole)
        assert torch.equal(judged.class_probabilities, all_judged.class_probabilities[rows])
        assert torch.equal(judged.real_probability, all_judged.real_probability[rows])


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the sums of other CPUs were not looked at")
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("classes", [3, 10])
def test_all_fixed_sizes_are_proven_on_this_machine(channels, classes):
    """If this fails the bytes still hold, but one picture costs a whole batch, or a batch is judged one by one."""
    renderer = a_renderer(channels=channels, class_names=tuple(map(str, range(classes))))
    assert renderer._batches("fp32").sizes == CPU_BATCH_SIZES
    assert renderer._judging.sizes == CPU_BATCH_SIZES


def test_bf16_stays_close_to_fp32():
    config = a_config(generator_width=32)
    renderer = Renderer(*random_nets(config), config, "fp32")
    latents, _ = inputs_of(config, 16)
    exact, fast = renderer.render(latents), renderer.render(latents, precision="bf16")
    assert not torch.equal(exact, fast)
    assert (exact.int() - fast.int()).abs().float().mean() < 0.5


def test_a_call_may_ask_for_another_precision():
    assert a_renderer("bf16").precision == "bf16"
    latents, _ = inputs_of(a_config(), 3)
    assert torch.equal(a_renderer("bf16").render(latents, precision="fp32"), a_renderer("fp32").render(latents))


def test_auto_is_what_the_device_does_fast(monkeypatch):
    config = a_config()
    for fast, precision in ((True, "bf16"), (False, "fp32")):
        monkeypatch.setattr("amgan.sampling.rendering.has_fast_bf16", lambda device, fast=fast: fast)
        assert Renderer(*random_nets(config), config, "auto").precision == precision


def test_a_copy_on_another_device_keeps_the_arithmetic(monkeypatch):
    # Whoever draws with the copy looks at the original to know it.
    monkeypatch.setattr("amgan.sampling.rendering.has_fast_bf16", lambda device: True)
    renderer = Renderer(*random_nets(a_config()), a_config(), "auto")
    monkeypatch.setattr("amgan.sampling.rendering.has_fast_bf16", lambda device: False)
    assert renderer.on(torch.device("cpu")).precision == renderer.precision == "bf16"


@pytest.mark.parametrize("changes", MODELS)
def test_no_latents_give_no_pictures(changes):
    renderer = a_renderer(**changes)
    config = renderer.config
    pictures = renderer.render(*inputs_of(config, 0))
    assert pictures.shape == (0, config.image_size, config.image_size, config.channels)
    assert pictures.dtype == torch.uint8
    judgement = renderer.judge(pictures)
    assert judgement.class_probabilities.shape == (0, config.num_classes)
    assert judgement.real_probability.shape == (0,)


# Judgement.


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
@torch.no_grad()
def test_judgement_is_softmax_and_sigmoid_of_d_in_eval_mode(objective):
    config = a_config(objective=objective)
    generator, discriminator = random_nets(config)
    pictures = torch.randint(0, 256, (6, 32, 32, 3), dtype=torch.uint8)
    judgement = Renderer(generator, discriminator.train(), config).judge(pictures)
    logits = Logits.split(discriminator.eval()(pictures.permute(0, 3, 1, 2) / 127.5 - 1), OBJECTIVES[objective])
    classes, real = logits.classes.softmax(dim=1).double(), logits.real.sigmoid().double()
    torch.testing.assert_close(judgement.class_probabilities, classes, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(judgement.real_probability, real, rtol=1e-4, atol=1e-6)
    assert judgement.real_probability.unique().numel() == 6


def test_a_judgement_alone_is_the_judgement_in_a_batch():
    # Many pictures: the last bit of one in some hundreds is where vector and scalar functions differ.
    renderer = a_renderer()
    pictures = torch.randint(0, 256, (256, 32, 32, 3), dtype=torch.uint8)
    whole = renderer.judge(pictures)
    alone = [renderer.judge(picture[None]) for picture in pictures]
    assert torch.equal(torch.cat([one.real_probability for one in alone]), whole.real_probability)
    assert torch.equal(torch.cat([one.class_probabilities for one in alone]), whole.class_probabilities)


def test_a_net_too_large_for_its_arithmetic_gives_numbers_all_the_same():
    """Each of its weights is finite, so that such a model of a stranger's opens."""
    config = a_config()
    generator, discriminator = random_nets(config)
    for weights in discriminator.parameters():
        weights.data.fill_(1e38)
    judged = Renderer(generator, discriminator, config).judge(torch.full((3, 32, 32, 3), 9, dtype=torch.uint8))
    assert judged.class_probabilities.isfinite().all()
    assert judged.real_probability.isfinite().all()


def test_results_may_be_written_to():
    # As tensors made in inference mode may not.
    renderer = a_renderer()
    pictures = renderer.render(inputs_of(renderer.config, 2)[0])
    pictures[0] = 0
    renderer.judge(pictures).class_probabilities.mul_(2)
    assert not pictures[0].any()


# The nets stay the caller's.


def test_the_nets_are_neither_changed_nor_followed():
    config = a_config()
    nets = random_nets(config)
    before = [copy.deepcopy(net.state_dict()) for net in nets]
    renderer = Renderer(*nets, config, "fp32")
    latents, _ = inputs_of(config, 3)
    pictures = renderer.render(latents)
    judgement = renderer.judge(pictures)
    for net, state in zip(nets, before):
        assert net.training
        assert all(parameter.requires_grad for parameter in net.parameters())
        assert all(torch.equal(tensor, state[name]) for name, tensor in net.state_dict().items())
    with torch.no_grad():
        for net in nets:
            for tensor in net.parameters():
                tensor.zero_()
    assert torch.equal(renderer.render(latents), pictures)
    assert torch.equal(renderer.judge(pictures).class_probabilities, judgement.class_probabilities)
    # Nets for another precision are built later, from the same weights.
    assert renderer.render(latents, precision="bf16").float().std() > 10


# Refusals.


@pytest.mark.parametrize(
    ("changes", "latents", "classes", "words"),
    [
        ({}, (2, 8), None, "latents must be"),
        ({}, (7,), None, "latents must be"),
        ({}, (2, 7), (2, 3), "takes no classes"),
        ({"labeling": "predefined"}, (2, 7), None, "not none"),
        ({"labeling": "predefined"}, (2, 7), (1, 3), "class weights must be"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(changes, latents, classes, words):
    with pytest.raises(RequestError, match=words):
        a_renderer(**changes).render(torch.zeros(latents), None if classes is None else torch.zeros(classes))


def test_an_unknown_precision_is_refused():
    with pytest.raises(RequestError, match="fp16"):
        Renderer(*random_nets(a_config()), a_config(), "fp16")
    with pytest.raises(RequestError, match="fp16"):
        a_renderer().render(torch.zeros(1, 7), precision="fp16")


@pytest.mark.parametrize("pictures", [torch.zeros(1, 32, 32, 3), torch.zeros(1, 3, 32, 32, dtype=torch.uint8)])
def test_pictures_of_another_kind_are_refused(pictures):
    with pytest.raises(RequestError, match="pictures must be uint8"):
        a_renderer().judge(pictures)
