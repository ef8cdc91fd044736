"""How the Hub's client behaves beside our own words."""

from __future__ import annotations

import logging

from huggingface_hub.utils.tqdm import disable_progress_bars


def silence_hub_client() -> None:
    """Turn off the client's bars, one a file, and its notices of each retry; what is wrong in the end is raised."""
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    disable_progress_bars()
