"""The handler of a Hugging Face Inference Endpoint: `push --endpoint` puts it beside a model, with what it needs.

The endpoint's toolkit makes one `EndpointHandler` of the repository's folder and calls it with each request's JSON, in
several threads; what it raises becomes an answer 400 with the sentence.
"""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from amgan.bounds import Confidence, Seed, Truncation, first_problem
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.sampling.class_names import Label
from amgan.sampling.marking import made_up
from amgan.sampling.media import encode_png
from amgan.sampling.picture_row import KnownPicture

MOST_PICTURES = 1024
"""Of one request, as with `serve`."""

StrictSeed = Annotated[Seed, Field(strict=True)]


class Parameters(BaseModel):
    """What a request may say beside the classes.

    Attributes:
        n: How many pictures; as many as there are seeds or classes if not given.
        seeds: A seed for each picture, or the first one, from which n are counted.
        truncation: Scale of the latents.
        confidence: Dynamic models: D's least probability of an asked class; the model's own if not given.
    """

    model_config = ConfigDict(extra="forbid")

    n: Annotated[StrictInt, Field(ge=1, le=MOST_PICTURES)] | None = None
    seeds: StrictSeed | Annotated[list[StrictSeed], Field(min_length=1, max_length=MOST_PICTURES)] | None = None
    truncation: Truncation = 1.0
    confidence: Confidence | None = None


class EndpointHandler:
    """Draws pictures for the endpoint of one model."""

    def __init__(self, path: str) -> None:
        """Load the release folder, onto the GPU if there is one.

        Raises:
            ReleaseError: in one line, what is missing or wrong.
        """
        device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        self._model = AMGAN.from_pretrained(path, device=device)
        self._name = os.environ.get("HF_MODEL_ID") or Path(path).resolve().name
        self._alone = threading.Lock()

    def __call__(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Draw pictures.

        Args:
            data: `inputs`, a class by name or number, a list of them (null: any class), or null or "" for any class;
                `parameters`, see `Parameters`.

        Returns:
            `revision` and `images`: for each picture what is known of it, and `png`, the file in base64.

        Raises:
            AmganError: in one line, what cannot be drawn.
        """
        asked = _parameters(data.get("parameters") or {})
        labels = _labels(data.get("inputs"))
        seeds = _seeds(asked, labels)
        with self._alone:
            sampler = self._model.sampler
            numbers = [sampler.label_number(label) for label in labels]
            numbers = numbers * len(seeds) if len(numbers) == 1 else numbers
            pictures, samples = sampler.sample(seeds, numbers, asked.truncation, asked.confidence)
        named = {"model": self._name, "revision": self._model.revision}
        rows = [KnownPicture.of(sample, self._model.class_names).model_dump() for sample in samples]
        files = [encode_png(picture, made_up({**row, **named})) for picture, row in zip(pictures, rows, strict=True)]
        images = [{**row, "png": base64.b64encode(file).decode()} for row, file in zip(rows, files)]
        return {"revision": self._model.revision, "images": images}


def _parameters(given: Any) -> Parameters:
    try:
        return Parameters.model_validate(given)
    except ValidationError as error:
        raise RequestError(first_problem(error, "parameters")) from error


def _labels(inputs: Any) -> list[Label | None]:
    labels = inputs if isinstance(inputs, list) else [inputs or None if isinstance(inputs, str) else inputs]
    if not 1 <= len(labels) <= MOST_PICTURES:
        raise RequestError(f"inputs must name 1 to {MOST_PICTURES} classes, not {len(labels)}")
    for label in labels:
        if isinstance(label, bool) or not isinstance(label, (str, int, type(None))):
            raise RequestError(f"inputs must be a class by name or number, a list of them, or null, not {label!r:.40}")
    return labels


def _seeds(asked: Parameters, labels: list[Label | None]) -> list[int]:
    if isinstance(asked.seeds, list):
        seeds = asked.seeds
    else:
        first = asked.seeds or 0
        seeds = list(range(first, first + (asked.n or len(labels))))
    for what, count in (("n", asked.n), ("inputs", len(labels) if len(labels) > 1 else None)):
        if count not in (None, len(seeds)):
            raise RequestError(f"{len(seeds)} seeds do not go with {count} of {what}; give one for all or one for each")
    return seeds
