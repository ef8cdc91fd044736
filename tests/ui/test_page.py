"""The page as a whole: what it says without a model, what a link opens, what a failing handler shows."""

from __future__ import annotations

import asyncio
import logging
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.errors import ReleaseError, RequestError
from amgan.reviews.store.store import ReviewStore
from amgan.ui import interpolate_tab
from amgan.ui.drawing import draw_sheet
from amgan.ui.handlers import guarded
from amgan.ui.links import THROUGH, from_query, to_query
from amgan.ui.opening import open_link
from amgan.ui.page import build_page
from amgan.ui.pictures import sheet_html, viewer_html
from amgan.ui.state import SampleState, Tab
from amgan.ui.theme import launch_options
from amgan.ui.words import ENGLISH, Words
from tests.fake_hub import FakeHub
from tests.ui.models import NAMES

UI = Path(__file__).parents[2] / "amgan" / "ui"


def shown(page: gr.Blocks) -> str:
    return " ".join(str(block.value) for block in page.blocks.values() if isinstance(block, gr.HTML))


def test_without_a_model_the_page_says_so_in_a_sentence(tmp_path: Path) -> None:
    text = shown(build_page(Shelf(tmp_path / "weights"), DirectEngine()))
    assert ENGLISH.no_model.format(folder="weights") in text


def test_with_broken_models_only_the_page_says_why(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "config.json").write_text("{}")
    assert "bad/config.json: format_version" in shown(build_page(Shelf(tmp_path), DirectEngine()))


def test_no_listener_of_the_page_bypasses_the_queue_or_is_an_endpoint(weights: Path) -> None:
    page = build_page(Shelf(weights), DirectEngine())
    assert page.api_open is False
    functions = [function for function in page.fns.values() if function.fn is not None]
    public = {function.api_name for function in functions if function.api_visibility == "public"}
    assert public == {"models", "sample", "interpolate"}
    drawing = [function for function in functions if function.concurrency_id == "pictures"]
    assert len(drawing) >= 10
    assert all(function.queue and function.concurrency_limit is None and not function.batch for function in drawing)


def test_more_handlers_may_wait_for_the_engine_than_the_library_has_threads(weights: Path) -> None:
    page = build_page(Shelf(weights), DirectEngine())
    assert page._queue.max_thread_count == launch_options(page)["max_threads"] == 200


def test_without_a_store_of_reviews_there_is_no_tab_for_them(weights: Path, tmp_path: Path) -> None:
    def offered(page: gr.Blocks) -> set[str]:
        blocks = page.blocks.values()
        buttons = {str(block.value) for block in blocks if isinstance(block, gr.Button) and block.visible}
        return buttons | {str(block.label) for block in blocks if isinstance(block, gr.Tab)}

    assert not {ENGLISH.tab_review, ENGLISH.send_to_review} & offered(build_page(Shelf(weights), DirectEngine()))
    reviews = ReviewStore(tmp_path / "reviews.sqlite")
    page = build_page(Shelf(weights), DirectEngine(), reviews=reviews)
    assert {ENGLISH.tab_review, ENGLISH.send_to_review} <= offered(page)
    assert ENGLISH.send_to_review not in viewer_html(ENGLISH)
    reviews.close()


