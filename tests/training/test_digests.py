"""The list of a checkpoint's files: no bit of them, nor of itself, changes unseen."""

from __future__ import annotations

import pytest

from amgan.training.digests import find_damage, has_digests, write_digests

LIST = "COMPLETE"
CONTENT = {"model.safetensors": b"weights", "optimizer.bin": b"\x00\xff moments", LIST: None}


@pytest.fixture
def listed(tmp_path):
    for name, content in CONTENT.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
    write_digests(tmp_path, LIST)
    assert has_digests(tmp_path, LIST)
    assert find_damage(tmp_path, LIST) is None
    return tmp_path


@pytest.mark.parametrize("name", CONTENT)
def test_every_single_bit_counts(listed, name):
    content = (listed / name).read_bytes()
    for bit in range(8 * len(content)):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        (listed / name).write_bytes(flipped)
        assert find_damage(listed, LIST), f"bit {bit}"
    (listed / name).write_bytes(content)
    assert find_damage(listed, LIST) is None


@pytest.mark.parametrize("name", CONTENT)
def test_every_length_counts(listed, name):
    content = (listed / name).read_bytes()
    # An empty list is that of an earlier version.
    for length in range(1 if name == LIST else 0, len(content)):
        (listed / name).write_bytes(content[:length])
        assert find_damage(listed, LIST), f"{length} bytes"


def test_a_file_that_cannot_be_read_is_said(listed):
    (listed / "optimizer.bin").unlink()
    (listed / "optimizer.bin").mkdir()
    assert find_damage(listed, LIST) == "optimizer.bin cannot be read, Is a directory"
