"""See conftest.py."""

from tests.server.reviews.test_results import *  # noqa: F403
