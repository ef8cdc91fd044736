"""The import of torchmetrics, which fails where torch-fidelity is installed without a torchvision that fits."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from amgan.errors import JudgeError, one_line


@contextlib.contextmanager
def torchmetrics_needed() -> Iterator[None]:
    """To import parts of torchmetrics in, where they are used: so only what needs them fails, with one sentence.

    Raises:
        JudgeError: torchmetrics cannot be imported.
    """
    try:
        yield
    except (ImportError, RuntimeError) as error:  # a torchvision of another torch raises the latter
        raise JudgeError(
            f"torchmetrics cannot be imported ({one_line(error):.200}); if torch-fidelity is installed, it needs a "
            "torchvision that fits this torch: install that, or remove torch-fidelity"
        ) from error
