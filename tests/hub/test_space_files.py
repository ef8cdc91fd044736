"""What goes up to a Space: everything that the app needs, nothing else, and a front matter that fits it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from huggingface_hub import SpaceCard
from huggingface_hub.repocard import metadata_load
from packaging.requirements import Requirement

from amgan.errors import PublishError
from amgan.hub import space_files as module
from amgan.hub.space_files import (
    PACKAGE_SUFFIXES,
    SpaceModel,
    is_ours,
    preloaded_commits,
    project_folder,
    recorded_weights,
    space_card,
    space_files,
    space_requirements,
)
from amgan.release.folder import RELEASE_FILES

ROOT = Path(__file__).parents[2]
COMMIT, OTHER = "0123456789abcdef0123456789abcdef01234567", "f" * 40
README = "---\ntitle: T\nsdk: gradio\npython_version: '3.11'\n---\n\n# é\n\ntext\n"


def model(name="user/a", commit=COMMIT, is_open=True, files=("config.json", "model.safetensors")):
    return SpaceModel(name, name.partition("@")[0], commit, files, is_open)


@pytest.fixture
def project(tmp_path):
    """A project with all that must go up and much that must not."""
    up = ["app.py", "requirements.txt", "LICENSE", "amgan/__init__.py", "amgan/ui/style.css", "amgan/ui/page.js",
          "weights/m/config.json", "weights/m/model.safetensors", "weights/m/README.md"]  # fmt: skip
    stay = [".env", ".git/config", "tests/test_x.py", "runs/a/config.json", "benchmarks/README.md", "Makefile",
            "requirements-dev.txt", "amgan/__pycache__/x.pyc", "amgan/.hidden.py", "amgan/.cache/x.py", "amgan/x.py~",
            "weights/m/optimizer.bin", "weights/m/checkpoint/x.safetensors", "weights/.m.writing/config.json",
            "weights/notes.md", "weights/none/model.safetensors"]  # fmt: skip
    for name in up + stay:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    (tmp_path / "amgan" / "secret.py").symlink_to(tmp_path / ".env")
    return tmp_path, up


def test_all_that_the_app_needs_and_nothing_else(project):
    folder, up = project
    files = space_files(folder, [])
    assert set(files) == {*up, "README.md", "space.json"}
    assert all(files[name] == folder / name for name in up if name != "requirements.txt")
    assert all(is_ours(name, {"m"}) for name in files)


def test_the_record_is_read_back_whatever_became_of_it(project, tmp_path):
    record = space_files(project[0], [model(), model("user/b@v1", OTHER), model("user/c", is_open=False)])["space.json"]
    assert isinstance(record, bytes)
    file = tmp_path / "space.json"
    file.write_bytes(record)
    assert recorded_weights(file) == {"m"}
    assert preloaded_commits(tmp_path) == {"user/a": COMMIT, "user/b@v1": OTHER}
    for content in (
        "",
        "[]",
        "{",
        '{"weights": 3, "preloaded": [1]}',
        '{"weights": [[1]], "preloaded": {"a": "main"}}',
    ):
        file.write_text(content)
        assert (recorded_weights(file), preloaded_commits(tmp_path)) == (frozenset(), {})
    file.unlink()
    assert (recorded_weights(file), preloaded_commits(tmp_path)) == (frozenset(), {})


def test_the_real_project():
    files = space_files(project_folder(), [])
    package = {name for name in files if name.startswith("amgan/")}
    assert package == {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "amgan").rglob("*")
        if file.is_file() and file.parent.name != "__pycache__" and not file.name.startswith(".")
    }
    data = re.search(r"^amgan = \[(.*)\]$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert data
    assert set(PACKAGE_SUFFIXES) == {".py"} | set(re.findall(r'\*\*/\*(\.\w+)"', data[1]))
    shipped = {tuple(name.split("/")) for name in files if name.startswith("weights/")}
    assert shipped
    assert all(len(parts) == 3 and parts[2] in RELEASE_FILES for parts in shipped)
    assert set(files) - package - {"/".join(parts) for parts in shipped} == {
        "app.py", "requirements.txt", "LICENSE", "README.md", "space.json",
    }  # fmt: skip


def test_the_front_matter_fits_the_requirements():
    front = metadata_load(ROOT / "README.md")
    requirements = (ROOT / "requirements.txt").read_text().splitlines()
    gradio = next(Requirement(line) for line in requirements if line.startswith("gradio"))
    assert gradio.specifier.contains(str(front["sdk_version"]))
    assert front["sdk"] == "gradio"
    assert front["app_file"] == "app.py"
    lowest = re.search(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text())
    assert lowest
    # Those that ZeroGPU documents, as it does torch 2.8 to 2.11.
    assert front["python_version"] in ("3.10.13", "3.12.12")
    assert int(front["python_version"].split(".")[1]) >= int(lowest[1])
    torch = next(Requirement(line) for line in requirements if line.startswith("torch>"))
    on_a_space = space_requirements((ROOT / "requirements.txt").read_text()).splitlines()
    bound = next(Requirement(line) for line in on_a_space if line.startswith("torch>"))
    assert [bound.specifier.contains(version) for version in ("2.8.0", "2.11.0", "2.12.0")] == [True, True, False]
    assert all(torch.specifier.contains(version) for version in ("2.8.0", "2.11.0"))
    assert [line for line in on_a_space if not line.startswith("torch>")] == [
        line for line in requirements if not line.startswith("torch>")
    ]


def test_the_card_names_each_model_and_preloads_its_commit():
    models = [model(), model("user/b@v1", OTHER), model("user/b", COMMIT, files=("config.json",))]
    card = space_card(README, models)
    front = SpaceCard(card).data.to_dict()
    assert front == {
        "title": "T", "sdk": "gradio", "python_version": "3.11", "models": ["user/a", "user/b"],
        "preload_from_hub": [
            f"user/a config.json,model.safetensors {COMMIT}",
            f"user/b config.json,model.safetensors {OTHER}",
            f"user/b config.json {COMMIT}",
        ],
    }  # fmt: skip
    assert card.endswith("---\n\n# é\n\ntext\n")


def test_the_same_twice_is_preloaded_once():
    card = SpaceCard(space_card(README, [model(), model("user/a@v1")]))
    assert card.data["models"] == ["user/a"]
    assert len(card.data["preload_from_hub"]) == 1


def test_what_not_everybody_may_read_is_not_preloaded():
    front = SpaceCard(space_card(README, [model(is_open=False)])).data.to_dict()
    assert "preload_from_hub" not in front
    assert front["models"] == ["user/a"]


def test_no_models_leave_the_front_matter_as_it_is():
    assert SpaceCard(space_card(README, [])).data.to_dict() == SpaceCard(README).data.to_dict()
    once = space_card((ROOT / "README.md").read_text(encoding="utf-8"), [])
    assert space_card(once, []) == once


@pytest.mark.parametrize(
    "name",
    [
        ".gitattributes",
        "packages.txt",
        "notes/amgan/x.py",
        "amgan.py",
        "weights/mine/config.json",
        "weights/m/notes.md",
        "weights/m",
        "m/config.json",
        "weights/m/sub/config.json",
    ],
)
def test_what_updates_leave_alone(name):
    assert not is_ours(name, {"m"})


def test_a_package_without_the_app_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "__file__", str(tmp_path / "amgan" / "hub" / "space_files.py"))
    with pytest.raises(PublishError, match="make a Space from a checkout of the project") as caught:
        project_folder()
    assert len(str(caught.value).splitlines()) == 1
