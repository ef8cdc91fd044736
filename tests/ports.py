"""Ports for servers in processes of their own, which a test must know before they listen, or after they were killed."""

from __future__ import annotations

import random
import socket

PORTS = range(20_000, 32_000)
"""Below those that systems give to clients and to servers without a wish: another test that connects somewhere between
the look and the use, or while a server is down, would get one of these."""

_choice = random.SystemRandom()


def free_port() -> int:
    """A port of 127.0.0.1 at which nobody listens."""
    while True:
        port = _choice.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
