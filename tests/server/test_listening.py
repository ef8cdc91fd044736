"""How the server listens: whom it believes, and that it sees when nobody is there any more."""

from __future__ import annotations

import socket

import pytest
from fastapi import FastAPI

from amgan.server.listening import Server, listen
from amgan.server.middleware import Drain
from amgan.server.settings import ServerConfig


@pytest.mark.parametrize(
    ("variable", "flag", "believed"),
    [(None, None, "127.0.0.1,::1"), ("*", None, "*"), ("*", "10.0.0.1", "10.0.0.1"), (None, "10.0.0.1", "10.0.0.1")],
)
def test_proxies_are_named_by_flag_or_variable(monkeypatch, variable, flag, believed):
    """app.py, which has no flags, runs in a Space, where all callers come through one proxy."""
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if variable is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", variable)
    server = Server(FastAPI(), ServerConfig(forwarded_allow_ips=flag), Drain(), announce=print)
    assert server.config.forwarded_allow_ips == believed


def test_a_client_whose_network_went_away_is_noticed():
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
