"""A whole run in this process: what it writes and prints, learning rates, a NaN, and a step without host syncs."""

from __future__ import annotations

import dataclasses
import io

import pytest
import torch
from rich.console import Console
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from amgan.errors import ConfigError, DataError, TrainingError
from amgan.training.checkpoint import MARKER
from amgan.training.loop import Trainer
from amgan.training.run import train
from amgan.training.run_data import load_training_data
from amgan.training.step import AdversarialStep
from tests.training.runs import checkpoint, contents, differences, make_pictures, run, tiny
from tests.training.test_step import NoHostSync


@pytest.fixture
def trainer(pictures, tmp_path, accelerator_factory):
    def make(**changes):
        config = tiny(pictures, tmp_path / "run", **changes)
        precision = "bf16" if config.precision == "bf16" else "no"
        data = load_training_data(config)
        return Trainer(config, data, accelerator_factory(mixed_precision=precision), Console(quiet=True))

    return make


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_a_run_writes_all_it_promises(pictures, tmp_path, accelerator_factory, labeling):
    console = Console(file=io.StringIO(), width=200)
    changes = {"steps": 6, "log_every": 2, "sheet_every": 3, "checkpoint_every": 2}
    config = tiny(pictures, tmp_path / "run", labeling=labeling, **changes)
    accelerator_factory()
    release = train(config, console)
    assert release == config.out / "release"
    assert (release / "model.safetensors").exists()
    assert (release / "config.json").exists()
    assert [p.name for p in sorted((config.out / "checkpoints").iterdir())] == ["step-000000004", "step-000000006"]
    assert [p.name for p in sorted((config.out / "sheets").iterdir())] == ["step-000000003.png", "step-000000006.png"]
    events = EventAccumulator(str(config.out / "tensorboard"))
    events.Reload()
    assert [e.step for e in events.Scalars("loss/generator")] == [2, 4, 6]
    assert [e.step for e in events.Images("samples")] == [3, 6]
    printed = console.file.getvalue()
    assert "64 pictures, 3 classes" in printed
    assert [line.split()[1] for line in printed.splitlines() if line.startswith("step ")] == ["2/6", "4/6", "6/6"]


def test_a_seed_is_the_whole_run(pictures, tmp_path):
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        run(tiny(pictures, tmp_path / name, seed=seed, steps=2))
    one, again, other = (contents(checkpoint(tmp_path / name, 2)) for name in ("one", "again", "other"))
    assert differences(one, again) == []
    assert differences(one, other) != []


def test_a_folder_that_holds_a_run_is_not_overwritten(pictures, tmp_path):
    config = tiny(pictures, tmp_path / "run", steps=2)
    run(config)
    before = contents(checkpoint(config.out, 2))
    with pytest.raises(ConfigError, match="already holds a run; add --resume"):
        run(config)
    assert differences(before, contents(checkpoint(config.out, 2))) == []


