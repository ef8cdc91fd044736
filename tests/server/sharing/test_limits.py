"""See conftest.py."""

from tests.server.test_limits import *  # noqa: F403

# They look into the queue of one server, and every server has its own.
del test_a_full_queue, test_nothing_is_drawn_for_who_has_gone, test_a_full_queue_costs_nothing_of_the_allowance  # noqa: F821
