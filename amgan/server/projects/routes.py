"""All routes of projects, put together.

The rules of projects stand in `amgan.projects`; a route only says what is asked there and answered here. It is a plain
function, which FastAPI runs in a thread, as it reads files; only where one is done at a time it is a coroutine.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from amgan.projects.arrivals import Arrivals
from amgan.projects.queue import TrainingQueue
from amgan.projects.room import ProjectRoom
from amgan.reviews.store.store import ReviewStore
from amgan.server.projects.asking_routes import add_asking_routes
from amgan.server.projects.door import ProjectDoor
from amgan.server.projects.label_routes import add_label_routes
from amgan.server.projects.look_routes import add_look_routes
from amgan.server.projects.page_routes import add_project_page_routes
from amgan.server.projects.photo_routes import add_photo_routes
from amgan.server.projects.project_routes import add_project_routes
from amgan.server.projects.publish_routes import add_publish_routes
from amgan.server.projects.run_routes import add_run_routes
from amgan.server.service import Service


def add_all_project_routes(
    app: FastAPI, service: Service, room: ProjectRoom, trainings: TrainingQueue, reviews: ReviewStore | None
) -> Callable[[], None]:
    """Add the pages below /create and what they ask for.

    Args:
        app: Gets them, before a page that takes every path that is left.
        service: The server's parts, of which the settings say for whom projects are.
        room: The projects.
        trainings: Trains their models.
        reviews: Where the server's reviewers vote; None for a server without.

    Returns:
        What is to be called when the server ends.

    Raises:
        ConfigError: a token for projects is malformed.
    """
    door, arrivals = ProjectDoor(service.config, room), Arrivals()
    add_project_page_routes(app, door)
    add_project_routes(app, room, door, arrivals)
    add_photo_routes(app, room, door, arrivals, service.config.max_body_bytes)
    add_label_routes(app, room, door, arrivals)
    add_run_routes(app, room, door, trainings)
    add_look_routes(app, room, door, reviews)
    add_publish_routes(app, room, door, service.config.hub_token)
    if reviews is not None:
        add_asking_routes(app, service, room, door, trainings, reviews)
    return arrivals.close
