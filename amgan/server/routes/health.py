"""``/healthz`` and ``/metrics``: for those who watch over the server."""

from __future__ import annotations

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from amgan.server.routes.answers import Responses, problems
from amgan.server.schemas import HealthAnswer
from amgan.server.service import Service

HEALTH: Responses = {503: {"model": HealthAnswer, "description": "No model has drawn a picture yet."}}
METRICS: Responses = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' text format."},
    **problems(),
}


def add_health_routes(app: FastAPI, service: Service) -> None:
    """Add what tells how the server is."""

    @app.get("/healthz", response_model=HealthAnswer, responses=HEALTH, tags=["health"])
    async def tell_health() -> Response:
        """Whether a model answers."""
        ready = service.metrics.answered.is_set()
        return JSONResponse({"status": "ok" if ready else "starting"}, 200 if ready else 503)

    @app.get("/metrics", response_class=Response, responses=METRICS, tags=["health"])
    async def tell_metrics() -> Response:
        """Requests, pictures, batches, waiting and errors, as Prometheus reads them."""
        return Response(service.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})
