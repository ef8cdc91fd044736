"""What was measured is read the second time; a file that is broken or of another shape is measured anew."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from amgan.metrics.cache import data_digest, default_cache, measured_once
from amgan.release.checked_files import write_tensors
from tests.metrics.judges import noisy_data

VALUES = {"mean": torch.tensor([0.25, 0.75], dtype=torch.float64), "count": torch.tensor(7)}
EXPECTED = {name: tensor.to("meta") for name, tensor in VALUES.items()}


class Measuring:
    """Counts how often it is asked."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return VALUES


@pytest.fixture
def measure():
    return Measuring()


def is_measured(kept):
    return kept.keys() == VALUES.keys() and all(torch.equal(kept[name], VALUES[name]) for name in VALUES)


def test_measured_once(tmp_path, measure):
    file = tmp_path / "made" / "when needed" / "kept.safetensors"
    for _ in range(3):
        assert is_measured(measured_once(file, EXPECTED, measure))
    assert measure.times == 1
    assert is_measured(measured_once(tmp_path / "other.safetensors", EXPECTED, measure))
    assert measure.times == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no tensors",
        {"mean": VALUES["mean"]},
        VALUES | {"count": torch.tensor(7.0)},
        VALUES | {"mean": torch.tensor([0.25, 0.5, 0.25], dtype=torch.float64)},
        VALUES | {"mean": torch.tensor([0.25, torch.nan], dtype=torch.float64)},
    ],
)
def test_a_broken_or_foreign_file_is_replaced(tmp_path, measure, content):
    file = tmp_path / "kept.safetensors"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        write_tensors(file, content)
    for _ in range(2):
        assert is_measured(measured_once(file, EXPECTED, measure))
    assert measure.times == 1


def test_the_digest_tells_sets_apart():
    data = noisy_data(9)
    other = dataclasses.replace(data, labels=data.labels.flip(0))
    named = dataclasses.replace(data, class_names=("a", "b", "c"))
    moved = dataclasses.replace(data, source="elsewhere")
    assert len({data_digest(data), data_digest(other), data_digest(named), data_digest(noisy_data(9, seed=1))}) == 4
    assert data_digest(moved) == data_digest(data)


def test_where_the_cache_is(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "amgan"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_cache() == tmp_path / "home" / ".cache" / "amgan"
