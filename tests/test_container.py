"""The container's files, as far as they can be looked at without Docker."""

from __future__ import annotations

import json
import re
import shlex

import tyro
import yaml

from amgan.cli.command_line import COMMANDS
from amgan.hub.space_files import SINGLE_FILES
from amgan.server.settings import ServerConfig
from tests.documents import ROOT

STEPS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
    if re.match(r"[A-Z]+ ", line)
]


def arguments(instruction: str) -> list[str]:
    return [rest.strip() for name, rest in STEPS if name == instruction]


def test_what_is_copied_is_there_and_is_not_left_out():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert "*" in lines
    copied = set()
    for step in arguments("COPY"):
        if not step.startswith("--from"):
            copied |= {source.rstrip("/") for source in step.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    assert copied == sent == {"amgan", "weights", *SINGLE_FILES, "README.md"}


def test_the_last_stage_runs_as_somebody_who_owns_nothing_but_the_data():
    last = max(number for number, (name, _) in enumerate(STEPS) if name == "FROM")
    steps = STEPS[last:]
    assert [rest for name, rest in steps if name == "USER"] == ["1000"]
    assert [rest for name, rest in steps if name == "VOLUME"] == ["/data"]
    assert sum(rest.startswith("weights/") for name, rest in steps if name == "COPY") == 1, "one layer"


def test_the_command_is_one_of_ours_on_the_port_that_is_asked_for_its_health():
    (entry,), (command,), (check,) = (arguments(name) for name in ("ENTRYPOINT", "CMD", "HEALTHCHECK"))
    assert json.loads(entry) == ["python", "-m", "amgan"]
    name, *flags = json.loads(command)
    assert name in COMMANDS
    options = tyro.cli(ServerConfig, args=flags, config=(tyro.conf.FlagCreatePairsOff,))
    assert (options.host, options.port) == ("0.0.0.0", 7860)
    assert arguments("EXPOSE") == ["7860"]
    asked = json.loads(check[check.index("CMD") + 3 :])
    assert asked[:2] == ["python", "-c"]
    assert f"http://127.0.0.1:{options.port}/healthz" in asked[2]
    compile(asked[2], "HEALTHCHECK", "exec")


def test_compose_starts_what_the_dockerfile_makes():
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["amgan"]
    variables = {field.metadata.get("variable") for field in ServerConfig.__dataclass_fields__.values()}
    assert set(service["environment"]) <= variables
    assert service["volumes"] == [f"data:{arguments('VOLUME')[0]}"]
    assert service["ports"] == [f"127.0.0.1:7860:{arguments('EXPOSE')[0]}"], "of this machine alone until it is opened"
    kept = dict(pair.split("=", 1) for step in arguments("ENV") for pair in shlex.split(step))
    assert all(kept[name].startswith("/data") for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "HF_HOME"))
