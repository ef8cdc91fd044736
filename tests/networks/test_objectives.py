"""The losses against the paper: its identities, a direct softmax over K+1 classes in double, and autograd."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from amgan.networks.objectives import (
    OBJECTIVES,
    UNLABELLED,
    Logits,
    Objective,
    class_cross_entropy,
    discriminator_loss,
    dynamic_targets,
    generator_loss,
    uniform_cross_entropy,
)

ONE_SOFTMAX = [name for name, objective in OBJECTIVES.items() if not objective.separate_real_logit]
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


@st.composite
def batches(draw: st.DrawFn, spread: float = 8.0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Class logits (N, K) and real logits (N,) in double, labels (N,) and targets (N,)."""
    rows, classes = draw(st.integers(1, 6)), draw(st.integers(2, 7))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**32 - 1)))
    # What the package sees is fp32, so the reference starts from fp32 numbers as well.
    scale = draw(st.floats(0.01, spread))
    logits = (torch.randn(rows, classes, generator=generator) * scale).double()
    real = (torch.randn(rows, generator=generator) * scale).double()
    labels = torch.randint(classes, (rows,), generator=generator)
    targets = torch.randint(classes, (rows,), generator=generator)
    return logits, real, labels, targets


def log_softmax_with_fake(classes: Tensor) -> Tensor:
    """log D over K+1 classes, (N, K+1), from its definition: the fake logit is 0."""
    extended = torch.cat([classes, torch.zeros(len(classes), 1, dtype=classes.dtype)], dim=1)
    return extended - extended.exp().sum(dim=1, keepdim=True).log()


def log_class(classes: Tensor, index: Tensor) -> Tensor:
    """log of class `index` in the softmax over K classes, (N,), from its definition."""
    return classes.gather(1, index[:, None])[:, 0] - classes.exp().sum(dim=1).log()


def log_sigmoid(x: Tensor) -> Tensor:
    return -torch.log1p(torch.exp(-x))


def same(ours: Tensor, reference: Tensor) -> None:
    torch.testing.assert_close(ours.double(), reference, **CLOSE)


def logits_of(objective: Objective, classes: Tensor, real: Tensor) -> Logits:
    output = torch.cat([classes, real[:, None]], dim=1) if objective.separate_real_logit else classes
    return Logits.split(output, objective)


@pytest.mark.parametrize("name", ONE_SOFTMAX)
@given(batch=batches(), data=st.data())
def test_one_softmax_splits_into_real_or_fake_and_class(name, batch, data):
    """Lemma 2: H(p, D) = p_r H(class in p, class in D) + H(real or fake in p, real or fake in D), for any p."""
    classes, _, _, _ = batch
    split = Logits.split(classes, OBJECTIVES[name])
    log_d = log_softmax_with_fake(classes)
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 2**32 - 1)))
    p = torch.rand(log_d.shape, generator=generator, dtype=torch.float64)
    p /= p.sum(dim=1, keepdim=True)
    p_real = p[:, :-1].sum(dim=1)
    inside = -(p[:, :-1] / p_real[:, None] * torch.log_softmax(split.classes.double(), dim=1)).sum(dim=1)
    between = -(p_real * log_sigmoid(split.real.double()) + (1 - p_real) * log_sigmoid(-split.real.double()))
    same(p_real * inside + between, -(p * log_d).sum(dim=1))


@given(batch=batches())
def test_am_gan_discriminator_is_the_cross_entropy_over_k_plus_one_classes(batch):
    classes, _, labels, targets = batch
    fake_classes = classes.flip(0).contiguous()
    log_real, log_fake = log_softmax_with_fake(classes), log_softmax_with_fake(fake_classes)
    reference = -log_real.gather(1, labels[:, None]).mean() - log_fake[:, -1].mean()
    for name in ONE_SOFTMAX:
        objective = OBJECTIVES[name]
        real, fake = Logits.split(classes, objective), Logits.split(fake_classes, objective)
        same(discriminator_loss(objective, real, labels, fake, targets), reference)


@given(batch=batches())
def test_generators_of_labelgan_and_am_gan_over_k_plus_one_classes(batch):
    classes, _, _, targets = batch
    log_d = log_softmax_with_fake(classes)
    fake = Logits.split(classes, OBJECTIVES["am-gan"])
    same(generator_loss(OBJECTIVES["labelgan"], fake, targets), -log_d[:, :-1].exp().sum(dim=1).log().mean())
    same(generator_loss(OBJECTIVES["am-gan"], fake, targets), -log_d.gather(1, targets[:, None]).mean())


@given(batch=batches())
def test_am_gan_is_labelgan_plus_the_class_term_and_never_below(batch):
    classes, _, _, targets = batch
    fake = Logits.split(classes, OBJECTIVES["am-gan"])
    labelgan = generator_loss(OBJECTIVES["labelgan"], fake, targets)
    am_gan = generator_loss(OBJECTIVES["am-gan"], fake, targets)
    same(am_gan, labelgan.double() - log_class(classes, targets).mean())
    assert am_gan >= labelgan


