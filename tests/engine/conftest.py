"""A batcher on its own, and what it draws with."""

from __future__ import annotations

import pytest

from amgan.engine.batcher import Batcher
from tests.models import tiny_model


@pytest.fixture(scope="module")
def renderer():
    return tiny_model().sampler.renderer


@pytest.fixture
def batcher():
    made = Batcher()
    yield made
    made.close()
