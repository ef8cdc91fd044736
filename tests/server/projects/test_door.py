"""Who may reach the projects: who sits at the machine, or has a token; and no other site through their browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amgan.errors import ConfigError, RequestError, UnknownProjectError
from amgan.projects.queue import TrainingQueue
from amgan.projects.room import MOST_PROJECTS, ProjectRoom
from amgan.reviews.store.store import ReviewStore
from amgan.server.projects.door import COOKIE, PASSED_ON, ProjectDoor
from amgan.server.settings import ServerConfig
from tests.server.running import problem, running

TOKEN = "a-token-of-the-team"
LIST = "/create/api/projects"


@pytest.fixture(scope="module")
def token_client(weights, tmp_path_factory):
    room = ProjectRoom(tmp_path_factory.mktemp("projects"))
    with running(weights, projects=room, reviews=ReviewStore(":memory:"), project_tokens=(TOKEN,)) as client:
        yield client


def guarded_routes():
    """Every address below the API but those that are open on purpose, with its methods."""
    from fastapi import FastAPI

    from amgan.server.projects import routes

    app = FastAPI()
    service = type("Service", (), {"config": ServerConfig()})()
    routes.add_all_project_routes(
        app, service, ProjectRoom(), TrainingQueue(tuple, Path("lock")), ReviewStore(":memory:")
    )
    found = [route for router in app.router.routes for route in getattr(router, "original_router", app.router).routes]
    return [
        (method, route.path.format(**dict.fromkeys(route.param_convertors, "x")))
        for route in found
        if getattr(route, "path", "").startswith("/create/api/")
        and route.path not in ("/create/api/offer", "/create/api/session")
        for method in route.methods
    ]


@pytest.mark.parametrize("header", PASSED_ON)
def test_what_came_through_a_proxy_is_not_from_this_machine(client, header):
    for path in (LIST, f"{LIST}/x"):
        assert "AMGAN_PROJECT_TOKENS" in problem(client.get(path, headers={header: "127.0.0.1"}), 403)
    assert client.get("/create/api/offer", headers={header: "127.0.0.1"}).json() == {"offered": False}
    assert client.get("/create/api/offer").json() == {"offered": True}


@pytest.mark.parametrize(
    "settings", [{"host": "0.0.0.0"}, {"allowed_hosts": ("shop.example",)}, {"root_path": "/demo"}, {"host": "::"}]
)
def test_a_server_for_others_has_none_without_tokens(settings):
    request = type("Request", (), {"client": type("Client", (), {"host": "127.0.0.1"}), "headers": {}})()
    assert ProjectDoor(ServerConfig(), ProjectRoom()).is_open_to(request)
    assert not ProjectDoor(ServerConfig(**settings), ProjectRoom()).is_open_to(request)
    request.client.host = "192.168.1.5"
    assert not ProjectDoor(ServerConfig(), ProjectRoom()).is_open_to(request)


def test_every_route_asks_for_the_token_before_it_reads_anything(token_client):
    found = guarded_routes()
    assert len(found) > 2
    for method, path in found:
        for headers in ({}, {"Authorization": "Bearer wrong-wrong-wrong"}, {"Cookie": f"{COOKIE}=wrong-wrong-wrong"}):
            answer = token_client.request(
                method, path, content=b"{", headers={"Content-Type": "application/json", **headers}
            )
            assert answer.status_code == 401, (method, path)
            assert "project tokens" in answer.text or method == "HEAD"


def test_no_other_site_reaches_any_route(client):
    others = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "//[::1"},
    ]
    for method, path in guarded_routes():
        for headers in others:
            answer = client.request(method, path, headers={"Content-Type": "application/json", **headers})
            assert answer.status_code == 403, (method, path, headers)
        if method not in ("GET", "HEAD"):
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
                assert client.request(method, path, headers={"Content-Type": kind}).status_code == 415


def test_a_token_is_entered_once_and_kept_where_no_script_reads_it(token_client):
    refused = token_client.post("/create/api/session", json={"token": "wrong-wrong-wrong-wrong"})
    assert "none of the server's project tokens" in problem(refused, 401)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert token_client.post("/create/api/session", json={"token": TOKEN}, headers=elsewhere).status_code == 403
    answer = token_client.post("/create/api/session", json={"token": TOKEN})
    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/create"} <= set(cookie.split("; "))
    token_client.cookies.clear()
    ours = {"Cookie": f"{COOKIE}={TOKEN}"}
    assert token_client.get(LIST, headers=ours).json() == {"projects": []}
    assert token_client.get(LIST, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    # With tokens nobody comes in without one, also at the machine.
    assert token_client.get(LIST).status_code == 401


def test_a_malformed_token_is_said_at_the_start():
    with pytest.raises(ConfigError, match="16 or more"):
        ProjectDoor(ServerConfig(project_tokens=("short",)), ProjectRoom())


def test_pages_hold_nothing_of_projects_and_run_only_their_own_scripts(client):
    answer = client.get("/create/<script>alert(1)", headers={"Accept-Language": "ja"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert '<html lang="ja"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert client.get("/create/page/0/create.js").status_code == 404
    assert client.get("/create/").headers["Location"] == "../create"


def test_a_project_is_made_listed_and_shown(client):
    made = client.post(LIST, json={"title": "Bags & “Täschen”"})
    assert made.status_code == 200, made.text
    name = made.json()["name"]
    assert name == "bags-taschen"
    assert [one["name"] for one in client.get(LIST).json()["projects"]] == [name]
    shown = client.get(f"{LIST}/{name}")
    assert shown.json()["title"] == "Bags & “Täschen”"
    assert shown.headers["Cache-Control"] == "no-store"
    assert "no such project" in problem(client.get(f"{LIST}/nothing"), 404)
    assert "printable" in problem(client.post(LIST, json={"title": "\x00"}), 422)["msg"]
    assert client.post(LIST, json={"title": "x" * 1000}).status_code == 422


def test_a_project_that_is_broken_is_named_and_keeps_no_other_away(client, room):
    for title in ("Whole", "To be broken"):
        client.post(LIST, json={"title": title})
    (room.folder / "to-be-broken" / "project.json").write_text("{")
    found = {one["name"]: one for one in client.get(LIST).json()["projects"]}
    assert found["to-be-broken"]["problem"] == "to-be-broken/project.json does not hold what it should; mend it"
    assert not found["whole"]["problem"]
    assert "mend it" in problem(client.get(f"{LIST}/to-be-broken"), 422)["msg"]


def test_names_are_no_paths(tmp_path):
    room = ProjectRoom(tmp_path / "room")
    assert room.names == []
    project = room.create("One")
    outside = ProjectRoom(tmp_path).create("Outside")
    for name in ("..", ".", "../outside", "a/b", "", "one\n", "one\x00", "x" * 100, "/etc", outside.folder.name):
        with pytest.raises(UnknownProjectError):
            room.open(name)
    (room.folder / "linked").symlink_to(outside.folder)
    with pytest.raises(UnknownProjectError):
        room.open("linked")
    assert room.names == [project.folder.name]
    assert [room.create(title).folder.name for title in ("One", "鞄", "鞄")] == ["one-2", "project", "project-2"]
    assert room.folder.stat().st_mode & 0o077 == 0


def test_a_room_takes_so_many_projects(tmp_path):
    room = ProjectRoom(tmp_path)
    for number in range(MOST_PROJECTS):
        (tmp_path / f"p{number}").mkdir()
        (tmp_path / f"p{number}" / "project.json").write_text(json.dumps({"format_version": 1, "title": "p"}))
    with pytest.raises(RequestError, match="50 projects already"):
        room.create("One more")
