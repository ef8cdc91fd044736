"""What a training needs of its disk, said before it; and one that takes no more while it writes: a sentence each."""

from __future__ import annotations

import contextlib
import errno
import math
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

from rich.filesize import decimal

from amgan.errors import DiskError
from amgan.training.checkpoint import complete_checkpoints
from amgan.training.config import TrainConfig
from amgan.training.run_folder import checkpoint_folder

ADVICE = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EFBIG: "raise the limit on the size of files",
    errno.EIO: "see to that disk",
    errno.EROFS: "make it writable",
}
"""What to do about each of the refusals that are a disk's."""


def room_in_words(config: TrainConfig, checkpoint: int, release: int, sheet: int) -> str:
    """A line on what a run will need of its disk, and what is free there.

    Args:
        config: Its settings; its folder is there.
        checkpoint: Bytes of a checkpoint.
        release: Bytes of a release.
        sheet: Bytes that a sheet may have.

    Raises:
        DiskError: checkpoints and releases alone are more than that.
    """
    saves = math.ceil(config.steps / config.checkpoint_every)
    kept = min(config.keep_checkpoints, saves)
    # A new checkpoint is whole before the oldest one goes, and then a new release before the last one does.
    weights = kept * checkpoint + min(2, saves) * release
    if saves > kept:
        weights = max(weights, (kept + 1) * checkpoint + release)
    if config.eval_every:
        weights += release  # the best
    needed = weights + config.steps // config.sheet_every * sheet
    free = shutil.disk_usage(config.out).free
    if weights > free:
        raise DiskError(
            f"{config.out}: checkpoints and releases need {decimal(weights)}, and {decimal(free)} are free there; make "
            "room, choose another --out, or lower --keep-checkpoints"
        )
    tight = "; if that is too little, raise --sheet-every" if needed > free else ""
    return f"Disk      about {decimal(needed)} for checkpoints, releases and sheets; {decimal(free)} are free{tight}"


@contextlib.contextmanager
def writable(out: Path) -> Iterator[None]:
    """The time of a training, in which a disk may be full: then one sentence says so, and how to go on.

    Args:
        out: Folder of the run.

    Raises:
        DiskError: instead of the system's own error.
    """
    told = threading.excepthook
    # TensorBoard writes in a thread. What fails there the next call raises again: its trace would say it twice.
    threading.excepthook = lambda args: None if isinstance(args.exc_value, OSError) else told(args)
    try:
        yield
    except OSError as error:
        if error.errno not in ADVICE or isinstance(error, DiskError):
            raise
        name = error.filename if isinstance(error.filename, str) else ""
        place = name if name and not Path(name).is_relative_to(out) else out
        saved = complete_checkpoints(checkpoint_folder(out))
        way_on = f"--resume goes on from {saved[-1].name}" if saved else "start again"
        raise DiskError(
            f"{place}: no more can be written ({error.strerror}), so training has stopped; {ADVICE[error.errno]}, "
            f"then {way_on}"
        ) from error
    finally:
        threading.excepthook = told
