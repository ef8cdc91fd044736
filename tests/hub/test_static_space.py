"""A page without a server as a static Space on the tests' Hub: one commit, and nobody else's page run over."""

from __future__ import annotations

import pytest
from huggingface_hub import SpaceCard

from amgan.cli import main
from amgan.hub.static_space import static_address
from tests.hub.repositories import Blob
from tests.hub.server import OWNER, READER

THEIRS = Blob(b"theirs", lfs=False)


@pytest.fixture
def folder(tmp_path):
    """What `export` writes, as far as a host of files is concerned."""
    (tmp_path / "files" / "one").mkdir(parents=True)
    for name in ("index.html", "files/one/page.js", "files/one/generator.onnx"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "README.md").write_text("---\ntitle: T\nsdk: static\n---\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def name(hub):
    """A Space that is not there yet."""
    return f"user/static-{len(hub.requests)}"


def test_all_files_go_up_in_one_commit_and_old_ones_of_ours_go(hub, client, folder, name):
    first = client.call("static_space", repo=name, folder=str(folder), private=True, token=OWNER)
    space = hub.repositories[f"spaces/{name}"]
    assert (space.sdk, space.private) == ("static", True)
    assert first == {"url": f"{hub.endpoint}/spaces/{name}", "commit": space.head.sha, "is_new": True, "files": 4}
    assert set(space.head.files) == {
        ".gitattributes", "index.html", "README.md", "files/one/page.js", "files/one/generator.onnx",
    }  # fmt: skip
    again = client.call("static_space", repo=name, folder=str(folder), private=True, token=OWNER)
    assert again == first | {"is_new": False}
    space.commit("a domain", space.head.files | {"CNAME": THEIRS})
    (folder / "files" / "one").rename(folder / "files" / "two")
    client.call("static_space", repo=name, folder=str(folder), token=OWNER)
    assert set(space.head.files) == {
        ".gitattributes", "CNAME", "index.html", "README.md", "files/two/page.js", "files/two/generator.onnx",
    }  # fmt: skip


def test_a_space_of_another_making_is_not_run_over(hub, client, folder, name):
    client.call("space", repo=name, token=OWNER)  # the app
    head = hub.repositories[f"spaces/{name}"].head
    options = {"repo": name, "folder": str(folder), "token": OWNER}
    assert "another app" in client.error("PublishError", "static_space", **options)
    space = hub.repositories[f"spaces/{name}"]
    assert space.head == head
    space.sdk = "static"
    head = space.commit("their page", {"index.html": THEIRS, "game.js": THEIRS})
    assert "another app" in client.error("PublishError", "static_space", **options)
    assert space.head == head
    space.commit("as the Hub makes one", {"index.html": THEIRS, "style.css": THEIRS, "README.md": THEIRS})
    assert client.call("static_space", **options)["is_new"]


@pytest.mark.parametrize(("repo", "token", "says"), [("no-user", OWNER, "write user/name"), ("", READER, "no right")])
def test_what_is_refused_is_one_line(hub, client, folder, name, repo, token, says):
    before = dict(hub.repositories)
    assert says in client.error("PublishError", "static_space", repo=repo or name, folder=str(folder), token=token)
    assert hub.repositories == before


def test_where_a_static_space_is_seen_by_itself():
    assert static_address("User/My_demo.2") == "https://user-my-demo-2.static.hf.space/"


def test_one_command_makes_the_space(hub, own_client, release, name, monkeypatch, capsys):
    monkeypatch.setenv("HF_TOKEN", OWNER)
    main(["space", "--repo", name, "--static", str(release)])
    printed = capsys.readouterr().out.splitlines()
    space = hub.repositories[f"spaces/{name}"]
    address = static_address(name)
    assert printed[-4:] == [
        f"{hub.endpoint}/spaces/{name}", f"commit {space.head.sha}", f"{len(space.head.files) - 1} files",
        f"the page alone: {address}",
    ]  # fmt: skip
    card = SpaceCard(space.head.files["README.md"].content.decode()).data.to_dict()
    assert (card["sdk"], card["app_file"], card["title"]) == ("static", "index.html", "m")
    assert f'content="{address}preview.png"'.encode() in space.head.files["index.html"].content
    assert {path.rpartition("/")[2] for path in space.head.files} >= {"page.js", "generator.onnx", "judge.onnx"}
    assert all(len(blob.content) <= 25_000_000 for blob in space.head.files.values())


def test_a_static_space_shows_one_model(release, capsys):
    with pytest.raises(SystemExit):
        main(["space", "--repo", "user/demo", "--static", str(release), "--models", "user/other"])
    assert "not both" in capsys.readouterr().err
