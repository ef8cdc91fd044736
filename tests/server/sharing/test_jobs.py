"""See conftest.py."""

from tests.server.test_jobs import *  # noqa: F403
