"""Where a server draws, and that its models are loaded there, which decides their arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from rich.console import Console

import app
from amgan.cli.serve import ServeCommand, run_serve
from amgan.engine.devices import drawing_devices
from amgan.engine.shelf import Shelf
from amgan.errors import ConfigError
from amgan.model import AMGAN
from amgan.server.settings import ServerConfig
from tests.models import message, saved


@pytest.mark.parametrize(("gpus", "expected"), [(0, ["cpu"]), (1, ["cuda:0"]), (3, ["cuda:0", "cuda:1", "cuda:2"])])
def test_all_gpus_or_else_the_cpu(monkeypatch, gpus, expected):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    assert drawing_devices() == [torch.device(name) for name in expected]


def test_those_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 8)
    assert drawing_devices(["cpu", "cpu"]) == [torch.device("cpu")] * 2
    assert drawing_devices(("meta",)) == [torch.device("meta")]


@pytest.mark.parametrize(
    ("names", "says"), [(["cpu", "tpu7"], "not here"), (["meta:x"], "no device"), (["cpu", "meta"], "take one kind")]
)
def test_those_that_cannot_be_used(names, says):
    with pytest.raises(ConfigError, match=says) as caught:
        drawing_devices(names)
    assert message(caught.value).startswith(f"devices {' '.join(names)}: ")


def test_models_are_loaded_on_the_first_device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A CPU that multiplies bf16 fast does not decide what a GPU does, nor a slow one."""
    saved(tmp_path / "shoes")
    asked: list[Any] = []
    load = AMGAN.from_pretrained

    def noting(folder: Path, device: torch.device | None = None) -> AMGAN:
        asked.append(device)
        return load(folder, device="cpu")

    def serve(shelf: Shelf, config: ServerConfig, *rest: object) -> None:
        shelf.model("shoes")

    monkeypatch.setattr(AMGAN, "from_pretrained", noting)
    monkeypatch.setattr("amgan.server.run.serve", serve)
    monkeypatch.setattr(app, "serve", serve)
    monkeypatch.setenv("AMGAN_WEIGHTS", str(tmp_path))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    run_serve(ServeCommand(weights=tmp_path), Console())
    app.main()
    assert asked == [torch.device("cuda", 0)] * 2
    run_serve(ServeCommand(weights=tmp_path, devices=("cpu",)), Console())
    assert asked[2:] == [torch.device("cpu")]
