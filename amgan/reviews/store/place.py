"""Where reviews are kept unless another file is named."""

from __future__ import annotations

import os
from pathlib import Path

FILE_NAME = "reviews.sqlite"


def default_path() -> Path:
    """The file in AMGAN_REVIEWS if that is set, else one in the user's own data folder.

    Source: XDG Base Directory Specification 0.8, which passes over a relative XDG_DATA_HOME.
    """
    chosen = os.environ.get("AMGAN_REVIEWS")
    if chosen:
        return Path(chosen)
    data = Path(os.environ.get("XDG_DATA_HOME") or "")
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "amgan" / FILE_NAME
