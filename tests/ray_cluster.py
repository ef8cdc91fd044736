"""A Ray on this machine, for tests; nothing is ever installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

INSTALL = "Ray is not installed: pip install 'ray[data,serve]>=2.60'"
TRIES = 5
TOO_SLOW = "timed out during startup"
"""Ray says so after half a minute, which cannot be set; on a busy machine it comes through at another try."""


@contextmanager
def running_ray(**options: Any) -> Iterator[Any]:
    """What `ray.init` gives; Ray is there within."""
    ray = pytest.importorskip("ray", reason=INSTALL)
    settings = {"include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"} | options
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        try:
            yield _started(ray, settings)
        finally:
            ray.shutdown()


def _started(ray: Any, settings: dict[str, Any]) -> Any:
    for left in reversed(range(TRIES)):
        try:
            return ray.init(**settings)
        except Exception as error:
            ray.shutdown()
            if not left or TOO_SLOW not in str(error):
                raise
    raise AssertionError