def reference_losses(
    name: str, x: tuple[Tensor, Tensor], y: Tensor, g: tuple[Tensor, Tensor], t: Tensor
) -> tuple[Tensor, Tensor]:
    """D's and G's loss of one row of the table, each row written out by itself; x and g are (class, real) logits."""
    (x_classes, x_real), (g_classes, g_real) = x, g
    real_or_fake = -log_sigmoid(x_real).mean() - log_sigmoid(-g_real).mean()
    fool = -log_sigmoid(g_real).mean()
    ce_x, ce_g = -log_class(x_classes, y).mean(), -log_class(g_classes, t).mean()
    log_x, log_g = log_softmax_with_fake(x_classes), log_softmax_with_fake(g_classes)
    k_plus_one = -log_x.gather(1, y[:, None]).mean() - log_g[:, -1].mean()
    uniform = -torch.stack([log_class(g_classes, torch.full_like(t, k)) for k in range(g_classes.shape[1])]).mean()
    return {
        "gan": (real_or_fake, fool),
        "gan-star": (real_or_fake + 0.1 * ce_x, fool),
        "labelgan": (k_plus_one, -log_g[:, :-1].exp().sum(dim=1).log().mean()),
        "ac-gan": (real_or_fake + ce_x + ce_g, fool + ce_g),
        "ac-gan-star": (real_or_fake + ce_x, fool + ce_g),
        "ac-gan-star-tenth": (real_or_fake + ce_x, fool + 0.1 * ce_g),
        "ac-gan-star-plus": (real_or_fake + ce_x + uniform, fool + ce_g),
        "am-gan": (k_plus_one, -log_g.gather(1, t[:, None]).mean()),
    }[name]


@pytest.mark.parametrize("name", OBJECTIVES)
@given(batch=batches())
def test_each_row_of_the_table(name, batch):
    classes, real, labels, targets = batch
    fake_classes, fake_real = -classes.flip(0), -real.flip(0)
    objective = OBJECTIVES[name]
    x, g = logits_of(objective, classes, real), logits_of(objective, fake_classes, fake_real)
    d_reference, g_reference = reference_losses(name, (classes, real), labels, (fake_classes, fake_real), targets)
    same(discriminator_loss(objective, x, labels, g, targets), d_reference)
    same(generator_loss(objective, g, targets), g_reference)


def heads_of(objective: Objective, classes: Tensor, real: Tensor, heads: int) -> Logits:
    """Logits of one head, or of several that differ."""
    if heads == 1:
        return logits_of(objective, classes, real)
    each = [logits_of(objective, classes * (head + 1), real - head) for head in range(heads)]
    return Logits(torch.stack([one.classes for one in each]), torch.stack([one.real for one in each]))


@pytest.mark.parametrize("heads", [1, 3])
@pytest.mark.parametrize("name", OBJECTIVES)
@settings(max_examples=20)
@given(batch=batches(), data=st.data())
def test_unlabelled_pictures_are_real_and_of_any_class(name, heads, batch, data):
    """sp(-r) over all real pictures, and the class term over the labelled ones alone."""
    classes, real, labels, targets = batch
    known = torch.tensor(data.draw(st.lists(st.booleans(), min_size=len(labels), max_size=len(labels))))
    objective = OBJECTIVES[name]
    x = heads_of(objective, classes, real, heads)
    g = heads_of(objective, -classes.flip(0), -real.flip(0), heads)
    loss = discriminator_loss(objective, x, torch.where(known, labels, UNLABELLED), g, targets)
    without_classes = dataclasses.replace(objective, real_class=0.0)
    reference = discriminator_loss(without_classes, x, labels, g, targets).double()
    if known.any():
        terms = [
            -log_class(head[known], labels[known]).mean() for head in x.classes.double().reshape(heads, *classes.shape)
        ]
        reference = reference + objective.real_class * torch.stack(terms).mean()
        same(loss, reference)
    else:
        assert loss == reference, "nothing is left of the class term"


@settings(max_examples=20)
@given(batch=batches())
def test_an_unlabelled_picture_costs_one_softmax_over_k_plus_one_classes_what_all_k_together_do(batch):
    classes, _, labels, targets = batch
    nobody = torch.full_like(labels, UNLABELLED)
    log_d = log_softmax_with_fake(classes)
    for name in ONE_SOFTMAX:
        x = Logits.split(classes, OBJECTIVES[name])
        reference = -log_d[:, :-1].exp().sum(dim=1).log().mean() - log_d[:, -1].mean()
        same(discriminator_loss(OBJECTIVES[name], x, nobody, x, targets), reference)


@pytest.mark.parametrize("heads", [(), (3,)])
@settings(max_examples=20)
@given(batch=batches())
def test_where_all_are_labelled_the_class_term_is_the_plain_mean_to_the_bit(heads, batch):
    leaf, labels = batch[0].float().expand(*heads, -1, -1).clone().requires_grad_(), batch[2]
    repeated = labels.expand(*heads, -1).flatten()
    plain = 0.1 * torch.nn.functional.cross_entropy(leaf.flatten(0, -2), repeated)
    ours = 0.1 * class_cross_entropy(Logits(leaf, leaf[..., 0]), labels)
    assert torch.equal(ours, plain)
    assert torch.equal(*(torch.autograd.grad(loss, leaf)[0] for loss in (ours, plain)))


