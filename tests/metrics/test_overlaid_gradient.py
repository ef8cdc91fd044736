"""The pull of G's loss on D's class logits: the paper's closed forms, properties, and the figure of a model."""

from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from amgan.errors import RequestError
from amgan.metrics.overlaid_gradient import aim_of, class_pull
from amgan.networks.objectives import OBJECTIVES
from benchmarks.overlaid_gradient import Options, main
from tests.models import opinion, saved, tiny_model

LABELGAN, AMGAN = OBJECTIVES["labelgan"], OBJECTIVES["am-gan"]
CLASSES = 5

seeds = st.integers(0, 2**31)
spreads = st.floats(0.01, 4)


def drawn(seed=0, spread=2.0, n=40, columns=CLASSES):
    generator = torch.Generator().manual_seed(seed)
    output = torch.randn(n, columns, generator=generator) * spread
    return output, torch.randint(CLASSES, (n,), generator=generator)


def softmax_with_generated(output):
    """D's probabilities over the K classes and "generated", whose logit is 0, in double."""
    return F.pad(output.double(), (0, 1)).softmax(dim=1)


def one_hot(targets):
    return F.one_hot(targets, CLASSES).double()


def test_labelgan_pulls_each_class_by_its_share_of_real():
    output, targets = drawn()
    whole = softmax_with_generated(output)
    real = whole[:, :CLASSES].sum(dim=1, keepdim=True)
    expected = (1 - real) * whole[:, :CLASSES] / real
    torch.testing.assert_close(class_pull(LABELGAN, output, targets).double(), expected, atol=1e-6, rtol=1e-5)


def test_am_gan_pulls_the_target_and_pushes_all_others():
    output, targets = drawn()
    expected = one_hot(targets) - softmax_with_generated(output)[:, :CLASSES]
    pull = class_pull(AMGAN, output, targets)
    torch.testing.assert_close(pull.double(), expected, atol=1e-6, rtol=1e-5)
    assert torch.equal(pull > 0, one_hot(targets) > 0)


