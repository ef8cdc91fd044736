from __future__ import annotations

import contextlib

import pytest
import torch

from amgan.sampling.hardware import has_fast_bf16


@pytest.mark.parametrize("amx", [False, True])
def test_a_cpu_is_fast_in_bf16_only_with_amx(amx, monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    assert has_fast_bf16(torch.device("cpu")) is amx


@pytest.mark.parametrize("supported", [False, True])
def test_cuda_says_it_itself_and_emulation_does_not_count(supported, monkeypatch):
    current, asked = [None], []

    @contextlib.contextmanager
    def on(device):
        current.append(device)
        yield
        current.pop()

    monkeypatch.setattr(torch.cuda, "device", on)
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda **options: asked.append((current[-1], options)) or supported
    )
    for device in (torch.device("cuda"), torch.device("cuda", 1)):
        assert has_fast_bf16(device) is supported
        assert asked.pop() == (device, {"including_emulation": False})
    assert current == [None]


def test_other_devices_are_not_taken_for_fast():
    assert has_fast_bf16(torch.device("meta")) is False
