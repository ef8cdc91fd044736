"""Settings of every test process, made before any library that reads them is imported."""

from __future__ import annotations

import os
import tempfile

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
# One thread, and one for every process that a test starts, or they fight over the cores: on a busy machine two threads
# that wait for each other at every small tensor take thirty times as long as one.
os.environ["OMP_NUM_THREADS"] = "1"

import pytest
from hypothesis import settings

from amgan.networks.architectures import ARCHITECTURES
from tests.databases import NO_POSTGRES, NO_REDIS, running_postgres, running_redis
from tests.two_heads import NAME, TWO_HEADS

settings.register_profile("amgan", deadline=None)
settings.load_profile("amgan")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of single tests."""
    parser.addoption("--soak-minutes", type=float, default=0.3, help="how long tests/server/test_soak.py runs")
    parser.addoption("--hostile-requests", type=int, default=500, help="how many tests/server/test_hostile.py sends")
    parser.addoption(
        "--kills",
        type=int,
        default=2,
        help="how often tests/server/test_kills.py and tests/training/test_kills.py kill a process",
    )
    parser.addoption("--lang", default="en", help="the language in which tests/ui opens the pages, such as ja")
    parser.addoption("--fashion-mnist", help="real Fashion-MNIST for tests/ui/test_hub_story.py, in place of made data")


def pytest_configure(config: pytest.Config) -> None:
    """Tell tests/ui/language.py and `datasets`, which tests import, and the processes that they start."""
    os.environ["AMGAN_TEST_LANGUAGE"] = config.getoption("--lang")
    cache = tempfile.TemporaryDirectory(prefix="amgan-datasets-")  # not the user's
    config.add_cleanup(cache.cleanup)
    os.environ["HF_DATASETS_CACHE"] = cache.name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests, which have a time of their own, are first: as the last one it would leave a process alone with it."""
    long = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="module")
def two_heads():
    """The name of an architecture that there is while a module's tests run."""
    ARCHITECTURES[NAME] = TWO_HEADS
    yield NAME
    del ARCHITECTURES[NAME]


@pytest.fixture(params=[*ARCHITECTURES, NAME])
def architecture(request: pytest.FixtureRequest, two_heads: str):
    """The name of each architecture in turn, those of the package and the one of the tests."""
    return request.param


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory):
    """A real PostgreSQL."""
    if NO_POSTGRES is not None:
        pytest.skip(NO_POSTGRES)
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory):
    """A real Redis."""
    if NO_REDIS is not None:
        pytest.skip(NO_REDIS)
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server
