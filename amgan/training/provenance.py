"""What made something and when, for the files that outlive it."""

from __future__ import annotations

import datetime

import accelerate
import torch

import amgan


def provenance() -> dict[str, str]:
    """The versions of what counts, and today's date (UTC), as metrics.json has them."""
    return {
        "software": f"amgan {amgan.__version__}, torch {torch.__version__}, accelerate {accelerate.__version__}",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
    }
