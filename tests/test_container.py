"""The container's files, as far as they can be looked at without Docker."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess

import pytest
import tyro
import yaml

from amgan import postgres
from amgan.cli.command_line import COMMANDS
from amgan.hub.space_files import SINGLE_FILES
from amgan.server import allowance
from amgan.server.settings import ServerConfig
from tests.databases import NO_REDIS
from tests.documents import ROOT
from tests.ports import free_port
from tests.server.running import wait_until

STEPS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
    if re.match(r"[A-Z]+ ", line)
]

VARIABLES = {field.metadata.get("variable") for field in ServerConfig.__dataclass_fields__.values()}
SEVERAL = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
OURS = ("front", "replica")


def config_of(flags: list[str]) -> ServerConfig:
    return tyro.cli(ServerConfig, args=flags, config=(tyro.conf.FlagCreatePairsOff,))


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
    options = config_of(flags)
    assert (options.host, options.port) == ("0.0.0.0", 7860)
    assert arguments("EXPOSE") == ["7860"]
    asked = json.loads(check[check.index("CMD") + 3 :])
    assert asked[:2] == ["python", "-c"]
    assert f"http://127.0.0.1:{options.port}/healthz" in asked[2]
    compile(asked[2], "HEALTHCHECK", "exec")


def test_compose_starts_what_the_dockerfile_makes():
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["amgan"]
    assert set(service["environment"]) <= VARIABLES
    assert service["volumes"] == [f"data:{arguments('VOLUME')[0]}"]
    assert service["ports"] == [f"127.0.0.1:7860:{arguments('EXPOSE')[0]}"], "of this machine alone until it is opened"
    kept = dict(pair.split("=", 1) for step in arguments("ENV") for pair in shlex.split(step))
    assert all(kept[name].startswith("/data") for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "HF_HOME"))


def test_the_image_has_the_drivers_of_what_servers_share():
    installed = shlex.split(" ".join(step for step in arguments("RUN") if "pip install" in step))
    for said in (postgres.INSTALL, allowance.INSTALL):
        assert {*shlex.split(said)} <= {"pip", *installed}


def test_several_servers_are_one_front_and_replicas_that_share_all():
    front, replica = (SEVERAL[name] for name in OURS)
    assert front["command"][0] == replica["command"][0] == "serve"
    configs = [config_of(service["command"][1:]) for service in (front, replica)]
    assert [config.api_only for config in configs] == [False, True]
    for service in (front, replica):
        assert (
            {"AMGAN_STATE", "AMGAN_LIMITS", "AMGAN_JOBS", "AMGAN_PICTURES_PER_SECOND"}
            <= {*service["environment"]}
            <= VARIABLES
        )
        assert service["environment"]["AMGAN_JOBS"].startswith("/data/")
        assert service["volumes"] == ["data:/data"]
        assert {"postgres", "redis"} == {*service["depends_on"]}
        assert service["build"] == ".."
    assert "@postgres/" in front["environment"]["AMGAN_STATE"]
    assert "@redis/" in front["environment"]["AMGAN_LIMITS"]


@pytest.mark.parametrize("name", SEVERAL)
def test_each_of_several_containers_may_do_little_and_tells_no_secret(name):
    service = SEVERAL[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "${" not in json.dumps(service.get("command")), "others see the flags of a process"
    if name in OURS:
        assert service["image"] == "amgan"
    else:
        assert re.fullmatch(r"[a-z]+:\d+(\.\d+)?-alpine", service["image"]), "a version, with what mends it"
        assert service["user"] == service["image"].partition(":")[0]
    is_open = name == "balancer"
    assert service.get("ports", []) == (["127.0.0.1:7860:7860"] if is_open else [])
    assert ("healthcheck" in service) == (name in ("postgres", "redis")), "ours is in the Dockerfile"
    assert ("inside" in service["networks"]) != is_open


def test_haproxy_finds_them(tmp_path):
    text = (ROOT / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
    assert re.findall(r"(?:server|server-template) (?:\w+ )+(\w+):7860", text) == ["replica", "front"]
    assert "bind :7860" in text
    program = shutil.which("haproxy")
    if program is None:
        pytest.skip("not installed: haproxy")
    checked = subprocess.run(
        [program, "-c", "-f", ROOT / "deploy" / "haproxy.cfg"], check=False, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.skipif(NO_REDIS is not None, reason=str(NO_REDIS))
def test_redis_starts_with_its_password_and_is_well(tmp_path):
    port, service = free_port(), SEVERAL["redis"]
    shell, flag, script = (part.replace("$$", "$") for part in service["command"])
    script = script.replace("requirepass", f"port {port}\nbind 127.0.0.1\nrequirepass", 1)
    environment = os.environ | {"REDIS_PASSWORD": "aSecretWord1"}
    process = subprocess.Popen([shell, flag, script], env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        asked = service["healthcheck"]["test"][1].replace("$$", "$").replace("redis-cli", f"redis-cli -p {port}")
        wait_until(lambda: subprocess.run(["sh", "-c", asked], check=False, env=environment).returncode == 0)
        wrong = environment | {"REDIS_PASSWORD": "another"}
        assert subprocess.run(["sh", "-c", asked], check=False, env=wrong, capture_output=True).returncode != 0
    finally:
        process.kill()
        process.wait()
