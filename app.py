"""The app: pictures by class and between pictures, in the browser. docs/settings.md says what can be set."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, TimeoutError  # noqa: A004 - not the built-in one in Python 3.10
from functools import partial
from pathlib import Path

import tyro
from starlette.middleware import Middleware

from amgan.engine.devices import drawing_devices
from amgan.engine.shelf import MOST_LOADED, Shelf, models_folder
from amgan.engine.zero_gpu import is_zero_gpu
from amgan.engine.zero_gpu_engine import LendingEngine
from amgan.errors import AmganError
from amgan.hub.client import silence_hub_client
from amgan.hub.space_files import preloaded_commits
from amgan.languages.reading import DEFAULT
from amgan.sampling.rendering import Renderer
from amgan.server.page_languages import page_options
from amgan.server.run import project_models, serve
from amgan.server.security_headers import SecurityHeaders, frame_ancestors
from amgan.server.settings import ServerConfig
from amgan.ui.page import build_pages

logger = logging.getLogger(__name__)

MOST_LENT = 16
"""On ZeroGPU so many models are kept in memory; those that are there at the start are on the GPU as well."""

START_SECONDS = 20.0
"""So long the launch on ZeroGPU waits for all models of the Hub together; a Hub that is away is given up after 10."""


def main(arguments: Sequence[str] = ()) -> None:
    """Open the shelf and serve the page and its HTTP routes; the default model is loaded meanwhile.

    Args:
        arguments: Of the command line: those of `python -m amgan serve`.
    """
    silence_hub_client()  # the page says what is wrong in the end
    try:
        config = tyro.cli(ServerConfig, args=arguments, config=(tyro.conf.FlagCreatePairsOff,))
        shelf = _shelf(config)
        if is_zero_gpu():
            # The GPU is lent to one call at a time, and the platform waits for Gradio's own launch.
            pages = build_pages(shelf, LendingEngine(_renderers(shelf)))
            options = page_options(pages, shelf, config.language, previews=False)
            ancestors = frame_ancestors(config.frame_ancestors, os.environ)
            headers = Middleware(SecurityHeaders, ancestors=ancestors, secret_path="/review/")
            options["app_kwargs"]["middleware"].insert(0, headers)
            pages[DEFAULT].launch(server_name=config.host, server_port=config.port, **options)
            return
        serve(shelf, config, partial(build_pages, shelf))
    except AmganError as error:
        raise SystemExit(f"{error}.") from error


def _shelf(config: ServerConfig) -> Shelf:
    # On ZeroGPU the engine puts copies on the GPU; the shelf must not lose what they were made of.
    most, device = (MOST_LENT, None) if is_zero_gpu() else (MOST_LOADED, drawing_devices(config.devices)[0])
    preloaded = preloaded_commits(Path(__file__).parent)
    others = tuple if is_zero_gpu() else project_models(config)
    return Shelf(models_folder(config.weights), config.models, most, device, preloaded, others)


def _renderers(shelf: Shelf) -> list[Renderer]:
    """Those of the models that are here, and those that the Hub gives within `START_SECONDS`, all asked for at once."""
    ends = time.monotonic() + START_SECONDS
    names = [entry.name for entry in shelf.entries[:MOST_LENT]]
    pool = ThreadPoolExecutor(MOST_LENT)
    asked = {name: pool.submit(shelf.model, name) for name in names if not shelf.entry(name).is_here()}
    pool.shutdown(wait=False)
    found = []
    for name in names:
        try:
            left = max(0.0, ends - time.monotonic())
            model = asked[name].result(left) if name in asked else shelf.model(name)
            found.append(model.sampler.renderer)
        except (AmganError, TimeoutError) as error:
            problem = "it takes long" if isinstance(error, TimeoutError) else error
            logger.warning("%s is not here at the start, so the CPU will draw it: %s", name, problem)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
