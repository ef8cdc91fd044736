"""The model a command works with; one line on stderr says what is fetched for it."""

from __future__ import annotations

import logging

from huggingface_hub.utils.tqdm import disable_progress_bars

from amgan import hub
from amgan.model import AMGAN


def open_model(name: str, revision: str | None) -> AMGAN:
    """Load a release folder or a model repository of the Hub, as a command that was typed.

    Raises:
        ReleaseError: in one line, what is missing or wrong.
    """
    # In place of the client's bars, one a file, and its notices of each retry.
    disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    lines = logging.StreamHandler()
    hub.logger.addHandler(lines)
    hub.logger.setLevel(logging.INFO)
    try:
        return AMGAN.from_pretrained(name, revision=revision)
    finally:
        hub.logger.removeHandler(lines)
