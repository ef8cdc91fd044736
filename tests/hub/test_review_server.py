"""The server with a data set for its reviews, as on a Space: its disk is wiped, and the votes are there again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import httpx

from amgan.reviews.store.store import ReviewStore
from tests.hub.client import ROOT, client_environment
from tests.hub.server import OWNER
from tests.reviews.random_reviews import review_of
from tests.server.reviewing import send, state, vote

REPO = "user/space-votes"


def test_a_space_that_restarts_has_its_votes(hub, tmp_path):
    def started(reviews):
        command = [
            sys.executable, "-m", "amgan", "serve", "--port", "0", "--weights", tmp_path / "none", "--api-only",
            "--jobs", tmp_path / "jobs", "--reviews", reviews,
        ]  # fmt: skip
        environment = client_environment(hub.endpoint, tmp_path / "home") | {
            "HF_TOKEN": OWNER, "AMGAN_REVIEWS_REPO": REPO, "OMP_NUM_THREADS": "1", "PATH": os.environ["PATH"],
        }  # fmt: skip
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        address = next(line for line in process.stdout if "Serving at" in line).split("at ")[1].split()[0]
        return process, httpx.Client(base_url=address, timeout=30)

    def stopped(process):
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=240)[1]
        assert process.returncode == 0, said
        assert OWNER not in said

    first_disk = ReviewStore(tmp_path / "first.sqlite")
    review = first_disk.create(review_of(3))
    first_disk.close()
    process, client = started(tmp_path / "first.sqlite")
    assert send(client, review, vote(0, "keep"), vote(1, "reject", "too <b>dark</b>")).status_code == 200
    stopped(process)

    process, client = started(tmp_path / "second.sqlite")
    votes = state(client, review)["votes"]
    assert {item: kept["verdict"] for item, kept in votes.items()} == {"0": "keep", "1": "reject"}
    assert votes["1"]["comment"] == "too <b>dark</b>"
    assert send(client, review, vote(2, "keep")).status_code == 200
    stopped(process)
    second_disk = ReviewStore(tmp_path / "second.sqlite")
    assert [kept.item for kept in second_disk.votes(review.id)] == [0, 1, 2]
    assert second_disk.owned(review.id, review.key).spec == review.spec
