"""Releases pushed to the tests' Hub by the real client: one commit of the release's files, or nothing and one line."""

from __future__ import annotations

import json
import shutil

import pytest

from amgan.hub.publishing import is_sealed
from amgan.release.folder import CARD_FILE, METRICS_FILE, SEEDS_FILE, WEIGHTS_FILE
from tests.hub.server import OWNER, READER, STRANGER
from tests.models import saved

FILES = {"README.md", "config.json", "model.safetensors", "samples.png", "seeds.safetensors"}


@pytest.fixture
def name(hub):
    """A repository that is not there yet."""
    return f"user/new-{len(hub.requests)}"


@pytest.fixture
def copy(release, tmp_path):
    """The release, to be changed."""
    return shutil.copytree(release, tmp_path / "copy")


def test_a_release_is_one_commit(hub, client, release, name):
    pushed = client.call("push", folder=release, repo=name, tag="v1", token=OWNER)
    repository = hub.repositories[name]
    assert len(repository.commits) == 2
    assert set(repository.head.files) == FILES | {".gitattributes"}
    for file in FILES - {CARD_FILE}:
        assert repository.head.files[file].content == (release / file).read_bytes()
    assert repository.head.files[WEIGHTS_FILE].lfs
    assert repository.tags == {"v1": pushed["commit"]}
    assert not repository.private
    assert pushed == {
        "commit": repository.head.sha, "url": f"{hub.endpoint}/{name}", "is_new": True, "card_kept": False,
        "files": ["config.json", "model.safetensors", "seeds.safetensors", "samples.png", "README.md"],
    }  # fmt: skip
    for request in hub.requests:
        assert not (request.from_bytes_port and request.authorization)
        assert b"never published" not in request.body


def test_a_commit_of_someone_else_in_between_is_not_run_over(hub, client, release, name):
    client.call("push", folder=release, repo=name, token=OWNER)
    parent = hub.repositories[name].head.sha
    hub.repositories[name].put(README__md=b"edited")
    client.call("push", folder=release, repo=name, token=OWNER)
    hub.repositories[name].put(config__json=b"{}")
    head = hub.repositories[name].head.sha
    client.call("push", folder=release, repo=name, token=OWNER)
    sent = [request for request in hub.requests if "/commit/main" in request.path and name in request.path]
    parents = [json.loads(request.body.splitlines()[0])["value"].get("parentCommit") for request in sent]
    assert parents == [hub.repositories[name].commits[0].sha, head]
    assert parent not in parents


def test_what_was_pushed_is_what_is_pulled(client, release, name, tmp_path):
    pushed = client.call("push", folder=release, repo=name, token=OWNER)
    pulled = client.call("pull", repo=name, cache_dir=tmp_path)
    assert pulled["revision"] == pushed["commit"]
    assert pulled["pictures"] == client.call("pull", repo=str(release))["pictures"]


@pytest.mark.parametrize("local", ["generated", "edited", "none"])
def test_the_card_names_the_repository(hub, client, copy, name, local):
    if local == "edited":
        (copy / CARD_FILE).write_text((copy / CARD_FILE).read_text() + "\nMore.\n")
    elif local == "none":
        (copy / CARD_FILE).unlink()
    client.call("push", folder=copy, repo=name, token=OWNER)
    card = hub.repositories[name].head.files[CARD_FILE].content
    assert f'from_pretrained("{name}")'.encode() in card
    assert b"PATH_OR_REPO" not in card
    assert is_sealed(card)


def test_a_private_repository(hub, client, release, name):
    client.call("push", folder=release, repo=name, token=OWNER, private=True)
    assert hub.repositories[name].private
    assert not client.call("push", folder=release, repo=name, token=OWNER, private=True)["is_new"]
    hub.repositories[name].private = False
    text = client.error("PublishError", "push", folder=release, repo=name, token=OWNER, private=True)
    assert "public already" in text


def test_the_same_again_is_no_commit(hub, client, release, name):
    first = client.call("push", folder=release, repo=name, token=OWNER)
    again = client.call("push", folder=release, repo=name, token=OWNER, tag="v1")
    assert again["commit"] == first["commit"]
    assert not again["is_new"]
    assert len(hub.repositories[name].commits) == 2
    assert client.call("push", folder=release, repo=name, token=OWNER, tag="v1")["commit"] == first["commit"]


