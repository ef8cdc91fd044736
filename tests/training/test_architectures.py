"""From pictures to a drawn class with every architecture: the run, its resume, its release, and 128 pixels."""

from __future__ import annotations

import dataclasses
import json

import pytest
import torch
from rich.console import Console

from amgan.errors import CheckpointError, ConfigError
from amgan.model import AMGAN
from amgan.networks.objectives import OBJECTIVES
from amgan.release.folder import CONFIG_FILE, read_release
from amgan.sampling import class_search
from amgan.training import standing_statistics
from amgan.training.loop import Trainer
from amgan.training.run_data import load_training_data
from amgan.training.run_folder import SETTINGS_FILE
from amgan.training.start_point import open_start, start_from
from tests.models import message, tiny_config
from tests.random_nets import inputs_of
from tests.training.runs import CLASSES, checkpoint, contents, differences, run, tiny


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_a_run_becomes_a_release_that_draws_what_is_asked(pictures, tmp_path, architecture, labeling, monkeypatch):
    monkeypatch.setattr(class_search, "MAX_DRAWS_PER_CLASS", 10)  # they would be looked for in vain
    config = tiny(pictures, tmp_path / "run", architecture=architecture, labeling=labeling, steps=3,
                  index_seeds=int(labeling == "dynamic"))  # fmt: skip
    run(config)
    assert json.loads((config.out / "release" / CONFIG_FILE).read_text())["architecture"] == architecture
    model, release = AMGAN.from_pretrained(config.out / "release"), read_release(config.out / "release")
    assert model.config.architecture == release.config.architecture == architecture
    assert differences(dict(model.state_dict()), release.weights) == []
    # The same pictures one by one, all at once, and from a copy that was written and read again.
    # A class that D names for a seed: nets of three steps may never name the others.
    asked = [sample.label for sample in model.sampler.sample(range(12), [None] * 12)[1]]
    whole = model.sample(labels=asked, seeds=range(12))
    for number in (0, 7, 11):
        assert (model.sample(labels=asked[number], seeds=number) == whole[number]).all()
    model.save_pretrained(tmp_path / "copy")
    copy = AMGAN.from_pretrained(tmp_path / "copy")
    assert copy.revision == model.revision
    assert (copy.sample(labels=asked, seeds=range(12)) == whole).all()
    # D's answer through the renderer is the net's own, and a dynamic model's index was made by it.
    judged = model.sampler.renderer.judge(torch.from_numpy(whole)).class_probabilities
    images = torch.from_numpy(whole).permute(0, 3, 1, 2) / 127.5 - 1
    with torch.no_grad():
        expected = model.discriminator.answer(images).softmax(dim=1).double()
    torch.testing.assert_close(judged, expected, rtol=1e-4, atol=1e-6)
    assert (model.seed_index is None) == (labeling == "predefined")
    if model.seed_index is not None:
        assert model.seed_index.lookup(0, asked[0]) == 0
        model.seed_index = None
        assert (model.sample(labels=asked[0], seeds=0) == whole[0]).all()


def test_a_run_in_two_parts_is_the_run_in_one(pictures, tmp_path, architecture):
    whole = tiny(pictures, tmp_path / "whole", architecture=architecture)
    run(whole)
    halves = dataclasses.replace(whole, out=tmp_path / "halves", steps=2)
    run(halves)
    run(dataclasses.replace(halves, steps=4, resume=True))
    assert differences(contents(checkpoint(whole.out, 4)), contents(checkpoint(halves.out, 4))) == []


def test_a_run_can_be_in_bf16(pictures, tmp_path, architecture):
    config = tiny(pictures, tmp_path / "run", architecture=architecture, precision="bf16", steps=2)
    run(config)
    assert AMGAN.from_pretrained(config.out / "release", precision="bf16").sample().shape == (1, 32, 32, 1)


def test_what_does_not_learn_is_released_as_it_was_and_once(pictures, tmp_path, two_heads):
    config = tiny(pictures, tmp_path / "run", architecture=two_heads, steps=3)
    run(config)
    weights = read_release(config.out / "release").weights
    frozen = {name: tensor for name, tensor in weights.items() if tensor.dtype == torch.float16}
    assert list(frozen) == ["discriminator.filters"]
    made = AMGAN(tiny_config(architecture=two_heads)).state_dict()["discriminator.filters"]
    assert torch.equal(frozen["discriminator.filters"], made)


def test_a_run_of_another_architecture_is_neither_resumed_nor_started_from(pictures, tmp_path, two_heads):
    config = tiny(pictures, tmp_path / "run", steps=1)
    run(config)
    with pytest.raises(CheckpointError, match="trained with architecture = 'dcgan', not 'two-heads'"):
        run(dataclasses.replace(config, architecture=two_heads, resume=True))
    with pytest.raises(ConfigError, match="train with --architecture dcgan"):
        open_start(str(config.out / "release"), tiny_config(class_names=CLASSES, architecture=two_heads))


def test_a_run_of_a_version_that_knew_one_architecture_is_resumed(pictures, tmp_path):
    config = tiny(pictures, tmp_path / "run", steps=1)
    run(config)
    settings = json.loads((config.out / SETTINGS_FILE).read_text())
    del settings["architecture"]
    (config.out / SETTINGS_FILE).write_text(json.dumps(settings))
    run(dataclasses.replace(config, steps=2, resume=True))
    assert checkpoint(config.out, 2).exists()


