"""The shelf: what is listed, and that each model is loaded once, on its first use."""

from __future__ import annotations

import copy
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

import amgan
from amgan.engine import shelf as shelves
from amgan.engine.shelf import FAVOURITES, LOOK_EVERY, Shelf, models_folder
from amgan.engine.shelf_entry import News
from amgan.errors import ReleaseError, RequestError
from amgan.model import AMGAN
from amgan.networks.config import ModelConfig


def release(folder: Path) -> Path:
    names = ("a", "b")
    AMGAN(ModelConfig(names, channels=1, latent_dim=4, generator_width=2, discriminator_width=2)).save_pretrained(
        folder
    )
    return folder


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that are loaded, in order; loading waits until two threads had their chance to begin."""
    loaded: list[Path] = []
    original = AMGAN.from_pretrained

    def counted(folder: Path, **options: Any) -> AMGAN:
        loaded.append(folder)
        threading.Event().wait(0.05)
        return original(folder, **options)

    monkeypatch.setattr(AMGAN, "from_pretrained", counted)
    return loaded


def test_no_folder_and_no_release_are_an_empty_shelf(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("no model")
    for shelf in (Shelf(tmp_path / "missing"), Shelf(tmp_path)):
        assert shelf.entries == ()
        assert shelf.default is None
        with pytest.raises(RequestError, match="no model 'x'; there is none at all"):
            shelf.model("x")


def test_listing_reads_no_weights(tmp_path: Path, loads: list[Path]) -> None:
    release(tmp_path / "one")
    (tmp_path / "one" / "model.safetensors").write_bytes(b"not looked at")
    shelf = Shelf(tmp_path)
    assert [entry.name for entry in shelf.available] == ["one"]
    assert shelf.entry("one").config is not None
    assert loads == []


def test_a_release_that_is_being_written_is_not_listed(tmp_path: Path) -> None:
    release(tmp_path / "one")
    release(tmp_path / ".release.writing")
    assert [entry.name for entry in Shelf(tmp_path).entries] == ["one"]


def test_the_favourite_comes_first_else_the_first_by_name(tmp_path: Path) -> None:
    release(tmp_path / "b")
    release(tmp_path / "c")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "config.json").write_text("[]")
    default = Shelf(tmp_path).default
    assert default is not None
    assert default.name == "b"
    for favourite in reversed(FAVOURITES):
        release(tmp_path / favourite)
        default = Shelf(tmp_path).default
        assert default is not None
        assert default.name == favourite


def test_many_first_users_load_a_model_once(tmp_path: Path, loads: list[Path]) -> None:
    release(tmp_path / "one")
    release(tmp_path / "two")
    shelf = Shelf(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        models = list(pool.map(shelf.model, ["one", "two"] * 8))
    assert len({id(model) for model in models}) == 2
    assert sorted(loads) == [tmp_path / "one", tmp_path / "two"]


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"format_version": 99}', "[" * 100_000, "\xff"])
def test_a_broken_config_is_listed_with_its_reason(tmp_path: Path, content: str) -> None:
    release(tmp_path / "good")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "config.json").write_bytes(content.encode("latin-1"))
    shelf = Shelf(tmp_path)
    entry = shelf.entry("bad")
    assert entry.config is None
    assert entry.problem is not None
    assert entry.problem.startswith("bad/config.json: ")
    assert "\n" not in entry.problem
    assert [entry.name for entry in shelf.available] == ["good"]
    with pytest.raises(ReleaseError) as caught:
        shelf.model("bad")
    assert str(caught.value) == entry.problem
    assert shelf.model("good").class_names == ("a", "b")


def test_broken_weights_are_told_without_the_servers_path_and_may_be_mended(tmp_path: Path) -> None:
    folder = release(tmp_path / "one")
    good = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(good[:100])
    shelf = Shelf(tmp_path)
    with pytest.raises(ReleaseError) as caught:
        shelf.model("one")
    assert str(tmp_path) not in str(caught.value)
    assert "one/model.safetensors" in str(caught.value)
    (folder / "model.safetensors").write_bytes(good)
    assert shelf.model("one").config == ModelConfig.from_json(json.loads((folder / "config.json").read_text()))


def test_what_classes_are_called_is_known_without_loading(tmp_path: Path, loads: list[Path]) -> None:
    card = "---\nclass_names: {ja: {a: あ}}\n---\n"
    for name in ("one", "broken"):
        (release(tmp_path / name) / "README.md").write_text(card, encoding="utf-8")
    (tmp_path / "broken" / "config.json").write_text("{}")
    shelf = Shelf(tmp_path, ["somebody/elsewhere"])
    assert shelf.class_texts("one", "0" * 40, "ja") == shelf.class_texts("one", None, "ja") == {"a": "あ"}
    assert shelf.class_texts("one", None, "en") == {}
    for gone in ("two", "broken", "somebody/elsewhere"):
        assert shelf.class_texts(gone, "0" * 40, "ja") == {}
    assert loads == []


def test_models_used_longest_ago_leave_memory(tmp_path: Path, loads: list[Path]) -> None:
    for name in ("a", "b", "c"):
        release(tmp_path / name)
    shelf = Shelf(tmp_path, most_loaded=2)
    revision = shelf.model("a").revision
    for name in ("b", "a", "c", "a", "b"):
        shelf.model(name)
    assert [path.name for path in loads] == ["a", "b", "c", "b"]
    assert shelf.model("a").revision == revision


@pytest.mark.parametrize("device", [None, torch.device("cpu"), torch.device("meta")])
def test_models_are_loaded_where_they_are_to_be_drawn(tmp_path: Path, device: torch.device | None) -> None:
    release(tmp_path / "one")
    model = Shelf(tmp_path, device=device).model("one")
    assert {tensor.device for tensor in model.state_dict().values()} == {device or torch.device("cpu")}


def test_a_revision_is_given_exactly_or_not_at_all(tmp_path: Path) -> None:
    release(tmp_path / "one")
    shelf = Shelf(tmp_path)
    model = shelf.model("one")
    assert shelf.model("one", model.revision) is shelf.model("one", model.revision[:8]) is model
    for other in (model.revision[:7], "0" * 40, "", "v1"):
        with pytest.raises(RequestError, match=f"is not here; here is {model.revision}"):
            shelf.model("one", other)


def test_a_model_of_the_shelf_holds_its_sampler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release(tmp_path / "one")
    model = Shelf(tmp_path).model("one")
    assert copy.deepcopy(model).sampler is not model.sampler
    monkeypatch.setattr(model, "state_dict", lambda **_: pytest.fail("all tensors were weighed"))
    assert model.sampler is model.sampler


def test_a_folder_has_no_news(tmp_path: Path) -> None:
    release(tmp_path / "one")
    shelf = Shelf(tmp_path)
    assert shelf.news("one", at_once=True) == News()
    with pytest.raises(RequestError, match="one revision only"):
        shelf.take_newest("one")


def test_a_release_folder_is_a_shelf_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(release(tmp_path / "runs" / "release"))
    for folder in (tmp_path / "runs" / "release", Path()):
        shelf = Shelf(folder)
        assert [entry.name for entry in shelf.entries] == ["release"]
        assert shelf.model("release").class_names == ("a", "b")


def test_models_are_looked_for_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMGAN_WEIGHTS", raising=False)
    monkeypatch.setattr(amgan, "__file__", str(tmp_path / "project" / "amgan" / "__init__.py"))
    (tmp_path / "here" / "weights" / "of-another-kind").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert models_folder() == Path("weights")
    release(tmp_path / "project" / "weights" / "one")
    assert models_folder() == tmp_path / "project" / "weights"
    release(tmp_path / "here" / "weights" / "two")
    assert models_folder() == Path("weights")
    monkeypatch.setenv("AMGAN_WEIGHTS", str(tmp_path / "chosen"))
    assert models_folder() == tmp_path / "chosen"
    assert models_folder(tmp_path / "given") == tmp_path / "given"


def test_a_model_that_was_just_trained_is_there_and_one_that_went_is_not(
    tmp_path: Path, loads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        now = 100.0

    monkeypatch.setattr(shelves.time, "monotonic", lambda: Clock.now)
    release(tmp_path / "one")
    shelf = Shelf(tmp_path)
    first = shelf.model("one")
    release(tmp_path / "two")
    assert [entry.name for entry in shelf.entries] == ["one"]
    Clock.now += LOOK_EVERY
    assert [entry.name for entry in shelf.entries] == ["one", "two"]
    assert shelf.model("two").revision != first.revision
    assert shelf.loaded("one") is first
    # Another release in the place of one is another model; the old one is not served any more.
    shutil.rmtree(tmp_path / "one")
    release(tmp_path / "one")
    Clock.now += LOOK_EVERY
    assert shelf.loaded("one") is None
    assert shelf.model("one").revision != first.revision
    assert loads == [tmp_path / "one", tmp_path / "two", tmp_path / "one"]
    shutil.rmtree(tmp_path / "two")
    Clock.now += LOOK_EVERY
    with pytest.raises(RequestError, match="no model 'two'; there is one"):
        shelf.model("two")
    # Whoever knows that one has come need not wait.
    release(tmp_path / "three")
    with pytest.raises(RequestError, match="no model 'three'"):
        shelf.entry("three")
    shelf.look_again()
    assert shelf.entry("three").name == "three"
