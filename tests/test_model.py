"""AMGAN as Python sees it: loading, saving, and a sampler that follows the weights."""

from __future__ import annotations

import copy
import threading
import time

import numpy as np
import pytest
import torch

from amgan import AMGAN
from amgan.errors import ReleaseError, RequestError
from amgan.model import Latest
from amgan.networks.objectives import OBJECTIVES
from amgan.release.seed_index import SeedIndex
from tests.models import NAMES, draws, message, saved, tiny_config, tiny_model


@pytest.fixture
def model():
    return tiny_model(index_seeds=2)


def same_pictures(one, other):
    labels = None if not OBJECTIVES[one.config.objective].has_classifier else [None, 0, "Bag", 2]
    return np.array_equal(one.sample(labels, [1, 2, 3, 4]), other.sample(labels, [1, 2, 3, 4]))


def test_what_a_model_tells(model):
    assert model.class_names == NAMES
    assert model.config == tiny_config()
    assert model.revision == "unsaved"
    assert not model.training
    assert not any(module.training for module in model.modules())


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_a_round_trip_gives_the_same_bytes(objective, labeling, tmp_path):
    has_index = labeling == "dynamic" and OBJECTIVES[objective].has_classifier
    model = tiny_model(index_seeds=2 if has_index else 0, objective=objective, labeling=labeling)
    model.metrics = {"note": "é"}
    model.save_pretrained(tmp_path / "m")
    loaded = AMGAN.from_pretrained(tmp_path / "m", precision="fp32")
    assert loaded.config == model.config
    assert loaded.metrics == model.metrics
    assert not any(module.training for module in loaded.modules())
    assert (loaded.seed_index is None) == (not has_index)
    if has_index:
        assert torch.equal(loaded.seed_index.draws, model.seed_index.draws)
    assert same_pictures(model, loaded)
    for name, tensor in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor)


def test_saving_does_not_change_the_mode_or_the_revision(model, tmp_path):
    model.train()
    model.save_pretrained(tmp_path)
    assert model.training
    assert model.revision == "unsaved"


def test_saving_what_was_loaded_gives_the_same_revision(model, tmp_path):
    model.save_pretrained(tmp_path / "a")
    loaded = AMGAN.from_pretrained(tmp_path / "a")
    loaded.save_pretrained(tmp_path / "b")
    assert AMGAN.from_pretrained(tmp_path / "b").revision == loaded.revision
    assert (tmp_path / "a" / "config.json").read_bytes() == (tmp_path / "b" / "config.json").read_bytes()


