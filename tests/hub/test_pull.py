"""Models pulled from the tests' Hub by the real client: the same bytes, and every failure is one line."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from amgan import AMGAN
from amgan.release.folder import CONFIG_FILE, SEEDS_FILE, WEIGHTS_FILE
from tests.hub.repositories import Blob
from tests.hub.server import OWNER, READER, STRANGER
from tests.models import saved

FILES = ("README.md", "config.json", "model.safetensors", "samples.png", "seeds.safetensors")


def pictures_of(folder):
    return hashlib.sha256(AMGAN.from_pretrained(folder).sample("Bag", range(4)).tobytes()).hexdigest()


@pytest.fixture
def published(hub, release):
    """A repository of the test's own with the release as main and tag v1."""
    return repository_of(hub, release, f"user/model-{len(hub.repositories)}")


def repository_of(hub, release, name):
    first = hub.add(name, release)
    hub.repositories[name].tags["v1"] = first.sha
    return hub.repositories[name]


def cached_files(cache):
    return {file.name for file in cache.rglob("snapshots/*/*")}


@pytest.mark.parametrize("by", ["branch", "tag", "commit", "none"])
def test_the_same_bytes_as_the_folder(hub, client, release, published, tmp_path, by):
    revision = {"branch": "main", "tag": "v1", "commit": published.head.sha, "none": None}[by]
    fetched = client.call("fetch", repo=published.name, revision=revision, cache_dir=tmp_path)
    folder = tmp_path / ("models--" + published.name.replace("/", "--")) / "snapshots" / published.head.sha
    assert fetched == {"folder": str(folder), "commit": published.head.sha}
    assert {file.name for file in folder.iterdir()} == set(FILES)
    for name in FILES:
        assert (folder / name).read_bytes() == (release / name).read_bytes()


def test_an_old_tag_gives_the_old_pictures(hub, client, release, published, tmp_path):
    old = published.head.sha
    other = saved(tmp_path / "other", seed=1, index_seeds=2)
    new = hub.add(published.name, other).sha
    cache = tmp_path / "cache"
    for revision, commit, folder in (("v1", old, release), (None, new, other), (old, old, release)):
        pulled = client.call("pull", repo=published.name, revision=revision, cache_dir=cache)
        assert pulled == {"revision": commit, "pictures": pictures_of(folder)}


def test_a_commit_leaves_the_cache_without_what_others_share(hub, client, release, published, tmp_path):
    old = published.head.sha
    changed = shutil.copytree(release, tmp_path / "changed")
    (changed / "README.md").write_text("Other words, the same weights.")
    new = hub.add(published.name, changed).sha
    other = repository_of(hub, release, f"{published.name}-other")
    cache = tmp_path / "cache"
    for repo, commit in ((published.name, old), (published.name, new), (other.name, None)):
        client.call("fetch", repo=repo, revision=commit, cache_dir=cache)
    for _ in range(2):  # again, when it is gone
        client.call("forget", repo=published.name, commit=old, cache_dir=cache)
    client.call("forget", repo=published.name, commit=other.head.sha, cache_dir=cache)
    snapshots = {folder.name for folder in cache.glob("models--*/snapshots/*")}
    assert snapshots == {new, other.head.sha}
    pulled = client.call("pull", repo=published.name, revision=new, cache_dir=cache, local_files_only=True)
    assert pulled == {"revision": new, "pictures": pictures_of(release)}
    assert client.call("fetch", repo=published.name, revision=old, cache_dir=cache)["commit"] == old
    client.call("forget", repo="user/never-seen", commit=old, cache_dir=tmp_path / "none")


def test_a_cached_commit_makes_no_request(hub, client, release, published, tmp_path):
    first = client.call("pull", repo=published.name, revision="v1", cache_dir=tmp_path)
    before = len(hub.requests)
    again = client.call("pull", repo=published.name, revision=first["revision"], cache_dir=tmp_path)
    offline = client.call("pull", repo=published.name, revision="v1", cache_dir=tmp_path, local_files_only=True)
    assert again == offline == first
    assert len(hub.requests) == before
    with hub.stopped():
        assert client.call("pull", repo=published.name, revision=first["revision"], cache_dir=tmp_path) == first


