"""Settings of every test process, made before any library that reads them is imported."""

from __future__ import annotations

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
if "PYTEST_XDIST_WORKER" in os.environ:
    # One thread for each worker, and for every process that a test starts, or the workers fight over the cores.
    os.environ["OMP_NUM_THREADS"] = "1"

from hypothesis import settings

settings.register_profile("amgan", deadline=None)
settings.load_profile("amgan")