def test_a_card_that_is_there_is_kept(model, tmp_path):
    (tmp_path / "README.md").write_text("mine")
    model.save_pretrained(tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"
    model.save_pretrained(tmp_path / "new")
    assert "am-gan with dynamic labeling" in (tmp_path / "new" / "README.md").read_text()


def test_nothing_of_another_model_stays_behind(model, tmp_path):
    model.metrics = {"note": "of the old model"}
    model.save_pretrained(tmp_path)
    other = tiny_model(seed=1)
    other.save_pretrained(tmp_path)
    loaded = AMGAN.from_pretrained(tmp_path, precision="fp32")
    assert loaded.metrics == {}
    assert loaded.seed_index is None
    assert same_pictures(loaded, other)


def test_a_folders_revision_is_a_digest_that_may_be_asked_for(model, tmp_path):
    folder = saved(tmp_path)
    revision = AMGAN.from_pretrained(folder).revision
    assert len(revision) == 40
    assert AMGAN.from_pretrained(str(folder), revision=revision).revision == revision
    for wrong in ("main", "v1", "0" * 40, revision[:7]):
        with pytest.raises(ReleaseError, match=f"its revision is {revision}") as caught:
            AMGAN.from_pretrained(folder, revision=wrong)
        message(caught.value)


@pytest.mark.parametrize(
    "name", ["nobody/nothing", "a" * 5000, "a\0b", "no such place", "../nowhere", "a/b/c", "/none"]
)
def test_what_is_no_folder_and_no_repository(name):
    with pytest.raises(ReleaseError, match="no such folder here") as caught:
        AMGAN.from_pretrained(name)
    assert "\n" not in str(caught.value)


def test_loading_draws_no_random_number_that_shows(tmp_path):
    folder = saved(tmp_path)
    torch.manual_seed(1)
    one = AMGAN.from_pretrained(folder)
    torch.manual_seed(2)
    assert same_pictures(one, AMGAN.from_pretrained(folder))


def test_the_device_and_the_precision_are_taken(tmp_path):
    folder = saved(tmp_path)
    loaded = AMGAN.from_pretrained(folder, device="cpu", precision="bf16")
    assert loaded.sampler.renderer.precision == "bf16"
    with pytest.raises(RequestError, match="precision must be"):
        AMGAN.from_pretrained(folder, precision="fp8").sample(seeds=[1])


def test_pickled_weights_are_never_opened(model):
    with pytest.raises(ReleaseError, match="pickled weights are never opened"):
        model._load_as_pickle(model, "pytorch_model.bin", "cpu", strict=True)


def test_one_sampler_serves_while_nothing_changes(model):
    first = model.sampler
    model.sample(labels="Bag", seeds=range(3))
    model.eval()
    model.train()
    assert model.sampler is first
    model.precision = "fp32"
    assert model.sampler is first


@pytest.mark.parametrize("net", ["generator", "discriminator"])
def test_weights_changed_in_place_show(model, net):
    first = model.sampler
    before = model.sampler.sample(range(8), [None] * 8)
    with torch.no_grad():
        getattr(model, net).get_parameter("to_image.bias" if net == "generator" else "logits.bias").sub_(0.7)
    assert model.sampler is not first
    pictures, samples = model.sampler.sample(range(8), [None] * 8)
    assert np.array_equal(pictures, before[0]) == (net == "discriminator")
    assert samples != before[1] or net == "discriminator"


def test_buffers_and_loaded_weights_show(model):
    first = model.sampler
    model.generator.project_norm.running_mean.add_(1)
    second = model.sampler
    assert second is not first
    other = tiny_model(seed=5)
    model.load_state_dict(other.state_dict())
    assert model.sampler is not second
    assert np.array_equal(model.sample(seeds=range(4)), other.sample(seeds=range(4)))


def test_another_type_shows(model):
    first, pictures = model.sampler, model.sample(seeds=range(4))
    model.to(torch.float64)
    second = model.sampler
    assert second is not first
    assert np.array_equal(model.sample(seeds=range(4)), pictures)  # the nets that draw are fp32 all the same
    model.to(torch.float32)
    assert model.sampler is not second
    assert np.array_equal(model.sample(seeds=range(4)), pictures)


def test_rounding_and_back_without_a_look_between_shows(model):
    pictures = model.sample(seeds=range(16))
    model.to(torch.bfloat16).to(torch.float32)
    fresh = AMGAN(model.config)
    fresh.precision = "fp32"
    fresh.load_state_dict(model.state_dict())
    assert not np.array_equal(fresh.sample(seeds=range(16)), pictures)
    assert np.array_equal(model.sample(seeds=range(16)), fresh.sample(seeds=range(16)))


def test_another_index_or_precision_shows(model):
    first = model.sampler
    model.seed_index = SeedIndex(torch.full((2, 3), 9, dtype=torch.int32))
    assert model.sampler is not first
    assert draws(model.sampler, [0], [1]) == [9]
    model.seed_index = None
    assert draws(model.sampler, [0], [1]) != [9]
    model.precision = "bf16"
    assert model.sampler.renderer.precision == "bf16"


def test_training_mode_does_not_reach_the_pictures(model):
    pictures = model.sample(seeds=range(4))
    fresh = AMGAN(model.config)
    fresh.precision = "fp32"
    fresh.load_state_dict(model.state_dict())
    fresh.train()
    before = {name: tensor.clone() for name, tensor in fresh.state_dict().items()}
    assert np.array_equal(fresh.sample(seeds=range(4)), pictures)
    assert all(torch.equal(tensor, before[name]) for name, tensor in fresh.state_dict().items())
    assert fresh.training


def test_sampling_leaves_the_global_random_numbers_alone(model):
    before = torch.get_rng_state()
    model.sample(labels="Bag", seeds=[1, 99])
    model.interpolate(1, 99, 4, labels="Bag")
    assert torch.equal(torch.get_rng_state(), before)


def test_threads_with_one_key_make_one_value():
    latest, made = Latest[object](), []

    def make():
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    got = []
    threads = [threading.Thread(target=lambda: got.append(latest.get("key", make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert got == made * 4


def test_another_key_replaces_the_value():
    latest = Latest[int]()
    assert [latest.get(key, lambda key=key: key * 10) for key in (1, 1, 2, 1)] == [10, 10, 20, 10]


def test_a_copy_starts_empty_and_leaves_the_first_alone():
    latest = Latest[str]()
    latest.get(1, lambda: "first")
    other = copy.deepcopy(latest)
    assert other.get(1, lambda: "second") == "second"
    assert latest.get(1, lambda: "third") == "first"
