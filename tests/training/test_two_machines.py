"""Two processes with a network between them: as exact as on one machine, and a lost one is told in a sentence."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from amgan.training import TrainConfig
from tests.ports import free_port
from tests.training.runs import checkpoint, contents, differences, finish, kill, make_pictures, read_until, tiny

STEP = 3
SECONDS_TO_END = 240
"""Four processes load torch and find one another, on a machine that may have much else to do."""

pytestmark = [
    pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="this torch has no gloo to connect processes"),
    pytest.mark.timeout(900),
]


def settings_of(folder: Path) -> TrainConfig:
    return tiny(folder / "pictures", folder / "one", steps=100_000, log_every=1, checkpoint_every=STEP)


def start_nodes(config: TrainConfig, address: str, commands: Sequence[Sequence[str]], **environment: str) -> list[Any]:
    """A torchrun for each machine, of one process; `commands` start a program on each of them."""
    file = config.out.with_suffix(".json")
    file.write_text(json.dumps(asdict(config) | {"out": str(config.out)}))
    port = free_port()
    return [
        subprocess.Popen(
            [*command, sys.executable, "-u", "-m", "torch.distributed.run", "--nnodes", "2", "--node_rank", str(rank),
             "--nproc_per_node", "1", "--master_addr", address, "--master_port", str(port),
             "-m", "tests.training.worker", str(file)],
            cwd=Path(__file__).parents[2], env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for rank, command in enumerate(commands)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def one_machine(tmp_path_factory):
    """A run of two launchers on this machine, one of which was killed after step 3, and what the other said."""
    folder = tmp_path_factory.mktemp("machines")
    make_pictures(folder / "pictures")
    nodes = start_nodes(settings_of(folder), "127.0.0.1", [(), ()])
    try:
        read_until(nodes[0], f"step {STEP + 1}/")
        kill(nodes[1])
    finally:
        told, _ = (finish(node, SECONDS_TO_END) for node in nodes)
    assert nodes[0].returncode != 0
    return folder, told


def test_a_lost_process_is_told_in_a_sentence(one_machine):
    folder, told = one_machine
    assert "TrainingError: another process is gone or cannot be reached (" in told
    assert "start all of them again with --resume, which goes on from the last checkpoint" in told
    assert checkpoint(folder / "one", STEP).is_dir()


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@pytest.fixture
def two_networks() -> Iterator[tuple[str, str]]:
    """Two network namespaces with a cable between them; addresses 10.77.0.1 and 10.77.0.2."""
    if shutil.which("ip") is None:
        pytest.skip("this machine has no ip to make networks with")
    names = tuple(f"amgan-{os.getpid()}-{number}" for number in (1, 2))
    try:
        for name in names:
            ip("netns", "add", name)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"networks cannot be made here: {error.stderr.strip()}")
    try:
        ip("link", "add", "cable", "netns", names[0], "type", "veth", "peer", "name", "cable", "netns", names[1])
        for number, name in enumerate(names, 1):
            ip("-n", name, "address", "add", f"10.77.0.{number}/24", "dev", "cable")
            for device in ("cable", "lo"):
                ip("-n", name, "link", "set", device, "up")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


def test_two_addresses_train_as_two_processes_of_one_machine(one_machine, two_networks):
    folder, _ = one_machine
    config = replace(settings_of(folder), out=folder / "two", steps=STEP)
    there = [("ip", "netns", "exec", name) for name in two_networks]
    nodes = start_nodes(config, "10.77.0.1", there, GLOO_SOCKET_IFNAME="cable")
    try:
        told = [finish(node, SECONDS_TO_END) for node in nodes]
    finally:
        for node in nodes:
            kill(node)
    assert [node.returncode for node in nodes] == [0, 0], "".join(told)
    one, two = (contents(checkpoint(folder / name, STEP), processes=2) for name in ("one", "two"))
    assert differences(one, two) == []
