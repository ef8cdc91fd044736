"""A release folder is foreign input: it is read as it was written, or refused in one line."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from amgan import AMGAN
from amgan.errors import ReleaseError
from amgan.release import (
    CARD_FILE,
    CONFIG_FILE,
    MAX_JSON_BYTES,
    METRICS_FILE,
    RELEASE_FILES,
    SAMPLES_FILE,
    SEEDS_FILE,
    WEIGHTS_FILE,
    digest_of,
    expected_tensors,
    read_release,
    write_json,
    write_release,
)
from amgan.seed_index import SeedIndex
from tests.models import message, tiny_config, tiny_model

LINEAR = "generator.project.weight"
COUNT = "generator.project_norm.num_batches_tracked"


@pytest.fixture(scope="module")
def model():
    return tiny_model(index_seeds=3)


@pytest.fixture(scope="module")
def files(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    model.save_pretrained(folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def folder(files, tmp_path):
    return restored(tmp_path, files)


def restored(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(ReleaseError) as caught:
        AMGAN.from_pretrained(folder)
    return message(caught.value)


def change_config(folder: Path, **changes) -> None:
    content = json.loads((folder / CONFIG_FILE).read_text())
    (folder / CONFIG_FILE).write_text(json.dumps(content | changes))


def change_weights(folder: Path, change) -> None:
    tensors = load_file(folder / WEIGHTS_FILE)
    change(tensors)
    save_file(tensors, folder / WEIGHTS_FILE)


def test_what_is_written_is_read(model, folder):
    release = read_release(folder)
    assert release.config == model.config
    assert set(release.weights) == set(model.state_dict())
    assert all(torch.equal(tensor, release.weights[name]) for name, tensor in model.state_dict().items())
    assert torch.equal(release.seed_index.draws, model.seed_index.draws)
    assert release.metrics == {}
    assert release.digest == digest_of(folder)


def test_no_other_file_is_needed_or_left(folder):
    assert {file.name for file in folder.iterdir()} == {CONFIG_FILE, WEIGHTS_FILE, SEEDS_FILE, SAMPLES_FILE, CARD_FILE}
    assert set(RELEASE_FILES) >= {CONFIG_FILE, WEIGHTS_FILE, SEEDS_FILE, METRICS_FILE, CARD_FILE}
    (folder / CARD_FILE).unlink()
    (folder / SEEDS_FILE).unlink()
    assert read_release(folder).seed_index is None


@pytest.mark.parametrize("changes", [{}, {"labeling": "predefined"}, {"image_size": 64}, {"objective": "gan"}])
def test_expected_tensors_are_those_of_the_nets_without_their_memory(changes):
    config = tiny_config(**changes)
    expected, real = expected_tensors(config), AMGAN(config).state_dict()
    assert {name: (t.shape, t.dtype) for name, t in expected.items()} == {
        name: (t.shape, t.dtype) for name, t in real.items()
    }
    assert all(tensor.is_meta for tensor in expected.values())


def test_writing_without_an_index_removes_an_earlier_one(model, folder):
    write_release(folder, model.config, model.state_dict(), None)
    assert not (folder / SEEDS_FILE).exists()


def test_json_is_written_whole(tmp_path):
    write_json(tmp_path / "a.json", {"name": "é"})
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"name": object()})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"name": "é"}


def test_the_revision_is_of_what_pictures_depend_on(folder):
    before = digest_of(folder)
    assert len(before) == 40
    assert int(before, 16) >= 0
    (folder / CARD_FILE).write_text("another card")
    write_json(folder / METRICS_FILE, {"note": 1})
    (folder / "samples.png").write_bytes(b"x")
    assert digest_of(folder) == before
    seen = {before}
    change_weights(folder, lambda tensors: tensors[LINEAR][0].add_(1))
    seen.add(digest_of(folder))
    change_config(folder, confidence=0.4)
    seen.add(digest_of(folder))
    (folder / SEEDS_FILE).unlink()
    seen.add(digest_of(folder))
    assert len(seen) == 4


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


def test_links_to_files_are_followed_as_in_the_hubs_cache(folder, tmp_path_factory):
    snapshot = tmp_path_factory.mktemp("snapshot")
    for file in folder.iterdir():
        (snapshot / file.name).symlink_to(file)
    assert AMGAN.from_pretrained(snapshot).revision == digest_of(folder)


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
        ({"format_version": 2}, "format_version is 2"),
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
def test_a_truncated_file(folder, files, name, length):
    (folder / name).write_bytes(files[name][:length])
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


def test_an_index_of_a_predefined_model_is_not_read(tmp_path):
    tiny_model(labeling="predefined").save_pretrained(tmp_path)
    save_file(SeedIndex(torch.zeros(2, 3, dtype=torch.int32)).to_tensors(), tmp_path / SEEDS_FILE)
    assert AMGAN.from_pretrained(tmp_path).seed_index is None


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(ReleaseError, match="no such release folder"):
        read_release(tmp_path / "none")
    assert "config.json: the file is missing" in refused(tmp_path)


@settings(max_examples=60)
@given(
    st.sampled_from([CONFIG_FILE, WEIGHTS_FILE, SEEDS_FILE]),
    st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), min_size=1, max_size=4),
    st.sampled_from(["change", "insert", "cut"]),
)
def test_changed_bytes_are_read_or_refused(files, tmp_path_factory, name, changes, kind):
    content = bytearray(files[name])
    for position, value in changes:
        place = position % len(content)
        if kind == "change":
            content[place] = value
        elif kind == "insert":
            content.insert(place, value)
        else:
            del content[place]
    folder = restored(tmp_path_factory.getbasetemp() / "changed-bytes", files)
    (folder / name).write_bytes(content)
    _read_or_refused(folder)


@settings(max_examples=40)
@given(
    st.sampled_from(sorted(tiny_config().to_json())),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
        max_leaves=5,
    ),
)
def test_any_value_in_the_config_is_read_or_refused(files, tmp_path_factory, key, value):
    folder = restored(tmp_path_factory.getbasetemp() / "changed-bytes", files)
    change_config(folder, **{key: value})
    _read_or_refused(folder)


@pytest.fixture(scope="module", autouse=True)
def _folder_for_changed_bytes(tmp_path_factory):
    (tmp_path_factory.getbasetemp() / "changed-bytes").mkdir()


def _read_or_refused(folder: Path) -> None:
    try:
        release = read_release(folder)
    except ReleaseError as error:
        text = str(error)
        assert len(text.splitlines()) == 1
        assert str(folder) in text or SEEDS_FILE in text
    else:
        assert set(release.weights) == set(expected_tensors(release.config))


def test_the_folder_of_a_training_is_answered_with_its_release(tmp_path):
    tiny_model().save_pretrained(tmp_path / "run" / "release")
    with pytest.raises(ReleaseError, match=r"folder of a training; its model is .*run.release$"):
        read_release(tmp_path / "run")
