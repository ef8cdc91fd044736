"""``space``: this app as a Space on the Hugging Face Hub."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.cli.export import ExportCommand, export_model
from amgan.console import say
from amgan.errors import ConfigError
from amgan.export.nets import check_installed
from amgan.export.static_page import FILES
from amgan.hub.client import silence_hub_client
from amgan.hub.space import PushedSpace, push_space
from amgan.hub.static_space import push_static_space, static_address


@dataclass(frozen=True)
class SpaceCommand:
    """Make or update a Space on the Hugging Face Hub with this app: a web demo under one link.

    Run it in a checkout of the project; each run makes the Space what the command says. The token is that of
    `hf auth login`, or HF_TOKEN.

    Attributes:
        repo: user/name; the Space is made if it is not there.
        models: Models of the Hub to show beside weights/: user/name, or user/name@tag to stay at that tag. The Space
            preloads the commit that each stands for now; it keeps the name as you write it, in its variable
            AMGAN_MODELS, so that a model without a tag is offered anew when its repository has moved.
        private: Make the Space private.
        static: In place of the app, the page that `export` writes for this model, a release folder or a model of the
            Hub: it draws in the visitor's browser and needs no machine.
    """

    repo: str
    models: tuple[str, ...] = ()
    private: bool = False
    static: str | None = None


def run_space(command: SpaceCommand, console: Console) -> None:
    """Make or update the Space and say where it is and which commits it preloads.

    Raises:
        AmganError: there is no app to publish, no such model, or the Hub refuses it or cannot be reached.
    """
    silence_hub_client()
    if command.static is not None:
        _run_static(command, command.static, console)
        return
    pushed = push_space(command.repo, command.models, private=command.private)
    say(console, _summary(pushed))


def _run_static(command: SpaceCommand, model: str, console: Console) -> None:
    if command.models:
        raise ConfigError("give --static or --models, not both: a static Space shows one model")
    check_installed()
    address = static_address(command.repo)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "page"
        export_model(ExportCommand(model=model, to=folder, url=address), console)
        pushed = push_static_space(command.repo, folder, FILES, private=command.private)
    how = "" if pushed.is_new else ", which held just this already"
    say(console, f"{pushed.url}\ncommit {pushed.commit}{how}\n{pushed.files} files\nthe page alone: {address}")


def _summary(pushed: PushedSpace) -> str:
    lines = [
        pushed.url,
        f"commit {pushed.commit}" + ("" if pushed.is_new else ", which held just this already"),
        f"{pushed.files} files",
    ]
    for model in pushed.models:
        how = "preloaded" if model.is_open else "not open to all: give the Space a secret HF_TOKEN that may read it"
        lines.append(f"model {model.name} at {model.commit[:8]}, {how}")
    return "\n".join(lines)
