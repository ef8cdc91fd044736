from __future__ import annotations

import pytest
import torch

from amgan.cli.benchmark import timing
from amgan.cli.benchmark.training import STEPS_A_CALL, bare_steps, loop_steps, training_table
from amgan.networks.config import ModelConfig

CONFIG = ModelConfig(class_names=("a", "b"), channels=1, generator_width=2, discriminator_width=2)


def test_the_table_has_a_row_for_each_variant_and_one_for_the_loop(monkeypatch):
    monkeypatch.setattr(timing, "MIN_ROUNDS", 1)
    table = training_table(width=2, batch_size=2, channels=1, seconds=0.0)
    names = list(table.columns[0].cells)
    assert len(names) == 5
    assert sum("loop" in name for name in names) == 1
    assert list(table.columns[2].cells)[names.index("bare step, fp32, channels_last")] == "1.000"


def test_the_loop_goes_on_from_call_to_call(tmp_path):
    steps = loop_steps(CONFIG, 2, tmp_path)
    assert [steps().step for _ in range(2)] == [STEPS_A_CALL, 2 * STEPS_A_CALL]
    assert not (tmp_path / "checkpoints").exists()


@pytest.mark.parametrize("bf16", [False, True])
def test_bare_steps_train(bf16, monkeypatch):
    built = []
    adam = torch.optim.Adam
    monkeypatch.setattr(torch.optim, "Adam", lambda *args, **options: built.append(adam(*args, **options)) or built[-1])
    bare_steps(CONFIG, 2, bf16, torch.channels_last)()
    assert [int(next(iter(optimizer.state.values()))["step"]) for optimizer in built] == [STEPS_A_CALL] * 2
