"""``push``: a release folder to a model repository on the Hugging Face Hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.console import say
from amgan.hub.client import silence_hub_client
from amgan.hub.endpoint_files import HANDLER
from amgan.hub.publishing import PushedRelease, push_release
from amgan.release.folder import CARD_FILE


@dataclass(frozen=True)
class PushCommand:
    """Publish a model on the Hugging Face Hub. The token is that of `hf auth login`, or HF_TOKEN.

    Attributes:
        model: A release folder.
        repo: user/name; the repository is made if it is not there.
        tag: Name the commit so, as v1; a tag is never moved.
        private: Make the repository private.
        endpoint: Add what a Hugging Face Inference Endpoint needs to draw with it; run it in a checkout of the project.
    """

    model: Path
    repo: str
    tag: str | None = None
    private: bool = False
    endpoint: bool = False


def run_push(command: PushCommand, console: Console) -> None:
    """Publish the folder and say where it is and how it is loaded.

    Raises:
        AmganError: the folder holds no sound release, or the Hub refuses it or cannot be reached.
    """
    silence_hub_client()
    pushed = push_release(
        command.model, command.repo, private=command.private, tag=command.tag, endpoint=command.endpoint
    )
    say(console, _summary(command, pushed))


def _summary(command: PushCommand, pushed: PushedRelease) -> str:
    lines = [
        pushed.url,
        f"commit {pushed.commit}" + ("" if pushed.is_new else ", which held just this already"),
        f"files {', '.join(pushed.files)}",
    ]
    if pushed.card_kept:
        lines.append(f"{CARD_FILE} was edited there and is kept as it is")
    if command.endpoint:
        lines.append(f"{HANDLER} and what it needs, for an Inference Endpoint")
    if command.tag:
        lines.append(f"tag {command.tag}")
    revision = command.tag or pushed.commit
    lines.append(f'load it with AMGAN.from_pretrained("{command.repo}", revision="{revision}")')
    return "\n".join(lines)
