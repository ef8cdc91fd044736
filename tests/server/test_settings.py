"""Settings come from flags and from variables, and the page that lists them is complete."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path

import pytest
import tyro
from docstring_parser import parse

from amgan.errors import ConfigError
from amgan.server.settings import ServerConfig
from tests.models import message

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def table():
    """The rows of the page, as the object has them."""
    words = {param.arg_name: " ".join(param.description.split()) for param in parse(ServerConfig.__doc__).params}
    rows = ["| Flag | Variable | Default | |", "| --- | --- | --- | --- |"]
    for field in fields(ServerConfig):
        variable = field.metadata.get("variable")
        default = field.metadata["default"] if field.default is MISSING else field.default
        flag = "" if "Suppress" in str(field.type) else f"`--{field.name.replace('_', '-')}`"
        shown = "" if default is None or default is False or default in ((), "") else f"`{default}`"
        rows.append(f"| {flag} | {f'`{variable}`' if variable else ''} | {shown} | {words[field.name]} |")
    return "\n".join(rows)


def test_the_page_lists_every_setting():
    assert table() in PAGE.read_text(), f"write this table into {PAGE.name}:\n{table()}"


GIVEN = {
    "GRADIO_SERVER_NAME": ("host", "0.0.0.0", "0.0.0.0"),
    "GRADIO_SERVER_PORT": ("port", "8000", 8000),
    "AMGAN_WEIGHTS": ("weights", "a", Path("a")),
    "AMGAN_MODELS": ("models", "u/a, u/b@v1 ,", ("u/a", "u/b@v1")),
    "AMGAN_TOKENS": ("tokens", "first-token-of-two,second-token-of-two", ("first-token-of-two", "second-token-of-two")),
    "AMGAN_ALLOWED_HOSTS": ("allowed_hosts", "a.example,*.b.example", ("a.example", "*.b.example")),
    "AMGAN_FRAME_ANCESTORS": ("frame_ancestors", "https://a.example", ("https://a.example",)),
    "AMGAN_MCP": ("mcp", "1", True),
    "AMGAN_PICTURES_PER_SECOND": ("pictures_per_second", "50", 50),
    "AMGAN_JOBS": ("jobs", "j", Path("j")),
    "AMGAN_PROJECTS": ("projects", "p", Path("p")),
    "AMGAN_PROJECT_TOKENS": ("project_tokens", "a-token-of-the-team", ("a-token-of-the-team",)),
    "AMGAN_REVIEWS": ("reviews", "r.sqlite", Path("r.sqlite")),
    "AMGAN_REVIEWS_REPO": ("reviews_repo", "u/votes", "u/votes"),
    "AMGAN_STATE": ("state", "postgresql://a@b/c", "postgresql://a@b/c"),
    "AMGAN_LIMITS": ("limits", "redis://a/0", "redis://a/0"),
    "HF_TOKEN": ("hub_token", "hf_x", "hf_x"),
    "AMGAN_LANGUAGE": ("language", "ja", "ja"),
    "GRADIO_ROOT_PATH": ("root_path", "/demo", "/demo"),
    "FORWARDED_ALLOW_IPS": ("forwarded_allow_ips", "*", "*"),
}


def test_a_flag_wins_over_its_variable_and_a_variable_over_the_default(monkeypatch):
    for variable in GIVEN:
        monkeypatch.setenv(variable, " ")
    empty = ServerConfig()
    for variable, (_, text, _) in GIVEN.items():
        monkeypatch.setenv(variable, text)
    found = tyro.cli(ServerConfig, args=())
    for name, _, value in GIVEN.values():
        assert getattr(found, name) == value
        assert getattr(empty, name) != value
    assert {field.metadata.get("variable") for field in fields(ServerConfig)} == {None, *GIVEN}
    chosen = tyro.cli(ServerConfig, args=("--host", "::1", "--models", "u/c", "--allowed-hosts", "c.example"))
    assert (chosen.host, chosen.models, chosen.allowed_hosts) == ("::1", ("u/c",), ("c.example",))
    assert chosen.port == 8000


def test_secrets_are_no_flags_and_are_not_shown(monkeypatch, capsys):
    monkeypatch.setenv("AMGAN_TOKENS", "first-token-of-two")
    monkeypatch.setenv("AMGAN_PROJECT_TOKENS", "first-token-of-two")
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("AMGAN_STATE", "postgresql://eve:hf_secret@host/db")
    monkeypatch.setenv("AMGAN_LIMITS", "redis://:hf_secret@host")
    for flag in ("--tokens", "--hub-token", "--project-tokens", "--state", "--limits"):
        with pytest.raises(SystemExit):
            tyro.cli(ServerConfig, args=(flag, "x"))
    with pytest.raises(SystemExit):
        tyro.cli(ServerConfig, args=("--help",))
    shown = "".join(capsys.readouterr()) + repr(ServerConfig())
    assert "--tokens-file" in shown
    assert "first-token" not in shown
    assert "hf_secret" not in shown


@pytest.mark.parametrize("port", ["0", "65536", "http", "\u0663"])
def test_a_port_that_is_none_is_one_line(monkeypatch, port):
    monkeypatch.setenv("GRADIO_SERVER_PORT", port)
    with pytest.raises(ConfigError) as caught:
        ServerConfig()
    assert message(caught.value).startswith("GRADIO_SERVER_PORT must be a number from 1 to 65535")


@pytest.mark.parametrize("text", ["yes", "2", "true"])
def test_a_switch_that_is_neither_on_nor_off_is_one_line(monkeypatch, text):
    monkeypatch.setenv("AMGAN_MCP", text)
    with pytest.raises(ConfigError) as caught:
        ServerConfig()
    assert message(caught.value) == f"AMGAN_MCP must be 0 or 1, not {text!r}"


@pytest.mark.parametrize("text", ["-1", "fast", "1.5", "1" * 30, "\u0663"])
def test_a_rate_that_is_none_is_a_line(monkeypatch, text):
    monkeypatch.setenv("AMGAN_PICTURES_PER_SECOND", text)
    with pytest.raises(ConfigError) as caught:
        ServerConfig()
    assert message(caught.value).startswith("AMGAN_PICTURES_PER_SECOND must be a number")
