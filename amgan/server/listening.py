"""Listens for an app with uvicorn: says where, keeps an eye on the clients, and stops in good order."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType

import uvicorn
from fastapi import FastAPI

from amgan.errors import ConfigError
from amgan.server.connections import Connection, Connections
from amgan.server.hosts import VARIABLE
from amgan.server.middleware import Drain
from amgan.server.root_path import RootPath
from amgan.server.settings import ServerConfig

MOST_SECONDS_TO_STOP = 18.0
"""After this the process ends, whatever still hangs; jobs are safe against that."""
IDLE_SECONDS = 75
"""A connection without requests is closed then; a proxy in front usually closes it sooner, as it should."""
OTHER_FILES = 500
"""Open files besides connections: models, jobs, reviews, libraries."""


class Server(uvicorn.Server):
    """A uvicorn server that says where it is, hangs up on slow clients, and stops as `serve` promises."""

    def __init__(self, app: FastAPI, config: ServerConfig, drain: Drain, announce: Callable[[str], None]) -> None:
        """Set up; `run` serves.

        Args:
            app: What answers.
            config: Limits.
            drain: Is told when the server is to stop.
            announce: Is told where the server is, once it listens.
        """
        options = uvicorn.Config(
            app,
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=config.drain_seconds,
            forwarded_allow_ips=config.forwarded_allow_ips,
            proxy_headers=False,
        )
        options.app = RootPath(app, config.root_path, str(options.forwarded_allow_ips))  # which does that as well
        self.connections = Connections(
            config.max_connections,
            config.max_connections_of_one,
            config.max_body_bytes,
            config.client_seconds,
            # Those whom uvicorn believes, which has a variable and a default for them.
            str(options.forwarded_allow_ips),
        )
        # It is only called, as the class itself would be.
        options.http = partial(Connection, connections=self.connections)  # type: ignore[assignment]
        super().__init__(options)
        self._drain = drain
        self._says_names = not config.allowed_hosts and not config.host.startswith(("127.", "localhost", "::1"))
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        wanted = self.connections.most
        # Beyond what the process may open nothing is accepted, and so nobody would give way for a new one.
        self.connections.most = _places(wanted, _allow_open_files(wanted + OTHER_FILES))
        if self.connections.most < wanted:
            self._announce(
                f"It takes {self.connections.most} connections, not {wanted}: raise the limit of open files."
            )
        # What is there by now stays: to look through all of it for garbage holds everybody up, now and then for 0.3 s.
        gc.freeze()
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            self._announce(f"Serving at http://{shown}:{port} (Ctrl-C stops it).")
            if self._says_names:
                self._announce(
                    f"It answers to localhost and to its address; other names: --allowed-hosts or {VARIABLE}."
                )

    async def on_tick(self, counter: int) -> bool:
        """See uvicorn, which calls it ten times a second."""
        if counter % 10 == 0:
            self.connections.hang_up_on_slow()
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """See `serve`."""
        if self.should_exit:
            # Jobs are safe against it, and nothing else needs to be put in order.
            os._exit(128 + sig)
        self._drain.begin()
        self.should_exit = True
        _end_after(MOST_SECONDS_TO_STOP)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        ConfigError: the port is taken, or the address is none of this machine's.
    """
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        # Its connections have it too: a client whose network went away in the middle of an answer holds none for ever.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return listener
    except OSError as error:
        raise ConfigError(
            f"port {port} on {host:.100} cannot be used; choose a free one (--port; for app.py GRADIO_SERVER_PORT)"
        ) from error


def _end_after(seconds: float) -> None:
    # A thread that waits for the Hub, or a client that takes its answer byte by byte, must not keep the process.
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()


def _places(wanted: int, open_files: int | None) -> int:
    """So many connections there may be; None if open files are not limited."""
    return wanted if open_files is None else min(wanted, max(open_files // 2, open_files - OTHER_FILES))


def _allow_open_files(wanted: int) -> int | None:
    """Raise the process's own limit, which is 1,024 on most machines, as far as it may; what it is then."""
    try:
        import resource  # there is none on Windows
    except ImportError:
        return None
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    if least != resource.RLIM_INFINITY and least < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            return wanted
    return None if least == resource.RLIM_INFINITY else least
