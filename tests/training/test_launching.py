"""What `accelerate launch` hands on of its flags: done, or refused by name, in the environment that it really makes."""

from __future__ import annotations

import pytest
from accelerate.commands.launch import _validate_launch_command, launch_command_parser
from accelerate.utils.launch import prepare_multi_gpu_env, prepare_simple_launcher_cmd_env

from amgan.errors import ConfigError
from amgan.training.launching import check_launch, launched_precision
from amgan.training.processes import make_accelerator


def launched(*flags: str, prepare=prepare_multi_gpu_env) -> dict[str, str]:
    """What a process finds in its environment."""
    found = launch_command_parser().parse_args([*flags, "--num_processes", "2", "--num_machines", "1", "train.py"])
    found, *_ = _validate_launch_command(found)
    made = prepare(found)
    return made if isinstance(made, dict) else made[1]


@pytest.mark.parametrize("flags", [(), ("--mixed_precision", "no"), ("--multi_gpu",)])
def test_what_nobody_asked_for_changes_nothing(flags, monkeypatch):
    for name in ("ACCELERATE_MIXED_PRECISION", "ACCELERATE_DYNAMO_BACKEND"):
        monkeypatch.delenv(name, raising=False)
    for prepare in (prepare_multi_gpu_env, prepare_simple_launcher_cmd_env):
        environment = launched(*flags, prepare=prepare)
        check_launch(environment)
        for precision in ("auto", "fp32", "bf16"):
            assert launched_precision(precision, environment) == precision
    check_launch({})


def test_bf16_is_what_was_asked_for_wherever_that_was():
    environment = launched("--mixed_precision", "bf16")
    assert launched_precision("auto", environment) == launched_precision("bf16", environment) == "bf16"
    with pytest.raises(ConfigError, match="--precision fp32 and --mixed_precision bf16 contradict each other"):
        launched_precision("fp32", environment)


def test_other_precisions_are_refused():
    environment = launched("--mixed_precision", "fp16")
    for precision in ("fp16", "fp8"):  # the launcher makes the second only where a library for it is installed
        with pytest.raises(ConfigError, match=f"--mixed_precision {precision} is not for these nets; give bf16 or no"):
            launched_precision("auto", environment | {"ACCELERATE_MIXED_PRECISION": precision})


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--use_fsdp"], "--use_fsdp"),
        (["--use_megatron_lm"], "--use_megatron_lm"),
        (["--dynamo_backend", "inductor"], "--dynamo_backend inductor"),
    ],
)
def test_what_spreads_or_compiles_nets_is_refused_by_name(flags, words):
    with pytest.raises(ConfigError, match=words):
        check_launch(launched(*flags))


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ACCELERATE_USE_DEEPSPEED", "true", "--use_deepspeed"),
        ("ACCELERATE_USE_PARALLELISM_CONFIG", "true", "--use_parallelism_config"),
        ("ACCELERATE_GRADIENT_ACCUMULATION_STEPS", "4", "not gathered over 4 steps"),
        ("ACCELERATE_GRADIENT_CLIPPING", "1.0", "not clipped at 1.0"),
    ],
)
def test_what_the_launcher_hands_on_only_beside_other_libraries(variable, value, words):
    with pytest.raises(ConfigError, match=words):
        check_launch({variable: value})


def test_a_training_looks_before_it_begins(monkeypatch):
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(ConfigError, match="--use_fsdp"):
        make_accelerator("auto")
