"""Checkpoints: whole or not there, the newest complete one taken, and a clear word about one that is broken."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from unittest.mock import Mock

import pytest
import torch
from accelerate import Accelerator

from amgan.errors import CheckpointError, TrainingError
from amgan.networks.config import ModelConfig
from amgan.networks.dcgan import Discriminator, Generator
from amgan.training import checkpoint as checkpoint_module
from amgan.training.checkpoint import MARKER, MAX_WEIGHT, Checkpoints, Progress, complete_checkpoints
from amgan.training.digests import write_digests
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


SAVING = ["Accelerator.save_state", "save_file", "write_digests", "Path.rename", "shutil.rmtree"]


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
        "Accelerator.save_state": type(run.checkpoints._accelerator), "write_digests": checkpoint_module,
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


def damaged(content: bytes, damage: str) -> bytes:
    """A file's content after an accident."""
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    return {"flipped": flipped, "truncated": content[:middle], "empty": b"", "garbage": b"\x93nonsense" * 40}[damage]


@pytest.fixture
def loads_nothing(monkeypatch):
    """Loading is an error from here on: not a byte of a damaged checkpoint may come that far."""

    def forbid():
        for owner, name in ((Accelerator, "load_state"), (checkpoint_module, "load_file")):
            monkeypatch.setattr(owner, name, lambda *_, **__: pytest.fail("loaded before it was checked"))

    yield forbid
    monkeypatch.undo()


@pytest.mark.parametrize("damage", ["missing", "flipped", "truncated", "empty", "garbage"])
@pytest.mark.parametrize("name", [*FILES, "random_states_0.pkl"])
def test_a_damaged_newest_one_is_named_and_the_one_before_still_loads(start, loads_nothing, monkeypatch, name, damage):
    run = start()
    run.train()
    older = run.save()
    run.train()
    newest = run.save()
    if damage == "missing":
        (newest / name).unlink()
    else:
        (newest / name).write_bytes(damaged((newest / name).read_bytes(), damage))
    loads_nothing()
    what = "is missing" if damage == "missing" else "is not what was written, by its SHA-256"
    assert reason(run) == f"{newest}: damaged ({name} {what}); remove {newest} to resume from {older.name}"
    monkeypatch.undo()
    shutil.rmtree(newest)
    assert run.checkpoints.load_newest().step == 1


def test_the_newest_whole_one_is_offered_and_all_newer_ones_named(start):
    run = start(keep=3)
    places = []
    for _ in range(3):
        run.train()
        places.append(run.save())
    one, two, three = places
    for place in (two, three):
        (place / "optimizer.bin").write_bytes(damaged((place / "optimizer.bin").read_bytes(), "flipped"))
    assert reason(run).endswith(f"; remove {two} and {three} to resume from {one.name}")
    (one / "average.safetensors").unlink()
    assert reason(run).endswith("; there is no older one that is whole; train anew, in another folder")


@pytest.mark.parametrize("damage", ["flipped", "truncated", "garbage"])
def test_a_damaged_list_of_digests_vouches_for_nothing(start, loads_nothing, damage):
    run = start()
    run.train()
    newest = run.save()
    (newest / MARKER).write_bytes(damaged((newest / MARKER).read_bytes(), damage))
    loads_nothing()
    assert f"{newest}: damaged (" in reason(run)


def test_a_file_that_was_not_saved_is_not_loaded(start, loads_nothing):
    run = start()
    run.train()
    newest = run.save()
    (newest / ".DS_Store").touch()
    assert run.checkpoints.load_newest().step == 1
    (newest / "custom_checkpoint_0.pkl").touch()
    loads_nothing()
    assert f"custom_checkpoint_0.pkl is not among the files that {MARKER} lists" in reason(run)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="this system has no sha256sum")
def test_the_digests_can_be_checked_by_hand(start):
    run = start()
    run.train()
    subprocess.run(["sha256sum", "--check", "--strict", MARKER], cwd=run.save(), check=True, stdout=subprocess.DEVNULL)


def test_one_of_an_earlier_version_is_taken_and_known_as_such(start):
    run = start()
    run.train()
    newest = run.save()
    run.checkpoints.load_newest()
    assert run.checkpoints.newest_has_digests
    (newest / MARKER).write_bytes(b"")
    assert run.checkpoints.load_newest().step == 1
    assert not run.checkpoints.newest_has_digests


@pytest.mark.parametrize("name", ["model.safetensors", "average.safetensors", "random-0.safetensors"])
def test_a_file_of_another_run_is_refused(start, name):
    run = start()
    run.train()
    newest = run.save()
    (newest / name).write_bytes((newest / "model_1.safetensors").read_bytes())
    write_digests(newest, MARKER)
    assert str(newest) in reason(run)


@pytest.mark.parametrize("content", ["[]", "3", '{"step": 1}', '{"step": 1, "seconds": 0, "num_processes": 1, "x": 2}'])
def test_progress_of_another_form_is_refused(start, content):
    run = start()
    run.train()
    newest = run.save()
    (newest / "progress.json").write_text(content)
    write_digests(newest, MARKER)
    assert str(newest) in reason(run)


def test_another_number_of_processes_is_refused(start):
    run = start()
    run.train()
    file = run.save() / "progress.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"num_processes": 2}))
    write_digests(file.parent, MARKER)
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
    write_digests(file.parent, MARKER)
    text = reason(run)
    assert wanted in text
    assert "remove" not in text
    del saved[field]  # as earlier versions wrote it
    file.write_text(json.dumps(saved))
    write_digests(file.parent, MARKER)
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


@pytest.mark.parametrize("value", [2 * MAX_WEIGHT, -2 * MAX_WEIGHT])
def test_weights_beyond_all_bounds_are_never_saved(start, value):
    run = start(keep=1)
    run.train()
    good = run.save()
    with torch.no_grad():
        next(run.average.module.parameters()).view(-1)[0] = value
    with pytest.raises(TrainingError, match=r"left all bounds at step 1 \(G's largest is 200, 100 is the limit\)"):
        run.save()
    assert [path.name for path in good.parent.iterdir()] == [good.name]


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
    write_digests(newest, MARKER)
    assert str(newest) in reason(run)
    assert not (tmp_path / "ran").exists()