@pytest.mark.parametrize("there", [True, False])
def test_a_video_is_offered_where_one_can_be_made(weights: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    monkeypatch.setattr(interpolate_tab, "has_ffmpeg", lambda: there)
    page = build_page(Shelf(weights), DirectEngine())
    buttons = [block.value for block in page.blocks.values() if isinstance(block, gr.Button)]
    assert (ENGLISH.download_mp4 in buttons) == there
    assert ENGLISH.download_gif in buttons


def test_what_a_public_page_should_not_offer_is_off(weights: Path) -> None:
    options = launch_options(build_page(Shelf(weights), DirectEngine()))
    for name in ("run_history", "enable_monitoring", "show_error", "share", "mcp_server"):
        assert options[name] is False
    assert options["footer_links"] == []


def test_a_message_takes_the_place_of_an_exception(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(error: Exception | None) -> list[Any]:
        if error is not None:
            raise error
        return ["picture", "link"]

    safe = guarded(ENGLISH, 2)(handler)
    message, *values = asyncio.run(safe(None))
    assert "ag-message" not in message
    assert values == ["picture", "link"]
    with caplog.at_level(logging.ERROR):
        message, *values = asyncio.run(safe(RequestError("no <b>hat</b>")))
    assert "no &lt;b&gt;hat&lt;/b&gt;" in message
    assert values == [gr.skip(), gr.skip()]
    assert caplog.records == []
    message, *values = asyncio.run(safe(ZeroDivisionError("secret")))
    assert ENGLISH.unexpected in message
    assert "secret" not in message
    assert values == [gr.skip(), gr.skip()]
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]


def test_a_link_opens_what_it_names(weights: Path) -> None:
    shelf = Shelf(weights)
    revision = shelf.model("a-predefined").revision
    query = {"model": "a-predefined", "rev": revision[:8], "class": NAMES[2], "seed": "9", "__theme": "dark"}
    opening = open_link(query, shelf, ENGLISH)
    assert (opening.name, opening.notes) == ("a-predefined", [])
    assert opening.state == from_query(query)[0]


def test_who_asks_for_nothing_sees_a_row_of_each_class_where_they_are_sure_to_be_there(weights: Path) -> None:
    shelf = Shelf(weights)
    opened = open_link({"model": "a-predefined"}, shelf, ENGLISH)
    assert opened.state.sample == SampleState(each=4)
    assert [(end.seed, end.label) for end in opened.state.morph.pictures] == [(0, NAMES[0]), (0, NAMES[-1])]
    sheet = asyncio.run(draw_sheet(DirectEngine(), opened.model, "toy", opened.state.sample, ENGLISH))
    assert [(known.seed, known.label) for known in sheet.samples] == [(seed, k) for k in range(3) for seed in range(4)]
    assert 'class="ag-sheet ag-count-each ' in sheet_html(sheet, ENGLISH)
    # Its link says so; one that asks for a sheet, a model of many classes, and classes to be searched for do not.
    again = dict(parse_qsl(to_query(opened.state)[1:])) | {"model": "a-predefined"}
    assert open_link(again, shelf, ENGLISH).state.sample == opened.state.sample
    for query in ({"model": "a-predefined", "seed": "0"}, {"model": "many"}, {"model": "many", "each": "4"}, {}):
        assert open_link(query, shelf, ENGLISH).state.sample == SampleState()


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ({}, "fashion-mnist", []),
        ({"model": "gone"}, "fashion-mnist", ["gone"]),
        ({"model": "broken"}, "fashion-mnist", ["format_version"]),
        ({"model": "many", "rev": "00000000"}, "many", ["00000000"]),
        ({"model": "gone", "rev": "00000000"}, "fashion-mnist", ["gone"]),
        ({"class": "Hat"}, "fashion-mnist", ["Hat"]),
        ({"tab": "interpolate", "from_class": "Hat", "to_class": "Cap"}, "fashion-mnist", ["Hat", "Cap"]),
        ({"tab": "interpolate", "via1": "3", "via1_class": "Fez", "via2": "x"}, "fashion-mnist", ["“x”", "Fez"]),
        ({"n": "10000"}, "fashion-mnist", ["10000"]),
    ],
)
def test_a_link_to_what_is_gone_opens_the_nearest(
    weights: Path, query: dict[str, str], name: str, said: list[str]
) -> None:
    opening = open_link(query, Shelf(weights), ENGLISH)
    assert opening.name == name
    assert len(opening.notes) == len(said)
    assert all(part in note for part, note in zip(said, opening.notes))
    assert opening.state.sample.label is None


def test_a_broken_default_gives_way_to_the_next_model(weights: Path, tmp_path: Path) -> None:
    for name in ("fashion-mnist", "many"):
        shutil.copytree(weights / name, tmp_path / name)
    (tmp_path / "fashion-mnist" / "model.safetensors").write_bytes(b"")
    opening = open_link({}, Shelf(tmp_path), ENGLISH)
    assert opening.name == "many"
    assert "fashion-mnist" in opening.notes[0]
    (tmp_path / "many" / "model.safetensors").unlink()
    with pytest.raises(ReleaseError):
        open_link({}, Shelf(tmp_path), ENGLISH)


def test_a_link_to_a_model_of_the_hub_opens_what_was_fetched(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = FakeHub(monkeypatch)
    old = hub.publish("a", weights / "many")
    shelf = Shelf(weights, ["user/shoes"])
    link = {"model": "user/shoes", "rev": old, "seed": "9"}
    opening = open_link(link, shelf, ENGLISH)
    assert opening.name == "fashion-mnist"
    assert ["user/shoes" in note for note in opening.notes] == [True]
    assert hub.asked == []
    shelf.model("user/shoes")
    hub.publish("b", weights / "a-predefined")
    shelf.take_newest("user/shoes")
    asked = len(hub.asked)
    opening = open_link(link, shelf, ENGLISH)
    assert (opening.name, opening.model.revision, opening.notes) == ("user/shoes", old, [])
    opening = open_link(link | {"rev": "c" * 40}, shelf, ENGLISH)
    assert (opening.name, opening.model.revision) == ("user/shoes", "b" * 40)
    assert ["cccccccc" in note and "bbbbbbbb" in note for note in opening.notes] == [True]
    assert len(hub.asked) == asked


def test_with_models_of_the_hub_only_the_page_shows_the_first(tmp_path: Path, weights: Path) -> None:
    shelf = Shelf(tmp_path / "none", ["user/shoes@v1", "user/bags"])
    assert shelf.default is shelf.entries[0]
    assert ENGLISH.no_model.format(folder="none") not in shown(build_page(shelf, DirectEngine()))
    with pytest.raises(ReleaseError, match=r"user/shoes@v1 cannot be used"):
        open_link({}, shelf, ENGLISH)


def test_every_word_is_used() -> None:
    folders = (UI, UI.parent / "server", UI.parent / "server" / "routes")
    files = [file for folder in folders for file in folder.iterdir() if file.suffix in (".py", ".html")]
    files.remove(UI / "words.py")
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    used = [field.name for field in fields(Words) if f"words.{field.name}" in code or f'"{field.name}"' in code]
    assert used == [field.name for field in fields(Words)]


def test_every_key_of_a_link_has_a_name() -> None:
    class Asked(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return super().get(key, default)

    asked: set[str] = set()
    for tab in get_args(Tab):
        from_query(Asked(tab=tab, like="1", beside="m", **dict.fromkeys(THROUGH, "2")))
    assert asked == ENGLISH.link_names.keys()