def test_learning_rates_fall_linearly_to_zero_and_stay_there(trainer):
    made = trainer(lr_decay_steps=4, generator_lr=0.1, discriminator_lr=0.2)
    rates = []
    for step in range(6):
        made._set_learning_rates(step)
        nets = made.networks
        rates.append(
            [o.optimizer.param_groups[0]["lr"] for o in (nets.generator_optimizer, nets.discriminator_optimizer)]
        )
    expected = [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    assert rates == [pytest.approx([0.1 * left, 0.2 * left]) for left in expected]


def test_learning_rates_are_constant_without_decay(trainer):
    made = trainer(generator_lr=0.1)
    made._set_learning_rates(10**6)
    assert made.networks.generator_optimizer.optimizer.param_groups[0]["lr"] == 0.1


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_no_step_within_an_epoch_waits_for_the_device(trainer, labeling, precision):
    made = trainer(labeling=labeling, precision=precision, lr_decay_steps=50)
    made.train_step(0)
    with NoHostSync():
        for step in range(1, 4):
            made.train_step(step)


def test_a_step_trains_on_the_batch_of_its_number_and_moves_the_average(trainer, monkeypatch):
    made = trainer()
    seen = []
    real = AdversarialStep.__call__

    def watched(self, images, labels, *rest):
        seen.append((images.clone(), labels))
        return real(self, images, labels, *rest)

    monkeypatch.setattr(AdversarialStep, "__call__", watched)
    before = made.average.module.project.weight.clone()
    made.train_step(9)
    images, labels = made.batches.at(9)
    assert torch.equal(seen[0][0], images.float() / 127.5 - 1)
    assert torch.equal(seen[0][1], labels)
    decay = (1 + 9) / (10 + 9)
    expected = decay * before + (1 - decay) * made.bare_generator.project.weight
    torch.testing.assert_close(made.average.module.project.weight, expected)


def test_a_nan_loss_stops_and_keeps_the_last_good_checkpoint(pictures, tmp_path, monkeypatch):
    config = tiny(pictures, tmp_path / "run", steps=20, checkpoint_every=2, log_every=4, keep_checkpoints=1)
    real = AdversarialStep.__call__
    count = iter(range(100))

    def broken(self, images, *rest):
        return real(self, images * float("nan") if next(count) == 4 else images, *rest)

    monkeypatch.setattr(AdversarialStep, "__call__", broken)
    with pytest.raises(TrainingError, match="no numbers any more at step 6"):
        run(config)
    assert [path.name for path in (config.out / "checkpoints").iterdir()] == ["step-000000004"]
    for file, tensors in contents(checkpoint(config.out, 4)).items():
        if file.startswith(("model", "average")):
            assert all(tensor.isfinite().all() for tensor in tensors.values() if tensor.is_floating_point())


@pytest.mark.parametrize("net", ["generator", "discriminator"])
def test_weights_that_break_in_the_very_step_that_is_saved_are_not(pictures, tmp_path, monkeypatch, net):
    """A step's losses are from before its updates: at a checkpoint they can be finite and the weights not."""
    config = tiny(pictures, tmp_path / "run", steps=20, checkpoint_every=2, log_every=2, keep_checkpoints=1)
    real = AdversarialStep._update
    updates = iter(range(100))

    def broken(self, optimizer, loss):
        number = next(updates)
        is_last_of_step_4 = number == (7 if net == "generator" else 6)
        return real(self, optimizer, loss + loss.detach() * 0 + (float("nan") * loss if is_last_of_step_4 else 0))

    monkeypatch.setattr(AdversarialStep, "_update", broken)
    with pytest.raises(TrainingError, match="no numbers any more at step 4"):
        run(config)
    assert [path.name for path in (config.out / "checkpoints").iterdir()] == ["step-000000002"]


def test_absurd_learning_rates_end_in_an_error_not_in_a_release_of_noise(pictures, tmp_path):
    config = tiny(pictures, tmp_path / "run", steps=30, generator_lr=1e38, discriminator_lr=1e38, log_every=1)
    with pytest.raises(TrainingError, match="no numbers any more"):
        run(config)
    assert not (config.out / "release").exists()


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"generator_lr": 100.0}, r"weights have left all bounds at step 4 \(G's largest is "),
        ({"generator_lr": 100.0, "discriminator_lr": 100.0}, r"losses have left all bounds at step 2 \(D's "),
    ],
)
def test_a_training_that_has_left_all_bounds_is_no_success(pictures, tmp_path, changes, lost):
    config = tiny(pictures, tmp_path / "run", steps=8, checkpoint_every=4, **changes)
    with pytest.raises(
        TrainingError, match=rf"{lost}[^\n]*train anew with lower --generator-lr and --discriminator-lr$"
    ):
        run(config)
    assert not (config.out / "release").exists()
    assert not (config.out / "checkpoints").exists()


def test_a_checkpoint_of_an_earlier_version_is_taken_with_a_word(pictures, tmp_path):
    config = tiny(pictures, tmp_path / "run", steps=2)
    run(config)
    (checkpoint(config.out, 2) / MARKER).write_bytes(b"")
    console = Console(file=io.StringIO(), width=200)
    run(dataclasses.replace(config, resume=True, steps=3), console)
    assert "Step 2 was saved by an earlier version, without digests of its files: taken unchecked" in (
        console.file.getvalue()
    )


def test_the_error_of_a_broken_picture_reaches_the_user_before_anything_is_written(tmp_path):
    folder = make_pictures(tmp_path / "data", 12)
    (folder / "tall" / "bad.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"bad\.png"):
        run(tiny(folder, tmp_path / "run"))
    assert not (tmp_path / "run").exists()
