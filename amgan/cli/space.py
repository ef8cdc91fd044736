"""``space``: this app as a Space on the Hugging Face Hub."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console

from amgan.console import say
from amgan.hub.client import silence_hub_client
from amgan.hub.space import PushedSpace, push_space


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
    """

    repo: str
    models: tuple[str, ...] = ()
    private: bool = False


def run_space(command: SpaceCommand, console: Console) -> None:
    """Make or update the Space and say where it is and which commits it preloads.

    Raises:
        AmganError: there is no app to publish, no such model, or the Hub refuses it or cannot be reached.
    """
    silence_hub_client()
    pushed = push_space(command.repo, command.models, private=command.private)
    say(console, _summary(pushed))


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
