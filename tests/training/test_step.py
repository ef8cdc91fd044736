"""The adversarial step against a plain one written out here, and what it must not do: leak gradients, sync the host."""

from __future__ import annotations

import copy

import pytest
import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from amgan.networks.config import ModelConfig
from amgan.networks.dcgan import Discriminator, Generator
from amgan.networks.objectives import OBJECTIVES, UNLABELLED
from amgan.training.step import AdversarialStep, Networks

LABELINGS = ("dynamic", "predefined")


def make_step(accelerator, objective="am-gan", labeling="dynamic", seed=0, variety=0.0):
    config = ModelConfig(
        class_names=("a", "b", "c"), objective=objective, labeling=labeling, channels=1, latent_dim=5,
        generator_width=4, discriminator_width=4,
    )  # fmt: skip
    torch.manual_seed(seed)
    generator, discriminator = Generator(config), Discriminator(config)
    # Plain gradient steps: Adam's first step is the sign of the gradient, which hides its size.
    nets = accelerator.prepare(
        generator, discriminator,
        torch.optim.SGD(generator.parameters(), 0.5), torch.optim.SGD(discriminator.parameters(), 0.5),
    )  # fmt: skip
    step = AdversarialStep(config, Networks(*nets), accelerator, torch.contiguous_format, variety=variety)
    return config, Networks(*nets), step


def batch(seed=1, count=12):
    draw = torch.Generator().manual_seed(seed)
    return torch.rand(count, 1, 32, 32, generator=draw) * 2 - 1, torch.randint(3, (count,), generator=draw)


def weights(module):
    return [p.detach().clone() for p in module.parameters()]


@pytest.mark.parametrize("labeling", LABELINGS)
def test_am_gan_equals_the_step_written_out(accelerator_factory, labeling):
    _, nets, step = make_step(accelerator_factory(), labeling=labeling)
    generator, discriminator = copy.deepcopy(nets.generator), copy.deepcopy(nets.discriminator)
    images, labels = batch()
    torch.manual_seed(11)
    losses = step(images, labels)

    # The paper's losses with all K+1 classes written out; the logit of "generated" is 0.
    def all_logits(x):
        logits = discriminator(x)
        return torch.cat([logits, torch.zeros(len(x), 1)], dim=1)

    torch.manual_seed(11)
    latents = torch.randn(len(images), 5)
    drawn, classes = None, None
    if labeling == "predefined":
        drawn = torch.randint(3, (len(images),))
        classes = F.one_hot(drawn, 3).float()
    fakes = generator(latents, classes)
    real = all_logits(images)
    fake = all_logits(fakes.detach())
    d_loss = F.cross_entropy(real, labels) + F.cross_entropy(fake, torch.full_like(labels, 3))
    d_grads = torch.autograd.grad(d_loss, list(discriminator.parameters()))
    with torch.no_grad():
        for p, g in zip(discriminator.parameters(), d_grads):
            p.sub_(0.5 * g)
    judged = all_logits(fakes)
    target = judged[:, :3].argmax(dim=1) if drawn is None else drawn
    g_loss = F.cross_entropy(judged, target)
    g_grads = torch.autograd.grad(g_loss, list(generator.parameters()))
    with torch.no_grad():
        for p, g in zip(generator.parameters(), g_grads):
            p.sub_(0.5 * g)

    shares = [1 - x.softmax(dim=1)[:, 3].mean() for x in (real, fake)]
    torch.testing.assert_close(losses, torch.stack([d_loss, g_loss, *shares]).detach())
    for mine, theirs in ((nets.generator, generator), (nets.discriminator, discriminator)):
        for one, other in zip(mine.state_dict().values(), theirs.state_dict().values()):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("labeling", LABELINGS)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_both_nets_learn_and_neither_gets_the_others_gradients(accelerator_factory, objective, labeling):
    _, nets, step = make_step(accelerator_factory(), objective, labeling)
    seen = {}

    def at_d_step(*_):
        seen["G at D's step"] = [p.grad for p in nets.generator.parameters()]
        seen["D"] = [p.grad.clone() for p in nets.discriminator.parameters()]

    def at_g_step(*_):
        seen["D at G's step"] = [p.grad for p in nets.discriminator.parameters()]
        seen["frozen"] = [not p.requires_grad for p in nets.discriminator.parameters()]

    nets.discriminator_optimizer.optimizer.register_step_pre_hook(at_d_step)
    nets.generator_optimizer.optimizer.register_step_pre_hook(at_g_step)
    before = weights(nets.generator), weights(nets.discriminator)
    losses = step(*batch())

    assert losses.shape == (4,)
    assert losses.isfinite().all()
    assert not losses.requires_grad
    for old, module in zip(before, (nets.generator, nets.discriminator)):
        changed = [not torch.equal(a, b) for a, b in zip(old, module.parameters())]
        assert all(changed), f"{changed.count(False)} tensors stood still"
    assert seen["G at D's step"] == [None] * len(seen["G at D's step"])
    assert all(seen["frozen"])
    for one, other in zip(seen["D"], seen["D at G's step"]):
        assert torch.equal(one, other)
    assert all(p.requires_grad for p in nets.discriminator.parameters())


