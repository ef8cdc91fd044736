"""What a release folder may not hold: each is refused in one line that names it."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from amgan import AMGAN
from amgan.errors import ReleaseError
from amgan.release.checked_files import MAX_JSON_BYTES
from amgan.release.folder import CONFIG_FILE, METRICS_FILE, SEEDS_FILE, WEIGHTS_FILE, read_release
from tests.models import message, tiny_config
from tests.release.changes import change_config, change_weights

LINEAR = "generator.project.weight"
COUNT = "generator.project_norm.num_batches_tracked"


def refused(folder: Path) -> str:
    with pytest.raises(ReleaseError) as caught:
        AMGAN.from_pretrained(folder)
    return message(caught.value)


@pytest.mark.parametrize("name", [CONFIG_FILE, WEIGHTS_FILE])
def test_a_missing_file(folder, name):
    (folder / name).unlink()
    assert f"{name}: the file is missing" in refused(folder)


def test_pickled_weights_do_not_stand_in(folder):
    weights = load_file(folder / WEIGHTS_FILE)
    (folder / WEIGHTS_FILE).unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    assert "model.safetensors: the file is missing" in refused(folder)


def test_a_pickle_by_the_right_name(folder):
    torch.save({}, folder / WEIGHTS_FILE)
    assert "no valid safetensors file" in refused(folder)


@pytest.mark.parametrize("name", [CONFIG_FILE, WEIGHTS_FILE, SEEDS_FILE, METRICS_FILE])
@pytest.mark.parametrize("kind", ["folder", "dangling link", "pipe", "endless link"])
@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_an_entry_that_is_no_regular_file(folder, name, kind, labeling):
    change_config(folder, labeling=labeling)
    if labeling == "predefined":
        save_file(AMGAN(tiny_config(labeling=labeling)).state_dict(), folder / WEIGHTS_FILE)
    (folder / name).unlink(missing_ok=True)
    if kind == "folder":
        (folder / name).mkdir()
    elif kind == "pipe":
        os.mkfifo(folder / name)
    else:
        (folder / name).symlink_to("nowhere" if kind == "dangling link" else "/dev/zero")
    assert f"{name}: it must be a regular file" in refused(folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no valid JSON"),
        (b"{", "no valid JSON"),
        (b"\xff\xfe{}", "no valid JSON"),
        (b"[" * 100_000, "no valid JSON"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "no valid JSON"),
        (b" " * (MAX_JSON_BYTES + 1), "larger than"),
        (b'{"format_version": ' + b"1" * 5000 + b"}", "no valid JSON"),
        (b"[]", "one JSON object"),
        (b"null", "one JSON object"),
        (b"NaN", "one JSON object"),
        (b"{}", "format_version"),
    ],
    ids=["empty", "cut", "bytes", "deep", "deep object", "huge", "long number", "list", "null", "nan", "no keys"],
)
def test_a_config_that_is_none(folder, content, words):
    (folder / CONFIG_FILE).write_bytes(content)
    assert words in refused(folder)
    (folder / CONFIG_FILE).write_bytes(b"{}")
    if words != "format_version":
        restored_config = json.dumps(tiny_config().to_json()).encode()
        (folder / CONFIG_FILE).write_bytes(restored_config)
        (folder / METRICS_FILE).write_bytes(content)
        assert METRICS_FILE in refused(folder)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format_version": 3}, "format_version is 3, this version of amgan reads 1 and 2; it takes a newer one"),
        ({"surprise": 1}, "unknown key 'surprise'"),
        ({"line\nbreak": 1}, "unknown key"),
        ({"image_size": 48}, "image_size"),
        ({"latent_dim": 10**9}, "latent_dim"),
        ({"generator_width": 0}, "generator_width"),
        ({"confidence": float("nan")}, "confidence"),
        ({"class_names": ["one"]}, "class_names"),
        ({"class_names": ["a", "b\nc", "d"]}, "class name"),
        ({"objective": "__class__"}, "objective"),
    ],
)
def test_a_config_out_of_bounds(folder, changes, words):
    change_config(folder, **changes)
    text = refused(folder)
    assert words in text
    assert CONFIG_FILE in text


@pytest.mark.parametrize("changes", [{"latent_dim": 6}, {"labeling": "predefined"}, {"class_names": ["a", "b"]}])
def test_weights_of_another_config(folder, changes):
    change_config(folder, **changes)
    assert WEIGHTS_FILE in refused(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.pop(LINEAR), f"tensor '{LINEAR}' is missing"),
        (lambda t: t.update({"generator.more": torch.zeros(1)}), "'generator.more' is not part"),
        (lambda t: t.update({"line\nbreak": torch.zeros(1)}), "is not part"),
        (lambda t: t.update({LINEAR: t[LINEAR].T.contiguous()}), "has shape"),
        (lambda t: t.update({LINEAR: t[LINEAR][None]}), "has shape"),
        (lambda t: t.update({LINEAR: t[LINEAR].double()}), "has type F64, the config needs F32"),
        (lambda t: t.update({LINEAR: t[LINEAR].bfloat16()}), "has type BF16"),
        (lambda t: t.update({COUNT: t[COUNT].float()}), "has type F32, the config needs I64"),
        (lambda t: t[LINEAR][0].fill_(float("nan")), f"'{LINEAR}' holds numbers"),
        (lambda t: t[LINEAR][1, 2].fill_(float("inf")), "holds numbers that are infinite"),
        (lambda t: t["generator.project_norm.running_mean"][0].fill_(float("-inf")), "holds numbers"),
        (lambda t: t["discriminator.features.4.running_var"][0].fill_(-1), "negative variances"),
        (lambda t: t.clear(), "is missing"),
    ],
)
def test_weights_that_do_not_fit(folder, change, words):
    change_weights(folder, change)
    text = refused(folder)
    assert words in text
    assert WEIGHTS_FILE in text


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 100, -1, -1000])
@pytest.mark.parametrize("name", [WEIGHTS_FILE, SEEDS_FILE])
def test_a_truncated_file(folder, name, length):
    (folder / name).write_bytes((folder / name).read_bytes()[:length])
    assert f"{name}: no valid safetensors file" in refused(folder)


def test_a_header_that_promises_more_than_there_is(folder):
    header = json.dumps({LINEAR: {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}).encode()
    (folder / WEIGHTS_FILE).write_bytes(struct.pack("<Q", len(header)) + header)
    assert "no valid safetensors file" in refused(folder)
    (folder / WEIGHTS_FILE).write_bytes(struct.pack("<Q", 2**63) + header)
    assert "no valid safetensors file" in refused(folder)


@pytest.mark.parametrize(
    "tensors",
    [
        {},
        {"other": torch.zeros(2, 3, dtype=torch.int32)},
        {"draws": torch.zeros(2, 3, dtype=torch.int32), "more": torch.zeros(1)},
        {"draws": torch.zeros(2, 3)},
        {"draws": torch.zeros(2, 3, dtype=torch.int64)},
        {"draws": torch.zeros(2, 4, dtype=torch.int32)},
        {"draws": torch.zeros(6, dtype=torch.int32)},
        {"draws": torch.full((2, 3), -2, dtype=torch.int32)},
        {"draws": torch.full((2, 3), 2**31 - 1, dtype=torch.int32)},
    ],
)
def test_a_seed_index_of_another_kind(folder, tensors):
    save_file(tensors, folder / SEEDS_FILE)
    assert SEEDS_FILE in refused(folder)


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(ReleaseError, match="no such release folder"):
        read_release(tmp_path / "none")
    assert "config.json: the file is missing" in refused(tmp_path)
