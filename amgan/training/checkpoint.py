"""Checkpoints with all that a run goes on from: both nets, both optimizers, the average of G, every random state.

On a CPU it then goes on bit for bit; on a GPU as exactly as two runs with the same seed agree there, which is not to
the last bit (some of cuDNN's sums have no fixed order).

A checkpoint is written beside its place, marked complete, then renamed, so that a run killed at any moment leaves
only whole ones. The mark lists the digests of its files, which are compared before anything is loaded. It is for the
machine that wrote it, and trusted against accidents alone: what is published is the release folder, never this.
"""

from __future__ import annotations

import contextlib
import json
import math
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file
from torch import nn

from amgan.errors import CheckpointError, TrainingError
from amgan.training.adaptive_strength import AdaptiveStrength
from amgan.training.digests import find_damage, has_digests, write_digests
from amgan.training.processes import together
from amgan.whole_files import removing_half

MARKER = "COMPLETE"
PREFIX = "step-"
MAX_WEIGHT = 100.0
"""Of G's average. Those of the models that ship are below 2, also at a hundred times the usual learning rate; a G that
left all bounds draws the same glaring picture for every latent, of which the losses alone may show nothing.
"""

UNFINISHED = "writing-"
"""Start of the names of folders that are being written or removed, and may be left over by a kill."""


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        step: Steps done.
        seconds: Time spent in the loop, over all its parts.
        num_processes: Processes that trained; a resume needs the same number.
    """

    step: int
    seconds: float
    num_processes: int


class Checkpoints:
    """The checkpoints of one run, in one folder.

    Attributes:
        newest_has_digests: Whether the one that was loaded could be checked; those of earlier versions cannot.
    """

    def __init__(
        self,
        folder: Path,
        accelerator: Accelerator,
        average: nn.Module,
        keep: int,
        strength: AdaptiveStrength | None = None,
    ) -> None:
        """Manage `folder`.

        Args:
            folder: Where the checkpoints lie.
            accelerator: Holds the prepared nets and optimizers.
            average: The moving average of G, saved beside them.
            keep: How many of the newest to keep.
            strength: Of an adaptive augmentation, saved as well.
        """
        self._folder = folder
        self._accelerator = accelerator
        self._average = average
        self._beside = {"average": average} if strength is None else {"average": average, "strength": strength}
        self._keep = max(1, keep)
        self.newest_has_digests = False

    def save(self, progress: Progress) -> Path:
        """Write the checkpoint of `progress.step`; every process must call this.

        Raises:
            TrainingError: the weights are no finite numbers, or beyond all bounds; nothing is written, so the last good
                checkpoint stays.
            OSError: it could not be written, by one of the processes; it stays as well, and nothing half-written.
        """
        self.check_finite(progress.step)
        place = self._folder / f"{PREFIX}{progress.step:09d}"
        writing = self._folder / f"{UNFINISHED}{place.name}"
        with removing_half(writing):  # by every process, whichever failed
            with self._part(writing):
                if self._accelerator.is_main_process:
                    self.clear()
                    writing.mkdir(parents=True)
            with self._part(writing):
                self._accelerator.save_state(str(writing))
                save_file(self._random_states(), writing / self._random_file)
            with self._part(writing):
                if self._accelerator.is_main_process:
                    for name, module in self._beside.items():
                        save_file(_contiguous(module.state_dict()), writing / f"{name}.safetensors")
                    (writing / "progress.json").write_text(json.dumps(asdict(progress) | self._hardware))
                    write_digests(writing, MARKER)
                    if place.exists():
                        self._remove(place)
                    writing.rename(place)
                    for old in complete_checkpoints(self._folder)[: -self._keep]:
                        self._remove(old)
        return place

    @contextlib.contextmanager
    def _part(self, writing: Path) -> Iterator[None]:
        with together(self._accelerator), removing_half(writing):
            yield

    def clear(self) -> None:
        """Remove what a kill left half written or half removed; for the main process."""
        for left_over in self._folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left_over)

    def load_newest(self) -> Progress:
        """Restore everything from the newest complete checkpoint.

        Raises:
            CheckpointError: there is none, a part of it is missing, damaged or does not fit, or it was made by another
                number of processes.
        """
        found = complete_checkpoints(self._folder)
        if not found:
            raise CheckpointError(f"{self._folder}: no complete checkpoint to resume from; start without --resume")
        newest = found[-1]
        # Before anything is loaded: what a flipped bit changes may well be read, trained on and released.
        if damage := find_damage(newest, MARKER):
            raise CheckpointError(f"{newest}: damaged ({damage}); {way_round(found)}")
        self.newest_has_digests = has_digests(newest, MARKER)
        try:
            content = json.loads((newest / "progress.json").read_text())
            self._check_hardware(newest, {key: content.pop(key, None) for key in self._hardware})
            progress = Progress(**content)
            if progress.num_processes != self._accelerator.num_processes:
                raise CheckpointError(
                    f"{newest}: made by {progress.num_processes} processes, "
                    f"resume with as many, not {self._accelerator.num_processes}"
                )
            random_states = load_file(newest / self._random_file)
            self._accelerator.load_state(str(newest))
            for name, module in self._beside.items():
                module.load_state_dict(load_file(newest / f"{name}.safetensors"))
            self._restore_random_states(random_states)
        except CheckpointError:
            raise
        except torch.OutOfMemoryError:
            raise  # no fault of the checkpoint
        except Exception as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise CheckpointError(f"{newest}: cannot be resumed from ({reason}); {way_round(found)}") from error
        return progress

    def check_finite(self, step: int) -> None:
        """Refuse broken weights.

        Raises:
            TrainingError: they are no finite numbers, or beyond `MAX_WEIGHT`.
        """
        # A step's losses are read before its updates, so they can be finite when the weights are not any more. The
        # average holds a part of every G, and G gets its gradients through D: neither can be broken unnoticed.
        largest = torch.stack(torch._foreach_norm(list(self._average.parameters()), float("inf"))).max().item()
        if largest > MAX_WEIGHT and math.isfinite(largest):
            raise TrainingError(
                f"the weights have left all bounds at step {step} (G's largest is {largest:,.6g}, {MAX_WEIGHT:,.0f} is "
                "the limit); the checkpoint and release before it are kept: train anew with lower --generator-lr and "
                "--discriminator-lr"
            )
        if not math.isfinite(largest):
            raise TrainingError(
                f"the weights are no numbers any more at step {step}; the checkpoint and release before it are kept: "
                "train anew with lower learning rates or --precision fp32"
            )

    def _remove(self, checkpoint: Path) -> None:
        # Renamed first: half removed, it would still carry the marker.
        removing = checkpoint.with_name(f"{UNFINISHED}removing-{checkpoint.name}")
        checkpoint.rename(removing)
        shutil.rmtree(removing)

    @property
    def _random_file(self) -> str:
        # Accelerate saves random states too, but goes on in silence when it cannot read them back.
        return f"random-{self._accelerator.process_index}.safetensors"

    @property
    def _hardware(self) -> dict[str, str]:
        """What a run must find again to go on as before."""
        return {"device": self._accelerator.device.type, "precision": self._accelerator.mixed_precision}

    def _check_hardware(self, place: Path, made: dict[str, str | None]) -> None:
        device, precision = self._hardware["device"], self._hardware["precision"]
        # Checkpoints of earlier versions do not say.
        if made["device"] not in (None, device):
            raise CheckpointError(f"{place}: made on {made['device']}; resume on such a device, not on {device}")
        if made["precision"] not in (None, precision):
            flag = "bf16" if made["precision"] == "bf16" else "fp32"
            raise CheckpointError(f"{place}: made in {flag}; resume with --precision {flag}")

    def _random_states(self) -> dict[str, torch.Tensor]:
        states = {"cpu": torch.get_rng_state()}
        device = self._accelerator.device
        if device.type != "cpu":
            # Of the current device, which Accelerate has made this process's own.
            states[device.type] = torch.get_device_module(device).get_rng_state()
        return states

    def _restore_random_states(self, states: dict[str, torch.Tensor]) -> None:
        torch.set_rng_state(states["cpu"])
        device = self._accelerator.device
        if device.type != "cpu":
            torch.get_device_module(device).set_rng_state(states[device.type])


def complete_checkpoints(folder: Path) -> list[Path]:
    """The whole checkpoints in a folder, oldest first."""
    return sorted(path.parent for path in folder.glob(f"{PREFIX}*/{MARKER}"))


def way_round(found: list[Path]) -> str:
    """What to do where the newest checkpoint cannot be used: which to remove, to go on from which.

    Args:
        found: The whole checkpoints, oldest first.
    """
    sound = next((number for number in reversed(range(len(found) - 1)) if not find_damage(found[number], MARKER)), None)
    if sound is None:
        return "there is no older one that is whole; train anew, in another folder"
    broken = " and ".join(str(path) for path in found[sound + 1 :])
    return f"remove {broken} to resume from {found[sound].name}"


def _contiguous(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.contiguous() for name, tensor in state.items()}