def test_other_classes_start_anew_on_the_features_of_a_release(pictures, tmp_path, architecture):
    before = AMGAN(tiny_config(class_names=("x", "y"), latent_dim=6, generator_width=4, discriminator_width=4,
                               labeling="predefined", architecture=architecture))  # fmt: skip
    before.save_pretrained(tmp_path / "before")
    config = tiny(pictures, tmp_path / "run", architecture=architecture, labeling="predefined", steps=1,
                  start_from=str(tmp_path / "before"))  # fmt: skip
    run(config)
    model = AMGAN.from_pretrained(config.out / "release")
    assert not model.metrics["training"]["started_from"]["classes_kept"]


def test_pictures_of_128_pixels(pictures, tmp_path, architecture, monkeypatch):
    monkeypatch.setattr(standing_statistics, "BATCH_SIZE", 4)
    config = tiny(pictures, tmp_path / "run", architecture=architecture, image_size=128, channels=3,
                  generator_width=1, discriminator_width=1, steps=1, batch_size=4, labeling="dynamic")  # fmt: skip
    run(config)
    model = AMGAN.from_pretrained(config.out / "release", precision="fp32")
    whole = model.sample(seeds=range(5))
    assert whole.shape == (5, 128, 128, 3)
    assert (model.sample(seeds=3) == whole[3]).all()
    with torch.no_grad():
        latents = torch.cat([model.sampler.latents([seed], [0]) for seed in range(5)])
        plain = model.generator.eval()(latents).permute(0, 2, 3, 1)
    assert (torch.from_numpy(whole) - (plain + 1) * 127.5).abs().max() < 0.51


def test_a_size_that_an_architecture_is_not_made_for_is_refused_before_training(pictures, tmp_path, two_heads):
    with pytest.raises(ConfigError, match="image_size must be one of 32, 128, not 64") as caught:
        run(tiny(pictures, tmp_path / "run", architecture=two_heads, image_size=64))
    message(caught.value)


def test_every_objective_trains_every_head(pictures, tmp_path, two_heads, accelerator_factory):
    for objective in OBJECTIVES:
        config = tiny(pictures, tmp_path / objective, architecture=two_heads, objective=objective)
        trainer = Trainer(config, load_training_data(config), accelerator_factory(), Console(quiet=True))
        net = trainer.accelerator.unwrap_model(trainer.networks.discriminator)
        before = [head.weight.detach().clone() for head in net.heads]
        filters = net.filters.clone()
        assert trainer.train_step(0).isfinite().all()
        assert not any(torch.equal(old, head.weight) for old, head in zip(before, net.heads))
        assert torch.equal(filters, net.filters)


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_features_go_on_from_the_pictures_of_the_papers_nets(pictures, tmp_path, labeling):
    before = tiny(pictures, tmp_path / "before", labeling=labeling, steps=2)
    run(before)
    release = str(before.out / "release")
    config = tiny(pictures, tmp_path / "run", labeling=labeling, architecture="features", start_from=release,
                  discriminator_width=5, steps=3, discriminator_first=3)  # fmt: skip
    run(config)
    one, other = AMGAN.from_pretrained(release), AMGAN.from_pretrained(config.out / "release")
    assert other.metrics["training"]["started_from"]["other_kind"]
    labels = ["round"] * 4 if labeling == "predefined" else None
    one.seed_index = other.seed_index = None
    assert [model.config.architecture for model in (one, other)] == ["dcgan", "features"]
    latents, classes = inputs_of(one.config, 5)
    drawn = [model.sampler.renderer.render(latents, classes).int() for model in (one, other)]
    assert labels is None or (one.sample(labels=labels) == other.sample(labels=labels)).mean() > 0.9
    # D learnt alone, and the statistics were measured over the same latents.
    assert (drawn[0] - drawn[1]).abs().max() <= 1
    with pytest.raises(ConfigError, match="train with --architecture features"):
        run(tiny(pictures, tmp_path / "back", labeling=labeling, start_from=str(config.out / "release")))


@pytest.mark.parametrize("kind", ["dcgan", "features"])
@pytest.mark.parametrize(("before", "after"), [(32, 64), (64, 32)])
def test_a_model_of_another_size_gives_the_layers_near_the_picture(tmp_path, kind, before, after):
    def config(size):
        return tiny_config(architecture=kind, image_size=size, generator_width=4, discriminator_width=8)

    start = AMGAN(config(before))
    start.save_pretrained(tmp_path / "before")
    nets = config(after).nets.generator(config(after)), config(after).nets.discriminator(config(after))
    first = {name: tensor.clone() for name, tensor in nets[0].state_dict().items()}
    point = start_from(open_start(str(tmp_path / "before"), config(after)), "before", config(after), *nets)
    assert point.other_kind
    layers, own = list(nets[0].upsample), list(start.generator.upsample)
    shared = min(len(layers), len(own))
    for one, other in zip(layers[-shared:], own[-shared:]):
        assert torch.equal(one.weight, other.weight)
    assert torch.equal(nets[0].to_image.weight, start.generator.to_image.weight)
    assert torch.equal(nets[0].project.weight, first["project.weight"])
    if kind == "features":
        assert torch.equal(nets[1].heads[0].logits.weight, start.discriminator.heads[0].logits.weight)


def test_d_learns_alone_at_first(pictures, tmp_path, accelerator_factory):
    config = tiny(pictures, tmp_path / "run", discriminator_first=2)
    trainer = Trainer(config, load_training_data(config), accelerator_factory(), Console(quiet=True))
    moved = []
    for step in range(3):
        before = [[weight.detach().clone() for weight in net.parameters()]
                  for net in (trainer.networks.generator, trainer.networks.discriminator)]  # fmt: skip
        trainer.train_step(step)
        after = (trainer.networks.generator, trainer.networks.discriminator)
        moved.append([not all(map(torch.equal, old, net.parameters())) for old, net in zip(before, after)])
    assert moved == [[False, True], [False, True], [True, True]]
