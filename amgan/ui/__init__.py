"""The page: one file a tab, put together in `amgan.ui.page`."""

import os
from typing import Any

# Read by gradio when it is imported: it shall send nothing, and not sum up its records at each call.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")
# It asks matplotlib for its backend at each event, which otherwise looks for a screen at the first one, for a second.
os.environ.setdefault("MPLBACKEND", "agg")

# Only to look for a tracer at every request took a fifth of the time; what is counted is at /metrics.
NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False}
