"""JSON and safetensors files come back as they were written; anything else is one line. More in test_folder.py."""

from __future__ import annotations

import pytest
import torch

from amgan.errors import ReleaseError
from amgan.release.checked_files import (
    MAX_JSON_BYTES,
    check_numbers,
    is_there,
    read_json,
    read_tensors,
    write_json,
    write_tensors,
)
from tests.models import message

TENSORS = {"a": torch.arange(6).view(2, 3), "b": torch.rand(4, dtype=torch.float64), "c": torch.rand(())}


def test_written_and_read(tmp_path):
    write_tensors(tmp_path / "t", TENSORS)
    write_json(tmp_path / "j", {"grün": [1, None, "ß"]})
    read = read_tensors(tmp_path / "t", {name: tensor.to("meta") for name, tensor in TENSORS.items()})
    assert all(torch.equal(read[name], tensor) for name, tensor in TENSORS.items())
    assert read_json(tmp_path / "j") == {"grün": [1, None, "ß"]}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["j", "t"]
    assert (tmp_path / "t").stat().st_mode == (tmp_path / "j").stat().st_mode


@pytest.mark.parametrize(
    "changes", [{"a": torch.zeros(3, 2, dtype=torch.int64)}, {"b": torch.rand(4)}, {"d": torch.rand(1)}]
)
def test_tensors_that_are_not_expected(tmp_path, changes):
    write_tensors(tmp_path / "t", TENSORS | changes)
    with pytest.raises(ReleaseError, match="tensor") as caught:
        read_tensors(tmp_path / "t", TENSORS)
    message(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b" " * (MAX_JSON_BYTES + 1)])
def test_no_json(tmp_path, content):
    (tmp_path / "j").write_bytes(content)
    with pytest.raises(ReleaseError) as caught:
        read_json(tmp_path / "j")
    message(caught.value)


def test_what_is_no_regular_file(tmp_path):
    assert not is_there(tmp_path / "none")
    with pytest.raises(ReleaseError, match="regular file"):
        is_there(tmp_path)
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ReleaseError, match="regular file"):
        is_there(tmp_path / "lost")


@pytest.mark.parametrize("name", ["weight", "x.running_var"])
def test_numbers(tmp_path, name):
    check_numbers(tmp_path, {name: torch.ones(2)})
    bad = {"weight": torch.tensor([1, torch.nan]), "x.running_var": torch.tensor([1.0, -1.0])}[name]
    with pytest.raises(ReleaseError, match=name):
        check_numbers(tmp_path, {name: bad})