def test_generator_gradients_of_one_step_are_gone_in_the_next(accelerator_factory):
    _, nets, step = make_step(accelerator_factory())
    grads = []
    nets.generator_optimizer.optimizer.register_step_pre_hook(
        lambda *_: grads.append([p.grad.clone() for p in nets.generator.parameters()])
    )
    step(*batch())
    state = copy.deepcopy((nets.generator.state_dict(), nets.discriminator.state_dict()))
    torch.manual_seed(5)
    step(*batch())
    nets.generator.load_state_dict(state[0])
    nets.discriminator.load_state_dict(state[1])
    nets.generator_optimizer.zero_grad()
    nets.discriminator_optimizer.zero_grad()
    torch.manual_seed(5)
    step(*batch())
    for one, other in zip(grads[1], grads[2]):
        assert torch.equal(one, other)


@pytest.mark.parametrize("precision", ["no", "bf16"])
def test_losses_and_weights_are_fp32_in_either_precision(accelerator_factory, precision):
    _, nets, step = make_step(accelerator_factory(mixed_precision=precision))
    dtypes = set()
    nets.discriminator.features[0].register_forward_hook(lambda m, i, out: dtypes.add(out.dtype))
    losses = step(*batch())
    assert losses.dtype == torch.float32
    assert dtypes == {torch.bfloat16 if precision == "bf16" else torch.float32}
    assert {p.dtype for net in (nets.generator, nets.discriminator) for p in net.parameters()} == {torch.float32}


def test_predefined_classes_reach_the_generator_one_hot_and_all_of_them(accelerator_factory):
    _, nets, step = make_step(accelerator_factory(), labeling="predefined")
    given = []
    nets.generator.register_forward_pre_hook(lambda module, inputs: given.append(inputs[1]))
    step(*batch(count=60))
    classes = given[0]
    assert classes.shape == (60, 3)
    assert classes.dtype == torch.float32
    assert torch.equal(classes.sum(dim=1), torch.ones(60))
    assert torch.equal(classes.max(dim=1).values, torch.ones(60))
    assert (classes.sum(dim=0) > 0).all()


class NoHostSync(TorchDispatchMode):
    """Fails on whatever would make the host wait for a GPU: reading a value, or a shape that depends on values."""

    WAITING = ("_local_scalar_dense", "nonzero", "equal", "masked_select", "is_nonzero", "_unique2")

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        assert func.overloadpacket.__name__ not in self.WAITING, f"{func} waits for the device"
        return func(*args, **(kwargs or {}))


def test_the_watch_for_host_syncs_sees_one():
    with NoHostSync(), pytest.raises(AssertionError, match="_local_scalar_dense"):
        bool(torch.ones(()) > 0)


@pytest.mark.parametrize("precision", ["no", "bf16"])
@pytest.mark.parametrize("labeling", LABELINGS)
def test_a_step_never_waits_for_the_device(accelerator_factory, labeling, precision):
    varied = labeling == "predefined"
    _, _, step = make_step(accelerator_factory(mixed_precision=precision), labeling=labeling, variety=10.0 * varied)
    images, labels = batch()
    step(images, labels)
    for unlabelled in (0, 5, len(labels)):
        labels[:unlabelled] = UNLABELLED
        with NoHostSync():
            losses = step(images, labels)
        assert len(losses) == 4 + varied
        assert losses.isfinite().all()
