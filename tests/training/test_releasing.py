"""A training's release: whole, readable, honest, and without a trace in the training itself."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch
from huggingface_hub import ModelCard
from PIL import Image

from amgan import AMGAN
from amgan.data.labelled_images import load_labelled_images
from amgan.release.folder import FIGURE_FILE, FILM_FILE, REAL_FILE, RELEASE_FILES, SEEDS_FILE
from amgan.release.training_film import read_film
from amgan.training import releasing
from amgan.training.checkpoint import Progress
from amgan.training.data_licence import DataLicence
from amgan.training.releasing import RELEASE, finish_release, model_so_far, training_facts, write_release_whole
from amgan.training.standing_statistics import measure_standing_statistics
from amgan.whole_files import clear_folder
from tests.models import draws, tiny_model
from tests.training.runs import LOOKED_AT, tiny
from tests.training.test_film import write_sheets

FACTS = {
    "data": "noise", "data_id": None, "data_licence": None, "pictures": 64, "unlabelled": 0, "fit": "none",
    "held_out": 0.0,
    "started_from": None, "command": "python -m amgan train", "steps": 4,
    "pictures_seen": 32, "seconds": 1, "machine": "m", "processes": 1, "precision": "fp32", "software": "s",
    "date": "2030-01-02",
}  # fmt: skip


def write(out, model, index_seeds=2):
    made = model_so_far(model.config, model.generator, model.discriminator, FACTS, is_finished=index_seeds > 0)
    place = out / RELEASE
    return finish_release(made, place, index_seeds) if index_seeds else write_release_whole(made, place)


@pytest.fixture(params=["dynamic", "predefined"])
def model(request):
    return tiny_model(labeling=request.param, confidence=0.0)


def test_it_holds_all_files(model, tmp_path):
    place = write(tmp_path, model)
    expected = (
        set(RELEASE_FILES)
        - {FIGURE_FILE, FILM_FILE, REAL_FILE}
        - ({SEEDS_FILE} if model.config.is_predefined else set())
    )
    assert place == tmp_path / RELEASE
    assert {file.name for file in place.iterdir()} == expected
    assert [file.name for file in tmp_path.iterdir()] == [RELEASE]
    metrics = json.loads((place / "metrics.json").read_text())
    assert metrics["training"] == FACTS
    assert metrics["labeling"]["pictures"] == LOOKED_AT
    assert ("seed_index" in metrics["labeling"]) == (not model.config.is_predefined)
    assert Image.open(place / "samples.png").size == (338, 100)
    card = ModelCard.load(place / "README.md")
    assert card.data.library_name == "amgan"
    assert "## How D labels its pictures" in card.text
    assert "| steps | 4, 32 real pictures seen |" in card.text


def test_a_finished_release_has_the_sheets_of_its_run(model, tmp_path):
    write_sheets(tmp_path / "sheets", [1, 3, 4, 9])
    place = write(tmp_path, model)
    metrics = json.loads((place / "metrics.json").read_text())
    assert metrics["training"] == {**FACTS, "sheets": [1, 3, 4]}  # it was trained for four steps
    assert len(read_film(place / FILM_FILE, metrics["training"]["sheets"])) == 3
    assert not (write(tmp_path, model, index_seeds=0) / FILM_FILE).exists()


def test_a_release_on_the_way_measures_nothing(model, tmp_path):
    place = write(tmp_path, model, index_seeds=0)
    assert not (place / SEEDS_FILE).exists()
    assert json.loads((place / "metrics.json").read_text()) == {"training": FACTS}
    assert AMGAN.from_pretrained(place).sample(labels=[0], seeds=[1]).shape == (1, 32, 32, 1)


def test_its_pictures_are_those_of_the_nets_with_standing_statistics(model, tmp_path):
    released = AMGAN.from_pretrained(write(tmp_path, model, index_seeds=0), precision="fp32")
    measure_standing_statistics(model.generator, model.discriminator, model.config, releasing.BATCHES_ON_THE_WAY)
    assert np.array_equal(released.sample(seeds=range(8)), model.sample(seeds=range(8)))


def test_its_index_is_found_by_the_released_nets(tmp_path):
    released = AMGAN.from_pretrained(write(tmp_path, tiny_model(confidence=0.0)), precision="fp32")
    indexed = draws(released.sampler, [0, 1, 1], [0, 1, 2])
    released.seed_index = None
    assert draws(released.sampler, [0, 1, 1], [0, 1, 2]) == indexed


@pytest.mark.parametrize("objective", ["gan", "gan-star"])
def test_without_classes_there_is_nothing_to_index_or_to_measure(objective, tmp_path):
    place = write(tmp_path, tiny_model(objective=objective), index_seeds=2)
    knows = objective == "gan-star"
    assert (place / SEEDS_FILE).exists() == knows
    assert ("labeling" in json.loads((place / "metrics.json").read_text())) == knows


def test_an_earlier_release_is_replaced_whole(model, tmp_path):
    place = write(tmp_path, model)
    (place / "README.md").write_text("old card")
    (place / "left.txt").write_text("left")
    (tmp_path / f".{RELEASE}.writing").mkdir()
    (tmp_path / f".{RELEASE}.writing" / "broken").write_text("a release that was cut off")
    other = tiny_model(labeling=model.config.labeling, confidence=0.0, seed=1)
    write(tmp_path, other, index_seeds=0)
    assert not (place / "left.txt").exists()
    assert not (place / SEEDS_FILE).exists()
    assert "old card" not in (place / "README.md").read_text()
    assert [file.name for file in tmp_path.iterdir()] == [RELEASE]
    measure_standing_statistics(other.generator, other.discriminator, other.config, releasing.BATCHES_ON_THE_WAY)
    released = AMGAN.from_pretrained(place, precision="fp32")
    assert np.array_equal(released.sample(seeds=range(4)), other.sample(seeds=range(4)))


@pytest.mark.parametrize("index_seeds", [0, 2])
def test_training_goes_on_as_if_nothing_was_released(model, tmp_path, index_seeds):
    model.train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    random = torch.get_rng_state()
    write(tmp_path, model, index_seeds)
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert model.generator.training
    assert model.discriminator.training
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_facts_are_those_of_the_run(pictures, accelerator_factory, tmp_path):
    config = tiny(pictures, tmp_path / "runs" / "a b", batch_size=8)
    facts = training_facts(
        config,
        load_labelled_images(str(pictures), 32),
        Progress(10, 99.6, 2),
        accelerator_factory(),
        DataLicence("mit", "trainer"),
    )
    assert facts["data"] == pictures.name
    assert facts["data_id"] is None
    assert facts["data_licence"] == {"name": "mit", "said_by": "trainer"}
    assert (facts["pictures"], facts["unlabelled"], facts["fit"]) == (64, 0, "none")
    assert (facts["steps"], facts["pictures_seen"], facts["processes"]) == (10, 160, 2)
    assert facts["seconds"] == 100
    assert facts["precision"] == "fp32"
    assert set(facts) == set(FACTS)
    assert json.loads(json.dumps(facts)) == facts


def test_facts_name_no_place_of_the_machine(pictures, accelerator_factory, tmp_path):
    data = load_labelled_images(str(pictures), 32)
    accelerator = accelerator_factory()
    config = tiny(pictures, tmp_path / "runs" / "a b")
    facts = training_facts(config, data, Progress(1, 1.0, 1), accelerator)
    assert str(tmp_path.parent) not in json.dumps(facts)
    assert f"--data {pictures.name} --out 'a b'" in facts["command"]
    hub = training_facts(dataclasses.replace(config, data=("user/shoes",)), data, Progress(1, 1.0, 1), accelerator)
    assert "--data user/shoes" in hub["command"]


@pytest.mark.parametrize("caught", ["half written", "between two renames", "half removed"])
def test_what_a_kill_left_is_mended(tmp_path, caught):
    place, writing, old = (tmp_path / name for name in (RELEASE, ".release.writing", ".release.old"))
    for folder, content in {
        "half written": {place: "before", writing: "half"},
        "between two renames": {old: "before", writing: "new"},
        "half removed": {place: "before", old: "older"},
    }[caught].items():
        folder.mkdir()
        (folder / "model").write_text(content)
    clear_folder(place)
    assert [path.name for path in tmp_path.iterdir()] == [RELEASE]
    assert (place / "model").read_text() == "before"
