"""Starting the app: what it says when it cannot."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import gradio as gr
import pytest
import torch

import app
from amgan.engine.shelf import Shelf
from amgan.model import AMGAN
from amgan.sampling.rendering import Renderer
from tests.models import saved


def refusal(*arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        app.main(arguments)
    return str(caught.value)


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMGAN_WEIGHTS", str(tmp_path))
    monkeypatch.setenv("GRADIO_SERVER_NAME", "127.0.0.1")


def test_a_port_in_use_is_one_short_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("GRADIO_SERVER_PORT", str(port))
        assert refusal() == (
            f"port {port} on 127.0.0.1 cannot be used; choose a free one (--port; for app.py GRADIO_SERVER_PORT)."
        )


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "7860.5", "9" * 5000, "\u0663"])
def test_a_port_that_is_none(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", port)
    message = refusal()
    assert message.startswith("GRADIO_SERVER_PORT must be a number from 1 to 65535, not ")
    assert len(message) < 120


@pytest.mark.parametrize("name", ["shoes", "user/shoes@", "a/b/c", "https://huggingface.co/user/shoes"])
def test_a_model_that_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    says = f"{name!r} is no model on the Hub: write user/name or user/name@revision."
    monkeypatch.setenv("AMGAN_MODELS", f"user/good, {name} ,")
    assert refusal() == says
    monkeypatch.setenv("AMGAN_MODELS", "not/looked at")
    assert refusal("--models", "user/good", name) == says


def test_on_zero_gpu_the_launch_waits_for_no_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    saved(tmp_path / "a")
    shelf = Shelf(tmp_path, ["user/slow", "user/slower", "user/none"])
    over = threading.Event()
    original = shelf.model

    def model(name: str) -> AMGAN:
        if name.startswith("user/slow"):
            over.wait()  # for whom the launch waited, it would wait for ever
        return original(name)

    monkeypatch.setattr(shelf, "model", model)
    monkeypatch.setattr(app, "START_SECONDS", 2.0)
    try:
        found = app._renderers(shelf)
    finally:
        over.set()
    assert found == [original("a").sampler.renderer]
    assert "user/slow is not here at the start, so the CPU will draw it: it takes long" in caplog.text
    assert "user/none is not here at the start" in caplog.text


def test_on_zero_gpu_the_models_that_are_there_get_the_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        saved(tmp_path / name)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{}")
    lent: list[Renderer] = []
    pages: list[Shelf] = []

    class Engine:
        def __init__(self, renderers: list[Renderer]) -> None:
            assert not pages, "the page was built before the nets were moved"
            lent.extend(renderers)

    class Page(gr.Blocks):
        def launch(self, **options: object) -> None:  # type: ignore[override]
            assert options["server_name"] == "127.0.0.1"

    def build_pages(shelf: Shelf, engine: Engine) -> dict[str, Page]:
        pages.append(shelf)
        return {"en": Page()}

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr(app, "LendingEngine", Engine)
    monkeypatch.setattr(app, "build_pages", build_pages)
    # Before `spaces` is imported, torch must not be asked for a GPU.
    monkeypatch.setattr(torch.cuda, "device_count", lambda: pytest.fail("CUDA was asked for too early"))
    app.main()
    # The nets that visitors draw with are those that were moved.
    assert lent == [pages[0].model(name).sampler.renderer for name in ("a", "b")]
