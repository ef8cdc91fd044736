"""Starting the app: what it says when it cannot."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

import app


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
    assert refusal() == f"AMGAN_MODELS: {says}"
    monkeypatch.setenv("AMGAN_MODELS", "not/looked at")
    assert refusal("--models", "user/good", name) == f"--models: {says}"
