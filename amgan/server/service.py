"""What the routes share."""

from __future__ import annotations

from dataclasses import dataclass

from amgan.engine.engine import Engine
from amgan.server.allowance import Allowance
from amgan.server.encoding import Encoders
from amgan.server.metrics import ServerMetrics
from amgan.server.middleware import Drain
from amgan.server.model_room import ModelRoom
from amgan.server.settings import ServerConfig
from amgan.server.tokens import Tokens


@dataclass(frozen=True, eq=False)
class Service:
    """One server's parts.

    Attributes:
        config: What it was asked to do.
        engine: Draws pictures.
        models: The models it offers.
        metrics: What it counts.
        encoders: Make files of pictures.
        allowance: How much each caller may ask for.
        tokens: Who may ask.
        drain: Whether it is to stop.
    """

    config: ServerConfig
    engine: Engine
    models: ModelRoom
    metrics: ServerMetrics
    encoders: Encoders
    allowance: Allowance
    tokens: Tokens
    drain: Drain
