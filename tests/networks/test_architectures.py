"""What holds of the nets of every architecture, and of a discriminator of several heads."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from amgan.networks.config import ModelConfig
from amgan.networks.objectives import (
    OBJECTIVES,
    Logits,
    discriminator_loss,
    dynamic_targets,
    generator_loss,
    mean_of_heads,
)
from amgan.sampling.rendering import Renderer
from tests.random_nets import inputs_of, random_nets


@pytest.fixture(params=["dynamic", "predefined"])
def config(request, architecture):
    return ModelConfig(
        ("a", "b", "c"), labeling=request.param, channels=1, latent_dim=7, generator_width=5, discriminator_width=3,
        architecture=architecture,
    )  # fmt: skip


def images_of(config: ModelConfig, count: int = 6) -> torch.Tensor:
    return torch.rand(count, config.channels, config.image_size, config.image_size) * 2 - 1


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_shapes_and_gradients(architecture, objective):
    config = ModelConfig(("a", "b", "c"), objective=objective, latent_dim=5, generator_width=4, discriminator_width=4,
                         architecture=architecture)  # fmt: skip
    generator, discriminator = config.nets.generator(config), config.nets.discriminator(config)
    pictures = generator(torch.randn(6, 5))
    assert pictures.shape == (6, 3, 32, 32)
    assert pictures.abs().max() <= 1
    answer = discriminator.answer(pictures)
    assert answer.shape == (6, 3 + OBJECTIVES[objective].separate_real_logit)
    answer.square().sum().backward()
    for net, learning in ((generator, generator.parameters()), (discriminator, discriminator.learning)):
        assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in learning), net


@torch.no_grad()
def test_both_ways_to_draw_and_to_judge_are_the_nets_in_eval_mode(config):
    generator, discriminator = (net.eval() for net in random_nets(config))
    latents, classes = inputs_of(config, 5)
    rows = latents if classes is None else torch.cat([latents, classes], dim=1)
    drawn = config.nets.drawing(generator, torch.float32)(rows)
    torch.testing.assert_close(drawn, generator(latents, classes), rtol=0, atol=2e-5)
    fast = config.nets.drawing(generator, torch.bfloat16)(rows)
    assert fast.dtype == torch.float32
    assert 0 < (fast - drawn).abs().mean() < 0.02
    images = images_of(config)
    judged = config.nets.judging(discriminator)(images)
    torch.testing.assert_close(judged, discriminator.answer(images), rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_the_answer_is_linear_in_what_d_sees_last(config):
    _, discriminator = random_nets(config)
    images = images_of(config, 60)
    seen = discriminator.eval().embed(images)
    assert seen.dim() == 2
    assert seen.shape[0] == len(images)
    assert 0 < seen.shape[1] < len(images) - 1
    assert seen.std(dim=0).max() > 0
    # Of each picture by itself.
    torch.testing.assert_close(discriminator.embed(images[[7, 3]]), seen[[7, 3]], rtol=1e-4, atol=1e-5)
    rows = torch.cat([seen, torch.ones(len(seen), 1)], dim=1).double()
    answer = discriminator.answer(images).double()
    weights = torch.linalg.lstsq(rows, answer, driver="gelsd").solution
    torch.testing.assert_close(rows @ weights, answer, rtol=0, atol=1e-4)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_bytes_and_answers_are_the_same_in_any_batch(config, precision):
    renderer = Renderer(*random_nets(config), config, precision)
    latents, classes = inputs_of(config, 40)
    whole = renderer.render(latents, classes)
    judged = renderer.judge(whole)
    for rows in ([3], [39, 0, 17], list(range(5, 31))):
        part = renderer.render(latents[rows], None if classes is None else classes[rows])
        assert torch.equal(part, whole[rows])
        again = renderer.judge(part)
        assert torch.equal(again.class_probabilities, judged.class_probabilities[rows])
        assert torch.equal(again.real_probability, judged.real_probability[rows])


def test_nothing_is_drawn_or_opened_where_a_release_brings_the_weights(config):
    before = torch.get_rng_state()
    with torch.device("meta"):
        nets = config.nets.generator(config), config.nets.discriminator(config)
    assert all(tensor.is_meta for net in nets for tensor in net.state_dict().values())
    assert torch.equal(torch.get_rng_state(), before)
    for bare, built in zip(nets, (config.nets.generator(config), config.nets.discriminator(config))):
        bare.load_state_dict(built.state_dict(), assign=True)
        assert not any(tensor.is_meta for tensor in (*bare.parameters(), *bare.buffers()))


@torch.no_grad()
def test_the_first_layer_is_of_each_row_alone_and_takes_all_of_the_latent(config):
    generator = random_nets(config)[0].eval()
    latents, classes = inputs_of(config, 5)
    whole = config.nets.first_layer(generator, latents, classes)
    assert (whole.dim(), len(whole), whole.dtype) == (2, 5, torch.float32)
    alone = config.nets.first_layer(generator, latents[3:4], None if classes is None else classes[3:4])
    torch.testing.assert_close(alone, whole[3:4])
    moved = latents + torch.eye(config.latent_dim)[:5]
    assert ((config.nets.first_layer(generator, moved, classes) - whole).abs().sum(dim=1) > 0).all()


def test_what_belongs_to_classes_is_named(config):
    more = ModelConfig(**{**vars(config), "class_names": ("a", "b", "c", "d")})
    for build, belongs in (
        (config.nets.generator, lambda name: name == config.nets.class_input and config.is_predefined),
        (config.nets.discriminator, lambda name: name.startswith(config.nets.class_layers)),
    ):
        few, many = build(config).state_dict(), build(more).state_dict()
        assert few.keys() == many.keys()
        assert {name for name in few if few[name].shape != many[name].shape} == set(filter(belongs, few))


def test_what_does_not_learn_gets_no_gradient_while_g_learns(config):
    _, discriminator = random_nets(config)
    kept = nn.Parameter(torch.zeros(1), requires_grad=False)
    discriminator.register_parameter("kept", kept)
    assert all(parameter is not kept for parameter in discriminator.learning)
    with discriminator.frozen():
        assert discriminator.learning == []
        images = images_of(config).requires_grad_()
        discriminator.answer(images).sum().backward()
        assert images.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in discriminator.parameters())
    assert {id(parameter) for parameter in discriminator.learning} == (
        {id(parameter) for parameter in discriminator.parameters()} - {id(kept)}
    )


# Several heads.


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_each_head_has_the_whole_loss(objective):
    row = OBJECTIVES[objective]
    torch.manual_seed(0)
    outputs = torch.randn(2, 3, 8, 4 + row.separate_real_logit)
    labels, targets = torch.randint(4, (2, 8))
    real, fake = (Logits.split(output, row) for output in outputs)
    alone = [[Logits.split(head, row) for head in output] for output in outputs]
    expected = sum(discriminator_loss(row, one, labels, other, targets) for one, other in zip(*alone)) / 3
    torch.testing.assert_close(discriminator_loss(row, real, labels, fake, targets), expected)
    expected = sum(generator_loss(row, head, targets) for head in alone[1]) / 3
    torch.testing.assert_close(generator_loss(row, fake, targets), expected)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_answer_is_the_mean_of_the_heads_logits(objective):
    """Geometric means: of the class probabilities, and of the odds of "real" where a unit of its own says them."""
    row = OBJECTIVES[objective]
    torch.manual_seed(0)
    output = torch.randn(3, 8, 4 + row.separate_real_logit, dtype=torch.float64) * 3
    heads, answer = Logits.split(output, row), Logits.split(mean_of_heads(output), row)
    geometric = heads.classes.softmax(dim=-1).log().mean(dim=0).exp()
    same = geometric / geometric.sum(dim=1, keepdim=True)
    torch.testing.assert_close(answer.classes.softmax(dim=1), same)
    assert torch.equal(dynamic_targets(heads), same.argmax(dim=1))
    odds = heads.real.exp().log().mean(dim=0).exp()
    if row.separate_real_logit:
        torch.testing.assert_close(answer.real.exp(), odds)
    else:
        assert (answer.real.exp() <= odds * (1 + 1e-5)).all()  # log-sum-exp is convex


def test_one_head_answers_for_itself():
    output = torch.randn(5, 4)
    assert mean_of_heads(output) is output
