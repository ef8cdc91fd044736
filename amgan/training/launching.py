"""What `accelerate launch` or its configuration asked for: it is done, or refused in a line, and never ignored.

All of it comes in the environment, some of it as a default that nobody asked for, such as mixed precision "no".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from amgan.errors import ConfigError

Precision = Literal["auto", "fp32", "bf16"]

PRECISION = "ACCELERATE_MIXED_PRECISION"

REFUSED = {
    "ACCELERATE_USE_DEEPSPEED": "DeepSpeed (--use_deepspeed)",
    "ACCELERATE_USE_FSDP": "sharded nets (--use_fsdp)",
    "ACCELERATE_USE_MEGATRON_LM": "Megatron-LM (--use_megatron_lm)",
    "ACCELERATE_USE_PARALLELISM_CONFIG": "a parallelism configuration (--use_parallelism_config)",
}
"""Ways to spread one net over devices; the nets here fit on one, and there are two that learn from each other."""


def check_launch(environment: Mapping[str, str]) -> None:
    """See that a training can be what it was launched as.

    Raises:
        ConfigError: naming the setting and what to do.
    """
    for name, words in REFUSED.items():
        if environment.get(name, "false").lower() in ("1", "true", "yes", "y", "on", "t"):
            raise ConfigError(f"{words} is not for these nets; leave it out of accelerate launch, or of {name}")
    backend = environment.get("ACCELERATE_DYNAMO_BACKEND", "no")
    if backend.lower() != "no":
        raise ConfigError(
            f"--dynamo_backend {backend.lower()} is not for these nets; leave it out of accelerate launch"
        )
    steps = environment.get("ACCELERATE_GRADIENT_ACCUMULATION_STEPS", "1")
    if steps not in ("1", "auto"):
        raise ConfigError(
            f"gradients are not gathered over {steps} steps; leave ACCELERATE_GRADIENT_ACCUMULATION_STEPS out, and "
            "raise --batch-size"
        )
    clipping = environment.get("ACCELERATE_GRADIENT_CLIPPING", "auto")
    if clipping not in ("auto", "none"):
        raise ConfigError(f"gradients are not clipped at {clipping}; leave ACCELERATE_GRADIENT_CLIPPING out")


def launched_precision(precision: Precision, environment: Mapping[str, str]) -> Precision:
    """The precision that a run has, by its own flag and by what it was launched with.

    Raises:
        ConfigError: the two contradict each other, or nobody can train in what is asked.
    """
    launched = environment.get(PRECISION, "no").lower()
    if launched == "no":
        return precision  # what accelerate launch says where nothing was asked
    if launched != "bf16":
        raise ConfigError(f"--mixed_precision {launched} is not for these nets; give bf16 or no to accelerate launch")
    if precision == "fp32":
        raise ConfigError("--precision fp32 and --mixed_precision bf16 contradict each other; leave one out")
    return "bf16"
