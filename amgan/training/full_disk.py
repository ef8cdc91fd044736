"""A disk that takes no more while a training writes: one sentence says so, and how to go on."""

from __future__ import annotations

import contextlib
import errno
import threading
from collections.abc import Iterator
from pathlib import Path

from amgan.errors import DiskError
from amgan.training.checkpoint import complete_checkpoints
from amgan.training.run_folder import checkpoint_folder

ADVICE = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EFBIG: "raise the limit on the size of files",
    errno.EIO: "see to that disk",
    errno.EROFS: "make it writable",
}
"""What to do about each of the refusals that are a disk's."""


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