def test_a_hub_that_is_away_leaves_what_is_cached(hub, client, published, tmp_path):
    first = client.call("pull", repo=published.name, cache_dir=tmp_path)
    with hub.stopped():
        assert client.call("pull", repo=published.name, cache_dir=tmp_path) == first
        assert "could not be fetched" in client.error(
            "ReleaseError", "pull", repo=published.name, revision="v1", cache_dir=tmp_path
        )
    for status in (500, 503, 429):
        with hub.fault("", "/api/", status=status):
            assert client.call("pull", repo=published.name, cache_dir=tmp_path) == first
    assert "the Hub is away" in client.stderr.read_text()


def test_a_private_repository(hub, client, release, tmp_path):
    commit = hub.add("user/secret", release, private=True).sha
    for token in (OWNER, READER):
        assert client.call("pull", repo="user/secret", token=token, cache_dir=tmp_path)["revision"] == commit
        mine = [request for request in hub.requests if request.authorization == f"Bearer {token}"]
        assert mine
        assert not any(request.from_bytes_port for request in mine)
        tmp_path = tmp_path / "other"
    for token in (False, STRANGER, "hf_unknown", "not\na token"):
        text = client.error("ReleaseError", "pull", repo="user/secret", token=token, cache_dir=tmp_path)
        assert "token" in text


@pytest.mark.parametrize(
    ("repo", "revision", "says"),
    [
        ("user/nothing", None, "no such repository"),
        ("user/nothing", "f" * 40, "no such repository"),
        ("", "v9", "no such revision"),
        ("", "f" * 40, "no such revision"),
        ("", "../../../etc", "name of a branch or a tag"),
        ("", "/etc/passwd", "name of a branch or a tag"),
        ("user/name/more", None, "Repo id"),
    ],
)
def test_what_is_not_there(client, published, tmp_path, repo, revision, says):
    text = client.error("ReleaseError", "pull", repo=repo or published.name, revision=revision, cache_dir=tmp_path)
    assert says in text
    assert not cached_files(tmp_path)


@pytest.mark.parametrize(
    ("path", "fault", "says"),
    [
        ("/api/models", {"status": 401}, "refused the token"),
        ("/api/models", {"status": 403}, "no right"),
        ("/api/models", {"status": 404}, "error 404"),
        ("/api/models", {"status": 429, "retry_after": 1}, "fewer requests"),
        ("/api/models", {"status": 500}, "error 500"),
        ("/api/models", {"cut": -1}, "disconnected"),
        ("/api/models", {"cut": 20}, "closed connection"),
        ("/api/models", {"wrong": True}, "could not be read"),
        ("/resolve/.*config.json", {"status": 403}, "no right"),
        ("/resolve/.*config.json", {"status": 404, "code": "EntryNotFound"}, "no such file"),
        ("/resolve/.*model.safetensors", {"status": 429}, "fewer requests"),
        ("/resolve/.*model.safetensors", {"status": 500}, "error 500"),
        ("/resolve/.*config.json", {"wrong": True}, "config.json arrived damaged"),
        ("signed=1", {"status": 403}, "no right"),
        ("signed=1", {"status": 500}, "error 500"),
        ("signed=1", {"cut": 0}, "closed connection"),
        ("signed=1", {"wrong": True}, "arrived damaged"),
    ],
)
def test_every_fault_is_one_line_and_the_next_attempt_mends_it(hub, client, published, tmp_path, path, fault, says):
    with hub.fault("", path, **fault) as switched:
        text = client.error("ReleaseError", "pull", repo=published.name, cache_dir=tmp_path)
    assert switched.hits
    assert text.startswith(f"{published.name}: no such folder here, and it could not be fetched from the Hub (")
    assert says in text
    assert WEIGHTS_FILE not in cached_files(tmp_path)
    client.error("ReleaseError", "pull", repo=published.name, cache_dir=tmp_path, local_files_only=True)
    assert client.call("pull", repo=published.name, cache_dir=tmp_path)["revision"] == published.head.sha


@pytest.mark.parametrize("path", ["/api/models", "signed=1"])
def test_a_hub_that_does_not_answer_is_given_up(hub, client, published, tmp_path, path):
    with hub.fault("", path, slow=True):
        text = client.error("ReleaseError", "pull", seconds=0.2, repo=published.name, cache_dir=tmp_path)
    assert "timed out" in text
    assert WEIGHTS_FILE not in cached_files(tmp_path)


