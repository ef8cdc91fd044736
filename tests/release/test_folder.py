"""A release folder is read as it was written."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import save_file

from amgan import AMGAN
from amgan.errors import ReleaseError
from amgan.release.checked_files import read_tensors, write_json
from amgan.release.folder import (
    CARD_FILE,
    CONFIG_FILE,
    METRICS_FILE,
    RELEASE_FILES,
    SAMPLES_FILE,
    SEEDS_FILE,
    WEIGHTS_FILE,
    digest_of,
    expected_tensors,
    read_release,
    write_release,
)
from amgan.release.seed_index import SeedIndex
from tests.models import tiny_config, tiny_model
from tests.release.changes import change_config, change_weights

LINEAR = "generator.project.weight"
COUNT = "generator.project_norm.num_batches_tracked"


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


def test_links_to_files_are_followed_as_in_the_hubs_cache(folder, tmp_path_factory):
    snapshot = tmp_path_factory.mktemp("snapshot")
    for file in folder.iterdir():
        (snapshot / file.name).symlink_to(file)
    assert AMGAN.from_pretrained(snapshot).revision == digest_of(folder)


def test_an_index_of_a_predefined_model_is_not_read(tmp_path):
    tiny_model(labeling="predefined").save_pretrained(tmp_path)
    save_file(SeedIndex(torch.zeros(2, 3, dtype=torch.int32)).to_tensors(), tmp_path / SEEDS_FILE)
    assert AMGAN.from_pretrained(tmp_path).seed_index is None


def test_the_folder_of_a_training_is_answered_with_its_release(tmp_path):
    tiny_model().save_pretrained(tmp_path / "run" / "release")
    with pytest.raises(ReleaseError, match=r"folder of a training; its model is .*run.release$"):
        read_release(tmp_path / "run")


def test_a_release_of_version_1_is_read_as_it_is(model, folder):
    content = json.loads((folder / CONFIG_FILE).read_text())
    del content["architecture"]
    write_json(folder / CONFIG_FILE, content | {"format_version": 1})
    before = digest_of(folder)
    old = AMGAN.from_pretrained(folder, precision="fp32")
    assert old.config == model.config
    assert old.revision == digest_of(folder) == before
    assert (old.sample(seeds=range(5)) == model.sample(seeds=range(5))).all()


def test_tensors_of_half_precision_are_read_as_they_are_and_no_others_in_their_place(tmp_path):
    halves = {"frozen": torch.randn(3, 2).half(), "other": torch.randn(2).bfloat16()}
    save_file(halves, tmp_path / "x.safetensors")
    read = read_tensors(tmp_path / "x.safetensors", halves)
    assert all(torch.equal(read[name], tensor) and read[name].dtype == tensor.dtype for name, tensor in halves.items())
    with pytest.raises(ReleaseError, match="has type F16, the config needs F32"):
        read_tensors(tmp_path / "x.safetensors", {**halves, "frozen": halves["frozen"].float()})
