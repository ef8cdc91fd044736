"""A server with projects, and one whose photos were looked at."""

from __future__ import annotations

import shutil

import pytest

from amgan.projects.bringing import bring
from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling
from amgan.projects.room import ProjectRoom
from amgan.reviews.store.store import ReviewStore
from tests.projects.photos import pile
from tests.server.running import running

LIST = "/create/api/projects"


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory):
    """The folder of a project of 30 photos that were looked at, to be copied."""
    place = tmp_path_factory.mktemp("looked-at")
    project = Project.create(place / "pilot", "A pilot")
    bring(project, [str(pile(place / "pile"))], "ann")
    Labelling(project, "ann").groups()
    return project.folder


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    return ProjectRoom(tmp_path_factory.mktemp("projects"))


@pytest.fixture(scope="module")
def client(weights, room):
    with running(weights, projects=room, reviews=ReviewStore(":memory:")) as client:
        yield client


@pytest.fixture
def pilot(client, room, looked_at):
    """The address of a project of 30 photos."""
    name = client.post(LIST, json={"title": "A pilot"}).json()["name"]
    shutil.rmtree(room.folder / name)
    shutil.copytree(looked_at, room.folder / name)
    yield f"{LIST}/{name}"
    shutil.rmtree(room.folder / name)
