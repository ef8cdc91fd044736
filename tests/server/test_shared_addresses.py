"""What servers share is refused in a line where its address or its driver is missing; needs neither of them."""

from __future__ import annotations

import sys

import pytest

from amgan.engine.shelf import Shelf
from amgan.errors import ConfigError
from amgan.reviews.store.postgres_reviews import default_place
from amgan.server.allowance import Allowance
from amgan.server.run import open_service
from amgan.server.settings import ServerConfig
from tests.models import message

GOOD = {"AMGAN_STATE": "postgresql://eve:secret-word@host/db", "AMGAN_LIMITS": "redis://:secret-word@host/0"}


def open_state(address, monkeypatch):
    monkeypatch.setenv("AMGAN_STATE", address)
    default_place()


def open_limits(address, monkeypatch):
    Allowance(1, 10, address)


@pytest.fixture
def absent(monkeypatch):
    """As where the drivers are not installed."""
    for name in {"psycopg", "psycopg_pool", "redis", *sys.modules}:
        if name.split(".")[0] in ("psycopg", "psycopg_pool", "redis"):
            monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("address", ["http://:secret-word@host", "secret-word", "postgresql:secret-word", "redis:///1"])
@pytest.mark.parametrize(("variable", "opened"), [("AMGAN_STATE", open_state), ("AMGAN_LIMITS", open_limits)])
def test_what_is_no_address_is_not_repeated(monkeypatch, absent, variable, opened, address):
    with pytest.raises(ConfigError) as caught:
        opened(address, monkeypatch)
    assert message(caught.value).startswith(variable)
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize(("variable", "opened"), [("AMGAN_STATE", open_state), ("AMGAN_LIMITS", open_limits)])
def test_without_the_driver_it_is_said_how_to_install_it(monkeypatch, absent, variable, opened):
    with pytest.raises(ConfigError) as caught:
        opened(GOOD[variable], monkeypatch)
    assert message(caught.value).startswith(f"{variable} needs one more package: pip install '")
    assert "secret-word" not in str(caught.value)


def test_a_database_needs_a_folder_of_jobs_that_is_named(tmp_path):
    config = ServerConfig(state=GOOD["AMGAN_STATE"])
    with pytest.raises(ConfigError) as caught:
        open_service(Shelf(tmp_path), config)
    assert message(caught.value).startswith("AMGAN_STATE needs --jobs")
