"""``/v1/models``: what there is to draw with."""

from __future__ import annotations

from fastapi import FastAPI

from amgan.engine.shelf_entry import Entry
from amgan.server.routes.answers import problems
from amgan.server.schemas import ModelInfo, ModelsAnswer
from amgan.server.service import Service


def add_model_routes(app: FastAPI, service: Service) -> None:
    """Add the list of models."""

    @app.get("/v1/models", responses=problems(), tags=["models"])
    async def list_models() -> ModelsAnswer:
        """The models, the default one first."""
        return await models_answer(service)


async def models_answer(service: Service) -> ModelsAnswer:
    """The models, the default one first."""
    default, entries = service.models.shelf.default, service.models.shelf.entries
    ordered = sorted(entries, key=lambda entry: entry is not default)
    return ModelsAnswer(models=[await _info(service, entry) for entry in ordered])


async def _info(service: Service, entry: Entry) -> ModelInfo:
    config = entry.config
    return ModelInfo(
        name=entry.name,
        revision=await service.models.revision_of(entry),
        classes=None if config is None else list(config.class_names),
        labeling=None if config is None else config.labeling,
        architecture=None if config is None else config.architecture,
        image_size=None if config is None else config.image_size,
        channels=None if config is None else config.channels,
        confidence=None if config is None or config.is_predefined else config.confidence,
        problem=entry.problem,
    )