def test_a_connection_that_is_cut_once_is_taken_up_again(hub, client, release, published, tmp_path):
    with hub.fault("GET", "signed=1", cut=100, times=1) as switched:
        assert client.call("pull", repo=published.name, cache_dir=tmp_path)["pictures"] == pictures_of(release)
    assert switched.hits == 1


def test_a_damaged_cache_is_fetched_anew(hub, client, release, published, tmp_path):
    commit = client.call("fetch", repo=published.name, cache_dir=tmp_path)["commit"]
    weights = next(tmp_path.rglob(f"snapshots/*/{WEIGHTS_FILE}"))
    weights.resolve().write_bytes(bytes(weights.stat().st_size))
    assert client.call("pull", repo=published.name, revision=commit, cache_dir=tmp_path)["pictures"] == pictures_of(
        release
    )
    weights.resolve().write_bytes(b"short")
    text = client.error(
        "ReleaseError", "pull", repo=published.name, revision=commit, cache_dir=tmp_path, local_files_only=True
    )
    assert "not in the local cache" in text


@pytest.mark.parametrize("lost", [*FILES])
def test_a_link_in_the_cache_to_what_is_gone_is_fetched_anew(hub, client, release, published, tmp_path, lost):
    folder, commit = client.call("fetch", repo=published.name, cache_dir=tmp_path).values()
    (Path(folder) / lost).resolve().unlink()
    for revision in (commit, "main"):
        text = client.error(
            "ReleaseError", "pull", repo=published.name, revision=revision, cache_dir=tmp_path, local_files_only=True
        )
        assert "not in the local cache" in text
    pulled = client.call("pull", repo=published.name, revision=commit, cache_dir=tmp_path)
    assert pulled == {"revision": commit, "pictures": pictures_of(release)}
    assert cached_files(tmp_path) == set(FILES)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"cut": 0}, {"wrong": True}])
def test_a_hub_whose_storage_is_away_leaves_what_is_cached(hub, client, published, tmp_path, fault):
    old = client.call("pull", repo=published.name, cache_dir=tmp_path)
    other = saved(tmp_path / "other", seed=len(hub.requests))
    new = hub.add(published.name, other).sha
    with hub.fault("", "signed=1", **fault) as switched:
        assert client.call("pull", repo=published.name, cache_dir=tmp_path) == old
    assert switched.hits
    assert client.call("pull", repo=published.name, cache_dir=tmp_path)["revision"] == new


def test_what_is_no_model_is_refused_before_a_byte_of_it(hub, client, release, tmp_path):
    name = "user/other"
    repository = repository_of(hub, release, name)
    files = repository.head.files
    for missing in (CONFIG_FILE, WEIGHTS_FILE):
        repository.commit("less", {file: blob for file, blob in files.items() if file != missing})
        text = client.error("ReleaseError", "pull", repo=name, cache_dir=tmp_path)
        assert f"it holds no {missing}" in text
    repository.commit("large", files)
    repository.put(config__json=b" " * 4_000_001)
    before = len(hub.requests)
    assert "config.json has more than" in client.error("ReleaseError", "pull", repo=name, cache_dir=tmp_path)
    assert len(hub.requests) == before + 1


def test_file_names_do_not_leave_the_cache(hub, client, release, tmp_path):
    name = "user/climber"
    repository = repository_of(hub, release, name)
    evil = Blob(b"{}", lfs=False)
    paths = ("../../../config.json", "..\\config.json", "/config.json", "a/../../config.json", "weights/config.json")
    repository.commit("more", repository.head.files | dict.fromkeys(paths, evil))
    cache = tmp_path / "a" / "b" / "cache"
    folder = Path(client.call("fetch", repo=name, cache_dir=cache)["folder"])
    assert cached_files(cache) == set(FILES)
    assert {file.name for file in folder.iterdir()} == set(FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["cache"]
    assert all(file.resolve().is_relative_to(cache) for file in folder.iterdir())


def test_only_the_files_of_a_release_are_fetched(hub, client, published, tmp_path):
    published.put(pytorch_model__bin=b"pickle", evil__py=b"code")
    client.call("pull", repo=published.name, cache_dir=tmp_path)
    assert cached_files(tmp_path) == set(FILES)
    assert SEEDS_FILE in FILES
