"""A server with a project that has a model which people judged, for those who look at the pages that make models."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from amgan.projects.room import ProjectRoom
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote
from tests.projects.trainings import labelled_project, see_little, shorten_trainings
from tests.server.running import running, wait_until

STEPS = (
    ("photos", ".drop"), ("labels", ".class"), ("make", "article[data-of]"), ("look", ".lacks"),
    ("judge", "article[data-of]"), ("next", "#feedback-form"),
)  # fmt: skip
"""The steps of a project, each with what is there once it has come."""


@contextlib.contextmanager
def judged_project(weights: Path, scratch: Path) -> Iterator[str]:
    """The address of the project."""
    room, reviews = ProjectRoom(scratch / "projects"), ReviewStore(":memory:")
    project = labelled_project(room, scratch)
    with pytest.MonkeyPatch.context() as monkeypatch:
        shorten_trainings(monkeypatch, scratch).touch()
        see_little(monkeypatch)
        with running(weights, projects=room, reviews=reviews) as client:
            base = f"/create/api/projects/{project.folder.name}"
            client.post(f"{base}/runs", json={"choice": "first-look", "image_size": 32}).raise_for_status()
            wait_until(lambda: client.get(f"{base}/runs/1-first-look/look").json().get("ready"), 120)
            asked = {"run": "1-first-look", "pictures": 6, "target": 0.6}
            (made,) = client.post(f"{base}/reviews", json=asked).json()["reviews"]
            said = [Vote(f"vote-{item:05}", item, "reviewer-1", "reject" if item else "keep") for item in range(6)]
            reviews.add(made["id"], said)
            yield f"{client.base_url}".rstrip("/") + f"/create/{project.folder.name}"
    reviews.close()
