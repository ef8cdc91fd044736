"""The server as a deployment of Ray Serve: ``serve run amgan.server.ray_app:app``, set by the variables of `serve`.

Replicas answer programs, without the page. With AMGAN_STATE they share reviews and jobs; without it they have none, as
nobody can say which of them would be asked next. Ray starts replicas, stops them, and spreads requests over them.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import time

from ray import serve

from amgan.engine.devices import drawing_devices
from amgan.engine.shelf import Shelf, models_folder
from amgan.server.root_path import RootPath
from amgan.server.run import open_service
from amgan.server.settings import ServerConfig, variable_number

VARIABLE = "AMGAN_REPLICAS"
MOST_REPLICAS = 1000
MOST_AT_ONCE = 256
"""Requests in one replica; Ray keeps the others back. They are drawn together, so that a few would be slow."""
START_SECONDS, CHECK_SECONDS = 110.0, 120.0
"""So long a model may take to answer, and Ray to hear of it."""
LOOK_SECONDS = 0.1
MOST_STARTS = 3
"""A replica that cannot be opened, as its settings are wrong, is not tried again for ever."""


class ServedApp(RootPath):
    """What answers in a replica, with all that it needs."""

    def __init__(self) -> None:
        """Open it.

        Raises:
            AmganError: a setting cannot be used.
        """
        config = dataclasses.replace(ServerConfig(), api_only=True)
        shelf = Shelf(models_folder(config.weights), config.models, device=drawing_devices(config.devices)[0])
        opened = open_service(shelf, config, keeps=config.state is not None)
        # Those whom uvicorn would believe.
        super().__init__(opened.app, opened.config.root_path, config.forwarded_allow_ips or "127.0.0.1")
        self.answered = opened.answered


def _open() -> ServedApp:
    return ServedApp()


def _replicas() -> int:
    return variable_number(VARIABLE, 1, MOST_REPLICAS, os.environ.get(VARIABLE, "").strip() or "1")


class Replica:
    """One of several servers."""

    app: ServedApp

    async def check_health(self) -> None:
        """See Ray, which sends a new replica no requests before this has returned, and replaces one where it fails.

        Raises:
            RuntimeError: no model answers.
        """
        until = time.monotonic() + START_SECONDS
        while not self.app.answered.is_set():
            if time.monotonic() > until:
                raise RuntimeError(f"no model has answered for {START_SECONDS:g} seconds; the log says why")
            await asyncio.sleep(LOOK_SECONDS)


DEPLOYMENT = serve.deployment(
    name="amgan",
    num_replicas=_replicas(),
    max_ongoing_requests=MOST_AT_ONCE,
    health_check_timeout_s=CHECK_SECONDS,
    max_constructor_retry_count=MOST_STARTS,
)(serve.ingress(_open)(Replica))
app = DEPLOYMENT.bind()
