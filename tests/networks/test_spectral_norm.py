"""Our spectral norm against torch's."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from amgan.networks.spectral_norm import spectral_norm


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_it_is_torchs_to_the_last_bit(memory_format):
    results = []
    for norm in (spectral_norm, nn.utils.parametrizations.spectral_norm):
        torch.manual_seed(3)
        layer = norm(nn.Conv2d(5, 7, 3)).to(memory_format=memory_format)
        optimizer = torch.optim.SGD(layer.parameters(), 0.1)
        seen = [*layer.state_dict().items()]
        for images in torch.randn(3, 2, 5, 6, 6):
            optimizer.zero_grad()
            # Twice, as D meets real and made pictures before its step.
            (layer(images).square().sum() - layer(images.flip(0)).sum()).backward()
            optimizer.step()
            seen += [*layer.state_dict().items()]
        layer.eval()
        seen.append(("answer", layer(torch.ones(1, 5, 6, 6))))
        results.append([(name, value.detach().clone()) for name, value in seen])
    assert [name for name, _ in results[0]] == [name for name, _ in results[1]]
    assert all(torch.equal(ours, theirs) for (_, ours), (_, theirs) in zip(*results))


def test_without_memory_it_has_the_same_names_and_is_filled_by_those_of_another():
    torch.manual_seed(4)
    filled = spectral_norm(nn.Conv2d(3, 4, 3)).eval()
    before = torch.random.get_rng_state()
    with torch.device("meta"):
        layer = spectral_norm(nn.Conv2d(3, 4, 3)).eval()
    assert torch.equal(torch.random.get_rng_state(), before), "nobody's random numbers are used"
    layer.load_state_dict(filled.state_dict(), strict=True, assign=True)
    images = torch.randn(2, 3, 5, 5)
    assert torch.equal(layer(images), filled(images))


def test_without_memory_nothing_is_compiled():
    code = """if True:
        import sys, torch
        from amgan.networks.spectral_norm import spectral_norm
        with torch.device("meta"):
            spectral_norm(torch.nn.Conv2d(3, 4, 3))
        sys.exit("torch._dynamo" in sys.modules)
    """
    assert subprocess.run([sys.executable, "-c", code], timeout=100, check=False).returncode == 0
