"""Checkpoints: whole or not there, the newest complete one taken, and a clear word about one that is broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from unittest.mock import Mock

import pytest
import torch

from amgan.config import ModelConfig
from amgan.errors import CheckpointError, TrainingError
from amgan.networks import Discriminator, Generator
from amgan.training import checkpoint as checkpoint_module
from amgan.training.checkpoint import MARKER, Checkpoints, Progress, complete_checkpoints
from amgan.training.ema import ExponentialMovingAverage
from amgan.training.step import AdversarialStep, Networks
from tests.training.runs import contents, differences


class Run:
    """Nets, optimizers, average and checkpoints of a run, without data or loop."""

    def __init__(self, accelerator, folder: Path, keep: int = 3, seed: int = 0) -> None:
        config = ModelConfig(("a", "b"), channels=1, latent_dim=3, generator_width=2, discriminator_width=2)
        torch.manual_seed(seed)
        generator, discriminator = Generator(config), Discriminator(config)
        optimizers = [torch.optim.Adam(net.parameters(), 0.01, fused=True) for net in (generator, discriminator)]
        self.nets = Networks(*accelerator.prepare(generator, discriminator, *optimizers))
        self.average = ExponentialMovingAverage(self.nets.generator, 0.9)
        self._step = AdversarialStep(config, self.nets, accelerator, torch.contiguous_format)
        self.checkpoints = Checkpoints(folder, accelerator, self.average.module, keep)
        self.step = 0

    def train(self, steps: int = 1) -> None:
        for _ in range(steps):
            self._step(torch.rand(4, 1, 32, 32), torch.tensor([0, 1, 0, 1]))
            self.average.update(self.step)
            self.step += 1

    def save(self) -> Path:
        return self.checkpoints.save(Progress(self.step, 1.5, 1))


@pytest.fixture
def start(tmp_path, accelerator_factory):
    def make(**options) -> Run:
        return Run(accelerator_factory(), tmp_path / "checkpoints", **options)

    return make


def reason(run: Run) -> str:
    with pytest.raises(CheckpointError) as caught:
        run.checkpoints.load_newest()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_everything_comes_back_and_goes_on_bit_for_bit(start):
    run = start()
    run.train(3)
    place = run.save()
    assert place.name == "step-000000003"
    run.train(2)
    wanted = contents(run.save())

    resumed = start(seed=99)
    shutil.rmtree(place.with_name("step-000000005"))
    done = resumed.checkpoints.load_newest()
    assert done == Progress(3, 1.5, 1)
    resumed.step = done.step
    resumed.train(2)
    assert differences(wanted, contents(resumed.save())) == []


def test_saving_and_loading_do_not_move_the_random_numbers(start):
    run = start()
    run.train()
    before = torch.get_rng_state()
    run.save()
    assert torch.equal(before, torch.get_rng_state())
    torch.rand(9)
    run.checkpoints.load_newest()
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_only_the_newest_are_kept(start, keep):
    run = start(keep=keep)
    folder = None
    for _ in range(4):
        run.train()
        folder = run.save().parent
    kept = max(1, keep)
    assert [path.name for path in complete_checkpoints(folder)] == [f"step-{n:09d}" for n in range(5 - kept, 5)]
    assert len(list(folder.iterdir())) == kept


class Killed(BaseException):
    """Stands for the end of the process."""


SAVING = ["Accelerator.save_state", "save_file", "Path.touch", "Path.rename", "shutil.rmtree"]


@pytest.mark.parametrize("place", SAVING)
def test_a_kill_while_saving_leaves_the_earlier_checkpoint(start, monkeypatch, place):
    run = start(keep=1)
    run.train(2)
    run.save()
    good = contents(run.save())
    run.train()

    def die(*_, **__):
        raise Killed

    owner = {
        "Accelerator.save_state": type(run.checkpoints._accelerator), "Path.touch": type(Path()),
        "Path.rename": type(Path()), "shutil.rmtree": checkpoint_module.shutil, "save_file": checkpoint_module,
    }[place]  # fmt: skip
    name = place.rpartition(".")[2]
    real = getattr(owner, name)
    monkeypatch.setattr(owner, name, die)
    with pytest.raises(Killed):
        run.save()
    monkeypatch.setattr(owner, name, real)

    resumed = start(seed=5, keep=1)
    done = resumed.checkpoints.load_newest()
    # Removing the old one comes last: then the new one is there already.
    assert done.step == (3 if place == "shutil.rmtree" else 2)
    if done.step == 2:
        folder = resumed.checkpoints._folder
        assert differences(good, contents(complete_checkpoints(folder)[-1])) == []
    resumed.step = done.step
    resumed.train()
    folder = resumed.save().parent
    assert len(list(folder.iterdir())) == 1, "nothing half-written is left over"


def test_half_a_checkpoint_without_its_marker_is_passed_over(start):
    run = start()
    run.train()
    folder = run.save().parent
    for name in ("writing-step-000000007", "step-000000008", "step-x"):
        shutil.copytree(folder / "step-000000001", folder / name)
        (folder / name / MARKER).unlink()
    assert run.checkpoints.load_newest().step == 1


def test_none_at_all(start, tmp_path):
    assert f"{tmp_path / 'checkpoints'}: no complete checkpoint" in reason(start())


FILES = (
    "model.safetensors", "model_1.safetensors", "average.safetensors", "optimizer.bin", "optimizer_1.bin",
    "random-0.safetensors", "progress.json",
)  # fmt: skip


@pytest.mark.parametrize("damage", ["missing", "truncated", "empty", "garbage"])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_newest_one_is_named_and_the_one_before_still_loads(start, name, damage):
    run = start()
    run.train()
    run.save()
    run.train()
    newest = run.save()
    content = (newest / name).read_bytes()
    if damage == "missing":
        (newest / name).unlink()
    else:
        broken = {"truncated": content[: len(content) // 2], "empty": b"", "garbage": b"\x93nonsense" * 40}[damage]
        (newest / name).write_bytes(broken)
    text = reason(run)
    assert str(newest) in text
    assert "remove that folder" in text
    shutil.rmtree(newest)
    assert run.checkpoints.load_newest().step == 1


@pytest.mark.parametrize("name", ["model.safetensors", "average.safetensors", "random-0.safetensors"])
def test_a_file_of_another_run_is_refused(start, name):
    run = start()
    run.train()
    newest = run.save()
    (newest / name).write_bytes((newest / "model_1.safetensors").read_bytes())
    assert str(newest) in reason(run)


@pytest.mark.parametrize("content", ["[]", "3", '{"step": 1}', '{"step": 1, "seconds": 0, "num_processes": 1, "x": 2}'])
def test_progress_of_another_form_is_refused(start, content):
    run = start()
    run.train()
    newest = run.save()
    (newest / "progress.json").write_text(content)
    assert str(newest) in reason(run)


def test_another_number_of_processes_is_refused(start):
    run = start()
    run.train()
    file = run.save() / "progress.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"num_processes": 2}))
    text = reason(run)
    assert "made by 2 processes" in text
    assert "not 1" in text


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("device", "cuda", "made on cuda; resume on such a device, not on cpu"),
        ("precision", "bf16", "made in bf16; resume with --precision bf16"),
    ],
)
def test_other_hardware_is_named_and_no_checkpoint_blamed(start, field, value, wanted):
    run = start()
    run.train()
    file = run.save() / "progress.json"
    saved = json.loads(file.read_text())
    file.write_text(json.dumps(saved | {field: value}))
    text = reason(run)
    assert wanted in text
    assert "remove" not in text
    del saved[field]  # as earlier versions wrote it
    file.write_text(json.dumps(saved))
    assert run.checkpoints.load_newest().step == 1


@pytest.mark.parametrize("kind", ["cuda", "mps", "xpu"])
def test_the_random_numbers_of_a_device_are_kept(start, monkeypatch, kind):
    class Device:
        state = torch.arange(5, dtype=torch.uint8)

        def get_rng_state(self):
            return self.state.clone()

        def set_rng_state(self, state):
            self.state = state

    device = Device()
    monkeypatch.setattr(torch, "get_device_module", {torch.device(kind): device}.__getitem__)
    run = start()
    accelerator = Mock(device=torch.device(kind), process_index=0)
    monkeypatch.setattr(run.checkpoints, "_accelerator", accelerator)
    states = run.checkpoints._random_states()
    device.state = torch.zeros(5, dtype=torch.uint8)
    run.checkpoints._restore_random_states(states)
    assert device.state.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("net", ["generator", "discriminator"])
def test_broken_weights_are_never_saved(start, net, value):
    run = start(keep=1)
    run.train()
    good = run.save()
    before = contents(good)
    run.train()
    with torch.no_grad():
        next(getattr(run.nets, net).parameters()).view(-1)[0] = value
    run.train()
    with pytest.raises(TrainingError, match="no numbers any more at step 3"):
        run.save()
    assert [path.name for path in good.parent.iterdir()] == [good.name]
    assert differences(before, contents(good)) == []


def test_a_checkpoint_is_read_without_running_code_from_it(start, tmp_path):
    run = start()
    run.train()
    newest = run.save()

    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"state": Evil(), "param_groups": []}, newest / "optimizer.bin")
    assert str(newest) in reason(run)
    assert not (tmp_path / "ran").exists()