def test_newer_weights_take_the_place_of_the_older(hub, client, release, name, tmp_path):
    client.call("push", folder=release, repo=name, token=OWNER, tag="v1")
    newer = saved(tmp_path / "newer", seed=1)
    client.call("push", folder=newer, repo=name, token=OWNER)
    repository = hub.repositories[name]
    assert len(repository.commits) == 3
    assert repository.head.files[WEIGHTS_FILE].content == (newer / WEIGHTS_FILE).read_bytes()
    assert SEEDS_FILE not in repository.head.files  # it belonged to other weights
    assert ".gitattributes" in repository.head.files
    assert set(repository.at("v1").files) == FILES | {".gitattributes"}


def test_a_tag_is_never_moved(hub, client, release, name, tmp_path):
    first = client.call("push", folder=release, repo=name, token=OWNER, tag="v1")["commit"]
    newer = saved(tmp_path / "newer", seed=1)
    text = client.error("PublishError", "push", folder=newer, repo=name, token=OWNER, tag="v1")
    assert f"published as commit {hub.repositories[name].head.sha}" in text  # v1 was the newest until then
    client.call("push", folder=release, repo=name, token=OWNER)
    head = hub.repositories[name].head
    text = client.error("PublishError", "push", folder=newer, repo=name, token=OWNER, tag="v1")
    assert "not published" in text
    assert hub.repositories[name].head == head
    assert hub.repositories[name].tags == {"v1": first}


def test_a_card_that_was_edited_there_is_kept(hub, client, release, name, tmp_path):
    client.call("push", folder=release, repo=name, token=OWNER)
    repository = hub.repositories[name]
    edited = repository.head.files[CARD_FILE].content.replace(b"## Use", b"Mine.\n\n## Use")
    repository.put(README__md=edited)
    newer = saved(tmp_path / "newer", seed=1)
    assert client.call("push", folder=newer, repo=name, token=OWNER)["card_kept"]
    assert repository.head.files[CARD_FILE].content == edited
    assert repository.head.files[WEIGHTS_FILE].content == (newer / WEIGHTS_FILE).read_bytes()


def test_the_models_own_method_keeps_an_edited_card_too(hub, client, release, name):
    assert not client.call("push_model", folder=release, repo=name, tag="v1", token=OWNER)["card_kept"]
    repository = hub.repositories[name]
    assert set(repository.head.files) == FILES | {".gitattributes"}
    assert repository.tags == {"v1": repository.head.sha}
    edited = repository.head.files[CARD_FILE].content.replace(b"## Use", b"Mine.\n\n## Use")
    repository.put(README__md=edited)
    assert client.call("push_model", folder=release, repo=name, token=OWNER)["card_kept"]
    assert repository.head.files[CARD_FILE].content == edited
    text = client.error("PublishError", "push_model", folder=release, repo=name, token=OWNER, branch="other")
    assert "branch cannot be given here" in text


def test_a_card_that_was_not_edited_follows_the_release(hub, client, copy, name):
    client.call("push", folder=copy, repo=name, token=OWNER)
    (copy / CARD_FILE).write_text("---\nlicense: mit\n---\n\nMy own words.\n")
    client.call("push", folder=copy, repo=name, token=OWNER)
    card = hub.repositories[name].head.files[CARD_FILE].content
    assert b"My own words." in card
    assert is_sealed(card)
    (copy / CARD_FILE).write_bytes(card.replace(b"own", b"newest"))
    assert not client.call("push", folder=copy, repo=name, token=OWNER)["card_kept"]
    assert b"My newest words." in hub.repositories[name].head.files[CARD_FILE].content


def test_a_broken_release_makes_no_request(hub, client, copy, name):
    before = len(hub.requests)
    (copy / CARD_FILE).unlink()
    for metrics in ("[]", '{"training": {"data": 1}}'):
        (copy / METRICS_FILE).write_text(metrics)
        client.error("ReleaseError", "push", folder=copy, repo=name, token=OWNER)
    (copy / METRICS_FILE).unlink()
    (copy / WEIGHTS_FILE).write_bytes(b"no tensors")
    assert str(copy / WEIGHTS_FILE) in client.error("ReleaseError", "push", folder=copy, repo=name, token=OWNER)
    client.error("ReleaseError", "push", folder=copy / "none", repo=name, token=OWNER)
    assert len(hub.requests) == before


