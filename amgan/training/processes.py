"""The processes of one command, alone or under torchrun, as Accelerate sees them."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import torch
from accelerate import Accelerator, PartialState
from accelerate.utils import parse_flag_from_env

from amgan.errors import TrainingError, one_line
from amgan.sampling.arithmetic import has_fast_bf16
from amgan.training.launching import Precision, check_launch, launched_precision

LONGEST_WAIT = timedelta(days=7)
"""How long a process waits for the others, which may be reading data, writing a seed index or at a larger part of a
job: the defaults of ten minutes (NCCL) and half an hour (gloo) end runs that are well."""


def joined_processes() -> PartialState:
    """This process among the others, on the accelerator that the machine has, or else, or if launched so, the CPU."""
    # Said outright, or Accelerate would let each process of torchrun work alone where there is no GPU.
    on_cpu = parse_flag_from_env("ACCELERATE_USE_CPU") or not torch.accelerator.is_available()
    return PartialState(cpu=on_cpu, timeout=LONGEST_WAIT)


def make_accelerator(precision: Precision, **options: Any) -> Accelerator:
    """An Accelerator for the processes of `joined_processes`.

    Args:
        precision: fp32, bf16, or auto: bf16 where the hardware multiplies it faster.
        options: Of the Accelerator.

    Raises:
        ConfigError: `accelerate launch` was told something that cannot be.
    """
    check_launch(os.environ)
    precision = launched_precision(precision, os.environ)
    if torch.distributed.is_available():
        # Its functions take the group of all processes as a default when the module is loaded. If that were after the
        # group is made (DistributedDataParallel loads it), they would hold the group and its threads to the end of
        # the interpreter, in which such a thread aborts the process if it still has a tensor to let go.
        from torch.distributed.nn import functional  # noqa: F401
    # Made first: an Accelerator takes over the state, and with it the time that processes wait.
    state = joined_processes()
    in_bf16 = precision == "bf16" or (precision == "auto" and has_fast_bf16(state.device))
    return Accelerator(cpu=state.device.type == "cpu", mixed_precision="bf16" if in_bf16 else "no", **options)


def leave_processes(accelerator: Accelerator) -> None:
    """End what `make_accelerator` began: its trackers, and the group of processes with its threads.

    Nothing else may hold a wrapped net any more, for it holds the group.
    """
    if accelerator.num_processes > 1:
        accelerator.free_memory()  # it holds them too
    accelerator.end_training()


@contextlib.contextmanager
def together(accelerator: Accelerator) -> Iterator[None]:
    """Work of which all processes learn whether each of them could write, so that none waits for one that ended.

    They leave it together; what else is raised in it must be raised in all of them.

    Raises:
        OSError: in every process, if it was raised in one.
    """
    failure: OSError | None = None
    try:
        yield
    except OSError as error:
        failure = error
    if accelerator.num_processes > 1:
        flag = torch.tensor([float(failure is not None)], device=accelerator.device)
        if accelerator.reduce(flag, reduction="sum").item() > 0 and failure is None:
            raise OSError(errno.EIO, "another process could not write")
    if failure is not None:
        raise failure


@contextlib.contextmanager
def noticing_lost(processes: int, again: str) -> Iterator[None]:
    """Work of several processes, of which one may be lost: killed, out of memory, or its machine unreachable.

    Args:
        processes: How many there are.
        again: What to do then.

    Raises:
        TrainingError: one of the others is lost; how that shows depends on what connects them.
    """
    try:
        yield
    except RuntimeError as error:
        if processes == 1 or not (isinstance(error, torch.distributed.DistError) or "gloo" in str(error)):
            raise
        reason = one_line(error).rpartition("] ")[2].partition(". ")[0][:100]
        raise TrainingError(f"another process is gone or cannot be reached ({reason}); {again}") from error
