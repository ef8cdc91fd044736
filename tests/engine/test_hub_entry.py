"""Models of the Hub on the shelf: fetched when first asked for, moved on request only, never left without a model."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.engine.hub_entry import AWAY_SECONDS, LOOK_AGAIN_SECONDS, MISSING_SECONDS, HubEntry
from amgan.engine.hub_snapshots import MOST_KEPT
from amgan.engine.shelf import Shelf
from amgan.engine.shelf_entry import News
from amgan.errors import ConfigError, ReleaseError, RequestError, RevisionAwayError
from tests.fake_hub import FakeHub
from tests.models import message, saved

NAME = "user/shoes"
OLD, NEW = "a" * 40, "b" * 40


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [saved(tmp_path_factory.mktemp("release") / "m", seed=seed) for seed in (0, 1)]


@pytest.fixture
def hub(folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    hub = FakeHub(monkeypatch)
    hub.publish("a", folders[0], "v1")
    return hub


def shelf_of(tmp_path: Path, *models: str) -> Shelf:
    return Shelf(tmp_path / "none", models)


@pytest.mark.parametrize("text", ["user/shoes", "a.b/c_d-e", "user/shoes@v1", "user/shoes@" + "f" * 40, "u/s@a/b"])
def test_names_and_pins(text: str) -> None:
    entry = HubEntry.parse(text)
    assert entry.name == text
    assert entry.moves is ("@" not in text)
    assert (entry.config, entry.problem, entry.is_here()) == (None, None, False)


@pytest.mark.parametrize(
    "text",
    [
        "shoes", "a/b/c", "user/", "/shoes", "../shoes", "user/sh oes", "user/shoes@", "user/shoes@../x",
        "user/shoes@" + "v" * 101, "user/shoes@v1 v2", "user/a--b", "https://huggingface.co/user/shoes", "",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        HubEntry.parse(text)
    assert "write user/name" in message(caught.value)


@given(st.text(max_size=30) | st.from_regex(r"[a-z./@-]{1,30}", fullmatch=True))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    with contextlib.suppress(ConfigError):
        assert HubEntry.parse(text).name == text


def test_nothing_is_asked_until_a_model_is_wanted(hub: FakeHub, tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, NAME, "user/bags@v1")
    assert [entry.name for entry in shelf.entries] == [NAME, "user/bags@v1"]
    assert shelf.available == ()
    assert shelf.default is shelf.entries[0]
    with pytest.raises(ReleaseError, match="not been fetched"):
        shelf.model(NAME, fetch=False)
    assert hub.asked == []
    model = shelf.model(NAME)
    assert model.revision == OLD
    assert shelf.model(NAME, fetch=False) is model
    assert shelf.available == (shelf.entry(NAME),)
    assert shelf.entry(NAME).config == model.config
    assert hub.asked == ["fetch user/shoes main"]


def test_a_newer_revision_is_offered_and_taken(hub: FakeHub, folders: list[Path], tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, NAME)
    old = shelf.model(NAME)
    hub.publish("b", folders[1])
    assert shelf.news(NAME) == News(NEW)
    assert shelf.model(NAME) is old  # nobody is moved without a word
    new = shelf.take_newest(NAME)
    assert new.revision == NEW
    assert shelf.model(NAME) is new
    assert (new.sample(seeds=[1]) != old.sample(seeds=[1])).any()
    for asked in (OLD, OLD[:8]):
        again = shelf.model(NAME, asked)
        assert again.revision == OLD
        assert (again.sample(seeds=[1]) == old.sample(seeds=[1])).all()
    assert shelf.model(NAME) is new
    assert shelf.take_newest(NAME) is new


def test_many_visitors_are_one_question(hub: FakeHub) -> None:
    now = [0.0]
    entry = HubEntry(NAME, clock=lambda: now[0])
    for now[0] in (0.0, 1.0, LOOK_AGAIN_SECONDS):
        assert entry.news() == News(OLD)
    assert len(hub.asked) == 1
    assert entry.news(at_once=True) == News(OLD)
    assert len(hub.asked) == 2
    hub.away = True
    now[0] += LOOK_AGAIN_SECONDS + 1
    assert entry.news() == entry.news() == News(problem="no answer")
    assert len(hub.asked) == 3


def test_a_pinned_model_is_never_offered_anything_else(hub: FakeHub, folders: list[Path], tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, f"{NAME}@v1", f"{NAME}@{OLD}")
    hub.publish("b", folders[1])
    for entry in shelf.entries:
        assert shelf.model(entry.name).revision == OLD
        asked = len(hub.asked)
        assert shelf.news(entry.name, at_once=True) == News()
        with pytest.raises(RequestError, match="one revision only"):
            shelf.take_newest(entry.name)
        for other in (NEW, "main", "v2"):
            with pytest.raises(RequestError, match=f"is not here; here is {OLD}"):
                shelf.model(entry.name, other)
        assert len(hub.asked) == asked
    # Fetched once, it stays what it was, whatever becomes of the tag.
    hub.tags["v1"] = NEW
    assert shelf_of(tmp_path, f"{NAME}@v1").model(f"{NAME}@v1").revision == OLD


def test_away_with_nothing_here_and_back_again(hub: FakeHub, tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, NAME)
    hub.away = True
    for _ in range(2):
        with pytest.raises(ReleaseError) as caught:
            shelf.model(NAME)
        assert message(caught.value) == "it could not be fetched from the Hub (no answer)"
    assert shelf.entry(NAME).problem == message(caught.value)
    with pytest.raises(ReleaseError, match="no answer"):
        shelf.model(NAME, fetch=False)
    hub.away = False
    assert shelf.model(NAME).revision == OLD
    assert shelf.entry(NAME).problem is None


def test_away_with_the_cache_filled(hub: FakeHub, folders: list[Path], tmp_path: Path) -> None:
    shelf_of(tmp_path, NAME).model(NAME)
    hub.publish("b", folders[1])
    hub.away = True
    shelf = shelf_of(tmp_path, NAME)
    assert shelf.model(NAME).revision == OLD
    assert shelf.news(NAME) == News(problem="no answer")
    with pytest.raises(ReleaseError) as caught:
        shelf.take_newest(NAME)
    assert message(caught.value) == "it could not be fetched from the Hub (no answer)"
    assert shelf.model(NAME, fetch=False).revision == OLD


def test_away_with_a_commit_that_was_preloaded(hub: FakeHub, folders: list[Path], tmp_path: Path) -> None:
    pinned = f"{NAME}@v1"
    preloaded = {NAME: hub.publish("b", folders[1]), pinned: OLD, "user/other": "c" * 40}
    hub.cached |= {OLD, NEW}  # by their commits only, as a Space preloads them
    hub.away = True
    shelf = Shelf(tmp_path / "none", [NAME, pinned, "user/bags@v1"], preloaded=preloaded)
    assert shelf.model(NAME).revision == NEW
    assert shelf.model(pinned).revision == OLD
    assert shelf.news(NAME) == News(problem="no answer")
    with pytest.raises(ReleaseError, match="no answer"):
        shelf.model("user/bags@v1")
    hub.away = False
    hub.publish("d", folders[0])
    assert shelf.news(NAME, at_once=True) == News("d" * 40)
    # What the Hub says comes first.
    assert Shelf(tmp_path / "none", [NAME], preloaded=preloaded).model(NAME).revision == "d" * 40


def test_a_hub_that_goes_away_while_a_newer_revision_is_taken(
    hub: FakeHub, folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_of(tmp_path, NAME)
    shelf.model(NAME)
    hub.publish("b", folders[1])

    def last_answer(repo_id: str, **_: object) -> str:
        hub.away = True
        return hub.main

    monkeypatch.setattr("amgan.engine.hub_entry.newest_commit", last_answer)
    with pytest.raises(ReleaseError, match="went away"):
        shelf.take_newest(NAME)
    assert shelf.model(NAME, fetch=False).revision == OLD
    hub.away = False
    monkeypatch.setattr("amgan.engine.hub_entry.newest_commit", hub.newest)
    assert shelf.take_newest(NAME).revision == NEW


@pytest.mark.parametrize("revision", ["c" * 40, "c" * 8, "v1", "main", "refs/pr/1", "../x", "", "a" * 7])
def test_a_revision_that_is_not_to_be_had(hub: FakeHub, tmp_path: Path, revision: str) -> None:
    shelf = shelf_of(tmp_path, NAME)
    shelf.model(NAME)
    for fetch in (True, False):
        with pytest.raises(RequestError) as caught:
            shelf.model(NAME, revision, fetch=fetch)
        assert "is not here" in message(caught.value)
        assert f"here is {OLD}" in message(caught.value)
    # Anybody can put something under refs/pr/1, and what a tag or branch stood for once may be another commit now.
    assert set(hub.asked) <= {f"fetch {NAME} main", f"fetch {NAME} {'c' * 40}"}
    assert shelf.model(NAME).revision == OLD


def test_a_malformed_newer_revision_leaves_all_as_it_is(hub: FakeHub, folders: list[Path], tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, NAME)
    old = shelf.model(NAME)
    broken = saved(tmp_path / "broken")
    (broken / "config.json").write_text('{"format_version": 99}')
    hub.publish("b", broken)
    with pytest.raises(ReleaseError) as caught:
        shelf.take_newest(NAME)
    assert str(tmp_path) not in message(caught.value)
    assert f"{NAME}/config.json" in message(caught.value)
    assert shelf.model(NAME, fetch=False) is old
    assert shelf.entry(NAME).problem is None
    assert shelf.news(NAME, at_once=True) == News()
    hub.publish("c", folders[1])
    assert shelf.news(NAME, at_once=True) == News("c" * 40)
    assert shelf.take_newest(NAME).revision == "c" * 40


def test_a_malformed_model_can_be_mended(hub: FakeHub, folders: list[Path], tmp_path: Path) -> None:
    broken = saved(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"half")
    hub.publish("b", broken)
    shelf = shelf_of(tmp_path, NAME)
    with pytest.raises(ReleaseError) as caught:
        shelf.model(NAME)
    assert shelf.entry(NAME).problem == message(caught.value)
    with pytest.raises(ReleaseError, match="safetensors"):
        shelf.model(NAME, fetch=False)
    hub.publish("c", folders[1])
    assert shelf.model(NAME).revision == "c" * 40


def test_a_slow_odd_revision_holds_up_nobody(hub: FakeHub, folders: list[Path], tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, NAME)
    hub.publish("b", folders[1])
    new = hub.publish("c", folders[0])
    reached = []
    original = hub.fetch

    def fetch(repo_id: str, revision: str | None = None, local_files_only: bool = False) -> tuple[Path, str]:
        if revision == NEW and not local_files_only:
            # Meanwhile somebody else wants the model that is shown.
            reached.append(shelf.model(NAME).revision)
        return original(repo_id, revision, local_files_only)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("amgan.engine.hub_snapshots.fetch_release", fetch)
        assert shelf.model(NAME, NEW).revision == NEW
    assert reached == [new]


def test_links_to_what_is_not_there_ask_the_hub_once(hub: FakeHub) -> None:
    now = [0.0]
    entry = HubEntry(NAME, clock=lambda: now[0])
    entry.locate()
    for _ in range(5):
        with pytest.raises(RequestError, match="is not here"):
            entry.locate("c" * 40)
    assert len(hub.asked) == 2
    hub.publish("c", hub.folders[OLD])
    now[0] += MISSING_SECONDS
    assert entry.locate("c" * 40).revision == "c" * 40


def test_a_hub_that_is_away_makes_no_crowd_wait(hub: FakeHub) -> None:
    now = [0.0]
    entry = HubEntry(NAME, clock=lambda: now[0])
    entry.locate()
    hub.publish("b", hub.folders[OLD])
    hub.away = True
    asked = len(hub.asked)
    for commit in (NEW, "c" * 40, NEW):
        with pytest.raises(RevisionAwayError, match="no answer"):
            entry.locate(commit)
    assert len(hub.asked) == asked + 1
    again = HubEntry(NAME, clock=lambda: now[0])  # started anew, with its cache
    for commit in (NEW, OLD):
        with contextlib.suppress(RevisionAwayError):
            again.locate(commit)
    assert again.locate(OLD).revision == OLD
    hub.away = False
    now[0] += AWAY_SECONDS
    assert entry.locate(NEW).revision == NEW


def test_a_commit_without_a_model_says_nothing_of_the_hub(hub: FakeHub) -> None:
    entry = HubEntry(NAME)
    entry.locate()
    hub.publish("b", hub.folders[OLD], "v2")
    hub.bare.add("c" * 40)
    for _ in range(2):
        with pytest.raises(RequestError, match="holds no config.json|a moment ago") as caught:
            entry.locate("c" * 40)
        assert not isinstance(caught.value, RevisionAwayError)
    assert entry.locate(NEW).revision == NEW


def test_of_what_links_brought_a_few_stay_in_the_cache(hub: FakeHub) -> None:
    entry = HubEntry(NAME)
    folder = hub.folders[OLD]
    entry.locate()
    commits = [hub.publish(digit, folder) for digit in "bcdef0123456789"]
    hub.folders.update({f"{number:040}": folder for number in range(10, 20)})
    commits += sorted(set(hub.folders) - {OLD, *commits})
    entry.locate(commits[0])
    entry.settle(entry.locate(commits[0]))  # is shown now
    for commit in commits[1:]:
        assert entry.locate(commit).revision == commit
    assert OLD in hub.cached  # was not brought by a link
    assert commits[0] in hub.cached
    assert hub.cached - {OLD, commits[0]} == set(commits[-MOST_KEPT:])
    assert not entry.is_here(commits[1])
    assert entry.locate(commits[1]).revision == commits[1]


def flood(hub: FakeHub, shelf: Shelf) -> None:
    """Visitors open more links through the moving model than the cache keeps."""
    for number in range(MOST_KEPT + 4):
        commit = f"{number:040}"
        hub.folders[commit] = hub.folders[OLD]
        shelf.entry(NAME).locate(commit)


def test_a_link_before_anyone_asks_for_the_model_takes_nothing_from_it(hub: FakeHub, tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, NAME)
    assert shelf.model(NAME, OLD).revision == OLD
    assert shelf.model(NAME).revision == OLD
    flood(hub, shelf)
    assert OLD in hub.cached
    # What is shown no more is one of many.
    hub.publish("b", hub.folders[OLD])
    shelf.take_newest(NAME)
    flood(hub, shelf)
    assert OLD not in hub.cached
    assert NEW in hub.cached


def test_links_take_nothing_from_another_entry_of_the_repository(
    hub: FakeHub, folders: list[Path], tmp_path: Path
) -> None:
    hub.publish("b", folders[1])
    pinned = f"{NAME}@v1"
    for first in (NAME, pinned):
        shelf = shelf_of(tmp_path, NAME, pinned)
        shelf.model(first, OLD)
        shelf.model(pinned)
        flood(hub, shelf)
        assert OLD in hub.cached
        hub.away = True
        assert shelf.entry(pinned).locate().revision == OLD
        with pytest.raises(RequestError, match="is not here"):
            shelf.model(pinned, f"{MOST_KEPT + 3:040}")  # here for the other entry only
        hub.away = False
        hub.forget(NAME, OLD)


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="twice"):
        shelf_of(tmp_path, NAME, "user/bags", NAME)
