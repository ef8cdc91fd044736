"""Counts each request by its route and status."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amgan.server.metrics import ServerMetrics

METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})
OTHER = "other"
"""What requests count as that no route took."""


class RequestCount:
    """Middleware that tells the metrics of each request."""

    def __init__(self, app: ASGIApp, metrics: ServerMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            self._metrics.failed_unexpectedly()
            raise
        finally:
            # The path itself is the caller's to choose, and would be kept for ever.
            route = getattr(scope.get("route"), "path", None) or OTHER
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._metrics.request_done(route, method, status, time.perf_counter() - started)
