"""``push`` as a user runs it, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.hub.client import ROOT, client_environment
from tests.hub.server import OWNER


def run(hub, tmp_path, *arguments, token=OWNER):
    return subprocess.run(
        [sys.executable, "-m", "amgan", *map(str, arguments)],
        cwd=ROOT, env=client_environment(hub.endpoint, tmp_path) | {"HF_TOKEN": token},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_from_a_folder_to_a_picture(hub, release, tmp_path):
    done = run(hub, tmp_path, "push", "--model", release, "--repo", "user/shoes", "--tag", "v1", "--private")
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    commit = hub.repositories["user/shoes"].tags["v1"]
    assert done.stdout.splitlines() == [
        f"{hub.endpoint}/user/shoes",
        f"commit {commit}",
        "files config.json, model.safetensors, seeds.safetensors, samples.png, README.md",
        "tag v1",
        'load it with AMGAN.from_pretrained("user/shoes", revision="v1")',
    ]
    out = tmp_path / "x.png"
    drawn = run(hub, tmp_path, "sample", "--model", "user/shoes", "--revision", "v1", "--n", "2", "--out", out)
    assert drawn.returncode == 0, drawn.stderr
    assert re.fullmatch(rf"fetching user/shoes at {commit[:8]}, \d\.\d MB\n", drawn.stderr)
    assert f"revision {commit[:8]}" in drawn.stdout
    assert out.exists()
    again = run(hub, tmp_path, "sample", "--model", "user/shoes", "--revision", "v1", "--n", "2", "--out", out)
    assert (again.returncode, again.stderr) == (0, "")


def test_a_refusal_is_one_line(hub, release, tmp_path):
    done = run(hub, tmp_path, "push", "--model", release, "--repo", "someone/else", token="hf_unknown")
    assert done.returncode == 1
    assert done.stderr.startswith("error: someone/else: not published (the Hub refused the token")
    assert len(done.stderr.splitlines()) == 1
    assert "hf_unknown" not in done.stdout + done.stderr
