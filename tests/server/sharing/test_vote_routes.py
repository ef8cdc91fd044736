"""See conftest.py."""

from tests.server.reviews.test_vote_routes import *  # noqa: F403