@pytest.mark.parametrize(
    ("repo", "tag", "token", "says"),
    [
        ("no-user", None, OWNER, "write user/name"),
        ("a/b/c", None, OWNER, "write user/name"),
        ("user/a..b", None, OWNER, ".."),
        ("", "main", OWNER, "cannot be a tag"),
        ("", "f" * 40, OWNER, "cannot be a tag"),
        ("", "a b", OWNER, "cannot be a tag"),
        ("", "a..b", OWNER, "cannot be a tag"),
        ("", None, "hf_secret\nX-Header: y", "characters that no token has"),
        ("", None, False, "refused the token"),
        ("", None, "hf_unknown", "refused the token"),
        ("", None, READER, "no right"),
        ("", None, STRANGER, "no right"),
    ],
)
def test_what_is_refused_is_one_line(hub, client, release, name, repo, tag, token, says):
    before = dict(hub.repositories)
    text = client.error("PublishError", "push", folder=release, repo=repo or name, tag=tag, token=token)
    assert says in text
    assert hub.repositories == before


@pytest.mark.parametrize(
    ("method", "path", "fault", "says"),
    [
        ("GET", "/api/models", {"status": 401}, "refused the token"),
        ("GET", "/api/models", {"status": 500}, "error 500"),
        ("GET", "/refs", {"cut": 5}, "closed connection"),
        ("POST", "/preupload/", {"status": 429, "retry_after": 1}, "fewer requests"),
        ("POST", "/preupload/", {"wrong": True}, "could not be read"),
        ("POST", "/objects/batch", {"status": 403}, "no right"),
        ("PUT", "", {"status": 500}, "error 500"),
        ("PUT", "", {"cut": -1}, "disconnected"),
        ("POST", "/commit/", {"status": 404}, "error 404"),
        ("POST", "/commit/", {"status": 412}, "changed meanwhile"),
        ("POST", "/commit/", {"status": 503}, "error 503"),
        ("POST", "/commit/", {"cut": -1}, "disconnected"),
        ("GET", "/resolve/", {"status": 500}, "error 500"),
    ],
)
def test_every_fault_is_one_line_and_the_next_push_brings_it(
    hub, client, copy, name, tmp_path, method, path, fault, says
):
    client.call("push", folder=copy, repo=name, token=OWNER)
    repository = hub.repositories[name]
    newer = saved(tmp_path / "newer", seed=len(hub.requests))  # of its own: large files are stored once for all
    (newer / SEEDS_FILE).write_bytes((copy / SEEDS_FILE).read_bytes())
    before = repository.head
    with hub.fault(method, path, **fault) as switched:
        text = client.error("PublishError", "push", folder=newer, repo=name, tag="v2", token=OWNER)
    assert switched.hits
    assert text.startswith(f"{name}: not published (")
    assert says in text
    assert repository.head == before
    assert not repository.tags
    pushed = client.call("push", folder=newer, repo=name, tag="v2", token=OWNER)
    assert repository.tags == {"v2": pushed["commit"]}
    assert repository.head.files[WEIGHTS_FILE].content == (newer / WEIGHTS_FILE).read_bytes()


def test_a_hub_that_does_not_answer_is_given_up(hub, client, release, name):
    for path in ("/api/models", "/api/repos/create"):
        with hub.fault("", path, slow=True):
            text = client.error("PublishError", "push", seconds=0.3, folder=release, repo=name, token=OWNER)
        assert "timed out" in text
    with hub.stopped():
        client.error("PublishError", "push", folder=release, repo=name, token=OWNER)
    assert name not in hub.repositories


def test_an_answer_that_got_lost_does_not_publish_twice(hub, client, release, name):
    with hub.fault("POST", "/commit/", lose=True):
        text = client.error("PublishError", "push", folder=release, repo=name, token=OWNER)
    assert "not known whether it was published" in text
    pushed = client.call("push", folder=release, repo=name, token=OWNER)
    assert not pushed["is_new"]
    assert len(hub.repositories[name].commits) == 2


def test_a_tag_that_failed_says_that_the_commit_is_there(hub, client, release, name):
    with hub.fault("POST", "/tag/", status=500):
        text = client.error("PublishError", "push", folder=release, repo=name, tag="v1", token=OWNER)
    assert f"published as commit {hub.repositories[name].head.sha}, but without the tag v1" in text
    client.call("push", folder=release, repo=name, tag="v1", token=OWNER)
    assert hub.repositories[name].tags == {"v1": hub.repositories[name].head.sha}