@pytest.mark.parametrize(("name", "weight"), [("ac-gan", 1), ("ac-gan-star", 1), ("ac-gan-star-tenth", 0.1)])
def test_the_auxiliary_classifier_pulls_the_target_whatever_the_real_unit_says(name, weight):
    output, targets = drawn(columns=CLASSES + 1)
    expected = weight * (one_hot(targets) - output[:, :CLASSES].double().softmax(dim=1))
    pull = class_pull(OBJECTIVES[name], output, targets)
    torch.testing.assert_close(pull.double(), expected, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", ["gan", "gan-star"])
def test_without_classes_in_gs_loss_nothing_is_pulled(name):
    output, targets = drawn(columns=CLASSES + 1)
    pull = class_pull(OBJECTIVES[name], output, targets)
    aim = aim_of(pull, targets)
    assert pull.shape == (len(output), CLASSES)
    assert not pull.any()
    assert aim.share.isnan().all()
    assert aim.cosine.isnan().all()


def test_equal_logits_spread_labelgans_pull_over_all_classes():
    output, targets = torch.zeros(3, CLASSES), torch.tensor([0, 2, 4])
    labelgan = aim_of(class_pull(LABELGAN, output, targets), targets)
    amgan = aim_of(class_pull(AMGAN, output, targets), targets)
    assert labelgan.share.tolist() == pytest.approx([1 / CLASSES] * 3)
    assert labelgan.cosine.tolist() == pytest.approx([1 / math.sqrt(CLASSES)] * 3)
    # D_k = 1 / (K + 1): the target is pulled by K of these, and K - 1 classes are pushed by one each.
    assert amgan.share.tolist() == pytest.approx([1] * 3)
    assert amgan.cosine.tolist() == pytest.approx([CLASSES / math.sqrt(CLASSES**2 + CLASSES - 1)] * 3)


def test_one_class_alone_is_a_share_and_a_cosine_of_one_and_its_opposite_is_minus_one():
    aim = aim_of(torch.tensor([[0.0, 3e-30], [3e-30, 0.0], [0.0, -2.0]]), torch.tensor([1, 1, 1]))
    assert aim.share.tolist()[:2] == [1, 1]
    assert aim.share[2].isnan()
    assert aim.cosine.tolist() == [1, 0, -1]


@settings(deadline=None)
@given(seed=seeds, spread=spreads)
def test_am_gans_share_is_all_and_labelgans_is_ds_certainty(seed, spread):
    output, targets = drawn(seed, spread)
    labelgan = aim_of(class_pull(LABELGAN, output, targets), targets)
    certainty = output.double().softmax(dim=1)
    torch.testing.assert_close(labelgan.share, certainty.amax(dim=1), atol=1e-5, rtol=1e-4)
    direction = certainty.gather(1, targets[:, None])[:, 0] / certainty.norm(dim=1)
    torch.testing.assert_close(labelgan.cosine, direction, atol=1e-5, rtol=1e-4)
    amgan = aim_of(class_pull(AMGAN, output, targets), targets)
    torch.testing.assert_close(amgan.share, torch.ones_like(amgan.share), atol=1e-5, rtol=0)
    assert (amgan.cosine > 0).all()


@settings(deadline=None)
@given(seed=seeds, spread=spreads, name=st.sampled_from(["labelgan", "am-gan"]))
def test_a_pull_is_its_pictures_own_and_follows_the_order_of_the_classes(seed, spread, name):
    output, targets = drawn(seed, spread)
    pull = class_pull(OBJECTIVES[name], output, targets)
    torch.testing.assert_close(class_pull(OBJECTIVES[name], output[3:4], targets[3:4]), pull[3:4])
    turned = class_pull(OBJECTIVES[name], output.roll(1, dims=1), (targets + 1) % CLASSES)
    torch.testing.assert_close(turned, pull.roll(1, dims=1))


def test_made_without_a_graph_and_leaving_none():
    output, targets = drawn()
    output.requires_grad_()
    expected = class_pull(AMGAN, output, targets)
    with torch.no_grad():
        assert torch.equal(class_pull(AMGAN, output * 1, targets), expected)
    assert output.grad is None
    assert not expected.requires_grad


@pytest.mark.parametrize("settings", [{}, {"labeling": "predefined", "objective": "labelgan", "channels": 3}])
def test_figure_and_numbers_of_a_model(tmp_path, settings, capsys):
    place, n = saved(tmp_path / "model", **settings), 70
    main(Options(place, tmp_path / "out", n=n))
    page = (tmp_path / "out" / "README.md").read_text()
    written = json.loads((tmp_path / "out" / "numbers.json").read_text())
    assert page.strip() in capsys.readouterr().out
    assert str(tmp_path) not in page + json.dumps(written)
    assert written["pictures"] == n
    numbers = written["numbers"]["in use"]
    # D's certainty of the finished pictures, which differ from G's by the rounding to bytes.
    certainty = opinion(tiny_model(**settings), tiny_model(**settings).sample(seeds=range(n))).amax(dim=1)
    assert numbers["labelgan"]["share_mean"] == pytest.approx(float(certainty.mean()), abs=0.02)
    assert numbers["am-gan"]["share_mean"] == 1
    assert f"| {numbers['labelgan']['share_mean']:.3f} |" in page
    assert written["numbers"]["in G's step"] != written["numbers"]["in use"]
    with Image.open(io.BytesIO((tmp_path / "out" / "overlaid-gradient.png").read_bytes())) as image:
        assert image.format == "PNG"
        assert np.asarray(image.convert("L")).std() > 5


@pytest.mark.parametrize(("objective", "n"), [("ac-gan-star", 10), ("am-gan", 0)])
def test_other_models_and_no_pictures_are_refused(tmp_path, objective, n):
    with pytest.raises(RequestError, match="am-gan or labelgan"):
        main(Options(saved(tmp_path / "model", objective=objective), tmp_path / "out", n=n))
    assert not (tmp_path / "out").exists()
