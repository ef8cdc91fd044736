"""The app as a Space on the tests' Hub: one commit of its code, its models named in a variable and preloaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from huggingface_hub import SpaceCard

from amgan.hub.space_files import project_folder, space_files
from tests.hub.repositories import Blob
from tests.hub.server import OWNER, READER, STRANGER
from tests.hub.test_push_command import run


@pytest.fixture
def name(hub):
    """A Space that is not there yet."""
    return f"user/space-{len(hub.requests)}"


@pytest.fixture(scope="module")
def model(hub, release):
    """A repository with a release, tagged v1."""
    commit = hub.add("user/shoes", release)
    hub.repositories["user/shoes"].tags["v1"] = commit.sha
    return hub.repositories["user/shoes"]


def front_matter(space):
    return SpaceCard(space.head.files["README.md"].content.decode()).data.to_dict()


def test_one_command_makes_the_space(hub, model, tmp_path):
    first = model.head.sha
    done = run(hub, tmp_path, "space", "--repo", "user/demo", "--models", "user/shoes", "user/shoes@v1", "--private")
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    space = hub.repositories["spaces/user/demo"]
    files = space_files(project_folder(), [])
    assert done.stdout.splitlines() == [
        f"{hub.endpoint}/spaces/user/demo",
        f"commit {space.head.sha}",
        f"{len(files)} files",
        f"model user/shoes at {first[:8]}, preloaded",
        f"model user/shoes@v1 at {first[:8]}, preloaded",
    ]
    assert set(space.head.files) == {*files, ".gitattributes"}
    assert len(space.commits) == 2
    assert (space.sdk, space.private) == ("gradio", True)
    assert space.variables == {"AMGAN_MODELS": "user/shoes,user/shoes@v1"}
    assert all(
        space.head.files[path].content == file.read_bytes() for path, file in files.items() if isinstance(file, Path)
    )
    assert json.loads(space.head.files["space.json"].content)["preloaded"] == {
        "user/shoes": first, "user/shoes@v1": first,
    }  # fmt: skip
    assert front_matter(space)["models"] == ["user/shoes"]
    assert front_matter(space)["preload_from_hub"] == [
        f"user/shoes config.json,model.safetensors,seeds.safetensors,samples.png,README.md {first}"
    ]
    assert not any(OWNER.encode() in blob.content for blob in space.head.files.values())


def test_the_same_again_changes_nothing(hub, client, model, name):
    first = client.call("space", repo=name, models=["user/shoes"], token=OWNER)
    assert first["is_new"]
    before = len(hub.requests)
    again = client.call("space", repo=name, models=["user/shoes"], token=OWNER)
    assert again == first | {"is_new": False}
    assert len(hub.repositories[f"spaces/{name}"].commits) == 2
    posted = [request.path for request in hub.requests[before:] if request.method == "POST"]
    assert not any(path.endswith("/variables") for path in posted)  # it would restart the Space


def test_an_update_brings_the_newest_commit_and_takes_away_what_is_gone(hub, client, release, name):
    old = hub.add("user/moving", release).sha
    client.call("space", repo=name, models=["user/moving", f"user/moving@{old}"], token=OWNER)
    space = hub.repositories[f"spaces/{name}"]
    gone = Blob(b"of an earlier version", lfs=False)
    theirs = {"packages.txt": gone, "notes/a.md": gone, "weights/theirs/config.json": gone}
    earlier = {
        "amgan/gone.py": gone, "weights/old/config.json": gone, "space.json": Blob(b'{"weights": ["old"]}', lfs=False),
    }  # fmt: skip
    space.commit("earlier", space.head.files | theirs | earlier)
    new = hub.repositories["user/moving"].put(metrics__json=b"{}").sha
    client.call("space", repo=name, models=["user/moving", f"user/moving@{old}"], token=OWNER)
    assert [entry.split()[2] for entry in front_matter(space)["preload_from_hub"]] == [new, old]
    assert set(space.head.files) == {*space_files(project_folder(), []), *theirs, ".gitattributes"}
    client.call("space", repo=name, token=OWNER)
    assert not {"models", "preload_from_hub"} & set(front_matter(space))
    assert space.variables == {}


def test_a_private_model_is_named_but_not_preloaded(hub, client, release, name):
    hub.add("user/hidden", release, private=True)
    assert not client.call("space", repo=name, models=["user/hidden"], token=OWNER)["models"][0]["is_open"]
    space = hub.repositories[f"spaces/{name}"]
    assert space.variables == {"AMGAN_MODELS": "user/hidden"}
    assert "preload_from_hub" not in front_matter(space)


def test_a_space_of_another_making_is_not_run_over(hub, client, name):
    client.call("space", repo=name, token=OWNER)
    space = hub.repositories[f"spaces/{name}"]
    for file in ("app.py", "index.html", "Dockerfile", "main.py"):
        head = space.commit("another app", {file: Blob(b"theirs", lfs=False), "README.md": Blob(b"x", lfs=False)})
        assert "another app" in client.error("PublishError", "space", repo=name, token=OWNER)
        assert space.head == head
    head = space.commit("only a card", {"README.md": Blob(b"x", lfs=False), ".gitattributes": Blob(b"x", lfs=False)})
    space.sdk = "docker"
    assert "another app" in client.error("PublishError", "space", repo=name, token=OWNER)
    assert space.head == head
    space.sdk = "gradio"
    assert client.call("space", repo=name, token=OWNER)["is_new"]


@pytest.mark.parametrize(
    ("repo", "models", "token", "says"),
    [
        ("no-user", [], OWNER, "write user/name"),
        ("", ["shoes"], OWNER, "write user/name or user/name@revision"),
        ("", ["user/shoes@"], OWNER, "write user/name or user/name@revision"),
        ("", ["user/shoes@a,user/b"], OWNER, "write user/name or user/name@revision"),
        ("", ["user/shoes@../x"], OWNER, "write user/name or user/name@revision"),
        ("", ["user/nothing"], OWNER, "model user/nothing: there is no such repository"),
        ("", ["user/shoes@v9"], OWNER, "model user/shoes@v9: the repository has no such revision"),
        ("", ["user/bare"], OWNER, "holds no config.json"),
        ("", [], READER, "no right"),
        ("", [], STRANGER, "no right"),
        ("", [], "hf_unknown", "refused the token"),
        ("", [], "hf_a\nb", "characters that no token has"),
    ],
)
def test_what_is_refused_is_one_line(hub, client, model, release, name, repo, models, token, says):
    if models == ["user/bare"]:
        hub.add("user/bare", release)
        hub.repositories["user/bare"].commit("nothing", {})
    before = dict(hub.repositories)
    assert says in client.error("PublishError", "space", repo=repo or name, models=models, token=token)
    assert hub.repositories == before


@pytest.mark.parametrize(
    ("method", "path", "fault", "says"),
    [
        ("GET", "/api/models", {"status": 503}, "error 503"),
        ("GET", "/api/spaces", {"status": 500}, "error 500"),
        ("POST", "/preupload/", {"status": 429, "retry_after": 1}, "fewer requests"),
        ("POST", "/commit/", {"status": 412}, "changed meanwhile"),
        ("POST", "/commit/", {"cut": -1}, "disconnected"),
    ],
)
def test_every_fault_is_one_line_and_the_next_attempt_mends_it(hub, client, model, name, method, path, fault, says):
    client.call("space", repo=name, token=OWNER)
    space = hub.repositories[f"spaces/{name}"]
    before = space.commit("older", space.head.files | {"app.py": Blob(b"older", lfs=False)})
    with hub.fault(method, path, **fault) as switched:
        assert says in client.error("PublishError", "space", repo=name, models=["user/shoes"], token=OWNER)
    assert switched.hits
    assert space.head == before
    assert space.variables == {}
    assert client.call("space", repo=name, models=["user/shoes"], token=OWNER)["is_new"]
    assert space.variables == {"AMGAN_MODELS": "user/shoes"}


def test_a_variable_that_failed_says_that_the_code_is_there(hub, client, model, name):
    with hub.fault("POST", "/variables", status=500):
        text = client.error("PublishError", "space", repo=name, models=["user/shoes"], token=OWNER)
    space = hub.repositories[f"spaces/{name}"]
    assert f"published as commit {space.head.sha}, but its variable AMGAN_MODELS was not set" in text
    client.call("space", repo=name, models=["user/shoes"], token=OWNER)
    assert space.variables == {"AMGAN_MODELS": "user/shoes"}
    assert len(space.commits) == 2


def test_a_commit_in_between_is_not_run_over(hub, client, name):
    client.call("space", repo=name, token=OWNER)
    parent = hub.repositories[f"spaces/{name}"].put(app__py=b"edited").sha
    client.call("space", repo=name, token=OWNER)
    sent = [request for request in hub.requests if f"/api/spaces/{name}/commit/" in request.path]
    assert json.loads(sent[-1].body.splitlines()[0])["value"]["parentCommit"] == parent
