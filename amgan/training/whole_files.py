"""Of what could not be written to its end nothing is left: a disk that is full would stay full."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from safetensors import SafetensorError

TORCH_COULD_NOT_WRITE = ("inline_container", "PytorchStreamWriter", "iostream error")
"""In the messages of torch.save."""

PROBE_BYTES = 1 << 20


@contextlib.contextmanager
def removing_half(half: Path) -> Iterator[None]:
    """Work that writes a file or folder; it is removed if that fails.

    Raises:
        OSError: also where a library says in another way that it could not write.
    """
    try:
        yield
    except Exception as error:
        refusal = _as_os_error(error, half.parent)
        if half.is_dir():
            shutil.rmtree(half, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                half.unlink(missing_ok=True)
        if refusal is not None:
            raise refusal from error
        raise


def _as_os_error(error: Exception, folder: Path) -> OSError | None:
    """What the system said to a library that says it in words of its own; None for errors of another kind."""
    if isinstance(error, SafetensorError) and (number := re.search(r"\(os error (\d+)\)", str(error))):
        return OSError(int(number[1]), os.strerror(int(number[1])))
    if isinstance(error, RuntimeError) and any(words in str(error) for words in TORCH_COULD_NOT_WRITE):
        # It does not say why: whoever tries again is told.
        try:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(bytes(PROBE_BYTES))
        except OSError as refusal:
            return OSError(refusal.errno, refusal.strerror)
        return OSError(errno.EIO, "a file could not be written to its end")
    return None