@settings(max_examples=20)
@given(batch=batches())
def test_an_unlabelled_picture_has_no_gradient_of_the_class_term(batch):
    leaf, labels = batch[0].float().requires_grad_(), batch[2].clone()
    logits = Logits(leaf, leaf[..., 0])
    labels[0] = UNLABELLED
    class_cross_entropy(logits, labels).backward()
    assert (leaf.grad[0] == 0).all()
    leaf.grad = None
    loss = class_cross_entropy(logits, torch.full_like(labels, UNLABELLED))
    loss.backward()
    assert loss == 0
    assert (leaf.grad == 0).all()


def test_the_paper_has_eight_models():
    assert len(OBJECTIVES) == 8
    assert [name for name, objective in OBJECTIVES.items() if not objective.has_classifier] == ["gan"]


@given(batch=batches())
def test_gradient_of_the_cross_entropy_is_the_difference_of_the_distributions(batch):
    """Lemma 1: -dH(p, softmax(l))/dl = p - softmax(l), here with p one class, through the loss that G uses."""
    classes, _, _, targets = batch
    leaf = classes.float().requires_grad_()
    objective = Objective("one", True, 0.0, 0.0, 0.0, 1.0)
    fake = Logits(leaf, torch.zeros(len(leaf)))
    generator_loss(objective, fake, targets).backward()
    one_hot = torch.nn.functional.one_hot(targets, classes.shape[1]).double()
    same(-leaf.grad * len(leaf), one_hot - classes.softmax(dim=1))


@given(batch=batches(spread=4.0))
def test_class_aware_gradient_of_labelgan_mixes_all_classes(batch):
    """Eq. 11-13: -dL/dl_k = (1 - D_r) D_k / D_r, the overlaid gradient: for every class at once."""
    classes, _, _, targets = batch
    leaf = classes.float().requires_grad_()
    objective = OBJECTIVES["labelgan"]
    generator_loss(objective, Logits.split(leaf, objective), targets).backward()
    d = log_softmax_with_fake(classes).exp()
    d_real = d[:, :-1].sum(dim=1, keepdim=True)
    same(-leaf.grad * len(leaf), d[:, -1:] * d[:, :-1] / d_real)
    assert (leaf.grad <= 0).all()


@given(batch=batches(spread=4.0))
def test_class_aware_gradient_of_am_gan_points_to_one_class(batch):
    """From Eq. 14: -dL/dl_k = [k = t] - D_k, up for the target class alone."""
    classes, _, _, targets = batch
    leaf = classes.float().requires_grad_()
    objective = OBJECTIVES["am-gan"]
    generator_loss(objective, Logits.split(leaf, objective), targets).backward()
    is_target = torch.nn.functional.one_hot(targets, classes.shape[1]).bool()
    same(-leaf.grad * len(leaf), is_target.double() - log_softmax_with_fake(classes).exp()[:, :-1])
    assert (leaf.grad[is_target] <= 0).all()
    assert (leaf.grad[~is_target] >= 0).all()


@given(batch=batches())
def test_uniform_term_is_smallest_at_equal_logits(batch):
    """Eq. 20."""
    classes, _, _, _ = batch
    smallest = math.log(classes.shape[1])
    assert uniform_cross_entropy(classes.float()) >= smallest - 1e-5
    same(uniform_cross_entropy(torch.full_like(classes, 3.0)), torch.tensor(smallest, dtype=torch.float64))


@given(batch=batches())
def test_dynamic_target_is_the_most_probable_class_without_a_gradient(batch):
    classes, real, _, _ = batch
    leaf = classes.float().requires_grad_()
    targets = dynamic_targets(Logits(leaf, real.float()))
    assert targets.dtype == torch.int64
    assert not targets.requires_grad
    assert torch.equal(leaf.detach().gather(1, targets[:, None])[:, 0], leaf.detach().max(dim=1).values)


@pytest.mark.parametrize("name", OBJECTIVES)
@given(signs=st.lists(st.sampled_from([-1e4, 0.0, 1e4]), min_size=4, max_size=4))
def test_extreme_logits_stay_finite(name, signs):
    objective = OBJECTIVES[name]
    leaf = torch.tensor([signs, signs[::-1]], requires_grad=True)
    logits = Logits.split(leaf, objective)
    labels = torch.tensor([0, UNLABELLED])
    targets = torch.tensor([0, 1])
    loss = discriminator_loss(objective, logits, labels, logits, targets) + generator_loss(objective, logits, targets)
    loss.backward()
    assert loss.isfinite()
    assert leaf.grad.isfinite().all()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_bf16_output_is_read_as_fp32(name):
    logits = Logits.split(torch.randn(3, 5, dtype=torch.bfloat16), OBJECTIVES[name])
    assert logits.classes.dtype == logits.real.dtype == torch.float32
    assert logits.classes.shape == (3, 4 if OBJECTIVES[name].separate_real_logit else 5)
