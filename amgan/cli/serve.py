"""``serve``: the page for people and HTTP for programs, in one process."""

from __future__ import annotations

import logging
from functools import partial

from rich.console import Console

from amgan.console import say
from amgan.server.settings import ServerConfig

ServeCommand = ServerConfig


def run_serve(command: ServeCommand, console: Console) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        AmganError: a setting, a device, the tokens or the address cannot be used.
    """
    from amgan.engine.devices import drawing_devices
    from amgan.engine.shelf import Shelf, models_folder
    from amgan.server.run import project_models, serve

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    shelf = Shelf(
        models_folder(command.weights),
        command.models,
        device=drawing_devices(command.devices)[0],
        others=project_models(command),
    )
    if not shelf.entries:
        say(
            console,
            f"no model in {shelf.folder.absolute()}; name a release folder with --weights or user/name with --models",
        )
    if command.api_only:
        pages_of = None
    else:
        from amgan.ui.page import build_pages  # gradio takes seconds to import

        pages_of = partial(build_pages, shelf)
    serve(shelf, command, pages_of, partial(say, console))
