"""A process that copies votes is killed while the Hub is away, and another one goes on."""

from __future__ import annotations

import subprocess
import sys

from tests.hub.client import ROOT, client_environment
from tests.hub.review_copies import copied, eventually
from tests.hub.server import OWNER

REPO = "user/killed"


def test_killed_while_the_hub_is_away_no_acknowledged_vote_is_lost(hub, tmp_path):
    def started():
        return subprocess.Popen(
            [sys.executable, "-m", "tests.hub.copying_process", tmp_path / "reviews.sqlite", REPO],
            cwd=ROOT, env=client_environment(hub.endpoint, tmp_path / "home") | {"HF_TOKEN": OWNER}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def acknowledged(process, votes):
        for vote in votes:
            print(vote, file=process.stdin, flush=True)
            assert process.stdout.readline().strip() == vote

    votes = [f"vote-{number:04}" for number in range(30)]
    first = started()
    review = first.stdout.readline()
    acknowledged(first, votes[:10])
    eventually(lambda: set(copied(hub, REPO)) == set(votes[:10]))
    with hub.stopped():
        acknowledged(first, votes[10:20])
        first.kill()
    said = first.communicate()[1]

    second = started()
    assert second.stdout.readline() == review
    acknowledged(second, votes[20:])
    said += second.communicate()[1]
    assert second.returncode == 0
    assert copied(hub, REPO) == dict.fromkeys(votes, 1)
    assert "hf_" not in said.replace("hf_hub", "")
    assert "Traceback" not in said
