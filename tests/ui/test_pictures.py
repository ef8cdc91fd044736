"""Pictures as HTML: everything is escaped, and every picture carries its own name."""

from __future__ import annotations

import asyncio
import base64
import io
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from amgan.engine.engine import DirectEngine
from amgan.model import AMGAN
from amgan.release.seed_index import NOT_FOUND, SeedIndex
from amgan.ui.drawing import draw_examples, draw_morph, draw_sheet, draw_variations, encode_morph, random_seed
from amgan.ui.links import from_text
from amgan.ui.pictures import (
    class_pictures_css,
    end_html,
    head_html,
    message_html,
    morph_html,
    percent,
    sheet_html,
    variations_html,
    viewer_html,
)
from amgan.ui.state import EndState, MorphState, SampleState, VariationsState
from amgan.ui.words import ENGLISH
from tests.ui.models import NAMES, tiny_model

EVIL = ('"><script>alert(1)</script>', "{{value}} ${value} `", "' onload='x")


def drawn_sheet(*arguments):
    return asyncio.run(draw_sheet(DirectEngine(), *arguments))


def drawn_morph(*arguments):
    return asyncio.run(draw_morph(DirectEngine(), *arguments))


def drawn_variations(model, name, state):
    return asyncio.run(draw_variations(DirectEngine(), model, name, state, state.variations, ENGLISH))


class Tags(HTMLParser):
    """Every start tag with its attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def pixels(uri: str | None) -> np.ndarray:
    assert uri is not None
    head, content = uri.split(",", 1)
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


@pytest.fixture(scope="module")
def model() -> AMGAN:
    return tiny_model()


@given(st.floats(0, 1))
def test_a_percentage_is_certain_only_when_the_model_is(probability: float) -> None:
    text = percent(probability)
    assert (float(text) == 100) == (probability == 1)
    assert abs(float(text) - probability * 100) <= 0.5


def test_each_picture_of_a_sheet_carries_its_own_name(model: AMGAN) -> None:
    sheet = drawn_sheet(model, "toy", SampleState(None, 9, 4, 0.8), ENGLISH)
    tags = Tags(sheet_html(sheet, ENGLISH))
    tiles, images = tags.of("button"), tags.of("img")
    assert [tile["data-seed"] for tile in tiles] == [str(seed) for seed in range(4, 13)]
    for tile, image, picture, sample in zip(tiles, images, sheet.pictures, sheet.samples, strict=True):
        assert np.array_equal(pixels(image["src"]), picture[..., 0])
        assert image["alt"] == tile["data-alt"] == f"{NAMES[sample.label]}, seed {sample.seed}"
        state, problems = from_text(tile["data-query"] or "")
        assert problems == []
        single = drawn_sheet(model, "toy", state.sample, ENGLISH)
        assert np.array_equal(single.pictures[0], picture)
        assert percent(sample.class_probability) in (tile["data-sure"] or "")


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_hostile_class_names_stay_text(labeling: str) -> None:
    model = tiny_model(class_names=EVIL, labeling=labeling, confidence=0.0)
    sheet = drawn_sheet(model, EVIL[0], SampleState(count=9), ENGLISH)
    morph = drawn_morph(model, EVIL[0], MorphState(frames=4), ENGLISH)
    variations = drawn_variations(model, EVIL[0], SampleState(EVIL[0], variations=VariationsState(0)))
    html = [
        sheet_html(sheet, ENGLISH),
        variations_html(variations, ENGLISH),
        morph_html(morph, encode_morph(morph, "webp"), ENGLISH),
        head_html(EVIL[0], EVIL[1], model.config, ENGLISH),
        message_html(EVIL[0]),
    ]
    allowed = {"a", "button", "img", "span", "b", "small", "div", "input", "header", "p", "h1", "h2"}
    tags = Tags("".join(html))
    assert {tag for tag, _ in tags.tags} <= allowed
    assert {link["href"] for link in tags.of("a")} == {"?lang=ja", "create?lang=en"}, "to our own pages alone"
    assert not any(name.startswith("on") for _, attributes in tags.tags for name in attributes)


def test_variations_say_whose_they_are_and_their_names_lead_back_to_them(model: AMGAN) -> None:
    state = SampleState(NAMES[0], 9, 4, variations=VariationsState("6~12-2", "close"))
    variations = drawn_variations(model, "toy", state)
    tags = Tags(variations_html(variations, ENGLISH))
    assert ", variation 2 of seed 6" in tags.text
    tiles, images = tags.of("button"), tags.of("img")
    assert [tile["data-seed"] for tile in tiles[:2]] == ["6", "6~12-2"], "where it comes from"
    assert len(variations.samples) == 12
    shown = [*variations.trail_pictures, *variations.pictures]
    for tile, image, picture, sample in zip(tiles, images, shown, variations.trail + variations.samples, strict=True):
        assert np.array_equal(pixels(image["src"]), picture[..., 0])
        single = drawn_sheet(model, "toy", from_text(tile["data-query"] or "")[0].sample, ENGLISH)
        assert np.array_equal(single.pictures[0], picture)
        assert percent(sample.class_probability) in (tile["data-sure"] or "")
        if sample.variation is not None:
            assert f"Its name: {sample.variation}" in (tile["data-draw"] or "")
    assert len({tile["data-file"] for tile in tiles}) == 14


def test_the_more_alike_the_nearer(model: AMGAN) -> None:
    original = model.sample([NAMES[0]], [6])[0].astype(int)
    away = []
    for alikeness in ("close", "near", "far"):
        asked = VariationsState(6, alikeness)  # type: ignore[arg-type]
        drawn = drawn_variations(model, "toy", SampleState(NAMES[0], variations=asked))
        away.append(np.abs(drawn.pictures - original).mean())
    assert 0 < away[0] < away[1] < away[2]


def test_variations_of_a_model_without_classes_are_numbered() -> None:
    model = tiny_model(objective="gan")
    html = variations_html(drawn_variations(model, "toy", SampleState(variations=VariationsState(3))), ENGLISH)
    tags = Tags(html)
    assert "Much like: Picture, seed 3" in tags.text
    assert tags.of("button")[2]["data-title"] == "no. 2"
    assert NAMES[0] not in tags.text


def test_a_class_is_asked_only_of_a_model_that_knows_some() -> None:
    model = tiny_model(objective="gan")
    html = sheet_html(drawn_sheet(model, "toy", SampleState(count=1), ENGLISH), ENGLISH)
    tags = Tags(html)
    assert tags.of("img")[0]["alt"] == "Picture, seed 0"
    assert tags.of("button")[0]["data-sure"] == ""
    assert NAMES[0] not in tags.text


def test_a_morph_shows_its_ends_and_all_its_frames(model: AMGAN) -> None:
    state = MorphState(EndState(3, NAMES[0]), EndState(5), frames=12, loop=True)
    morph = drawn_morph(model, "toy", state, ENGLISH)
    alone = model.sample([NAMES[0], None], [3, 5])
    assert np.array_equal(morph.frames[morph.end_frames], alone)
    tags = Tags(morph_html(morph, encode_morph(morph, "webp"), ENGLISH))
    shown = [pixels(image["src"]) for image in tags.of("img")[2:]]
    assert np.array_equal(np.stack(shown), morph.frames[..., 0])
    for kind in ("webp", "gif"):
        with Image.open(io.BytesIO(encode_morph(morph, kind))) as animation:
            assert (animation.n_frames, animation.width) == (12, 256)  # type: ignore[attr-defined]


def test_a_morph_through_others_meets_them_all(model: AMGAN) -> None:
    state = MorphState(frames=9).of([EndState(3, NAMES[0]), EndState(5), EndState(8, NAMES[2])])
    morph = drawn_morph(model, "toy", state, ENGLISH)
    assert len(morph.frames) == 9
    assert morph.end_frames == [0, 4, 8]
    assert np.array_equal(morph.frames[morph.end_frames], model.sample([NAMES[0], None, NAMES[2]], [3, 5, 8]))
    for number, sample in enumerate(morph.ends):
        shown = Tags(end_html(morph, number, ENGLISH))
        assert np.array_equal(pixels(shown.of("img")[0]["src"]), morph.frames[number * 4, ..., 0])
        assert f"seed {sample.seed}" in shown.text
    assert Tags(morph_html(morph, b"", ENGLISH)).of("img")[0]["alt"].endswith(f"to {NAMES[2]}, seed 8")  # type: ignore[union-attr]


def test_another_speed_shows_the_same_frames_for_longer(model: AMGAN) -> None:
    usual = drawn_morph(model, "toy", MorphState(frames=4), ENGLISH)
    for speed, milliseconds in (("slow", 160), ("normal", 80), ("fast", 40)):
        morph = drawn_morph(model, "toy", MorphState(frames=4, speed=speed), ENGLISH)  # type: ignore[arg-type]
        assert np.array_equal(morph.frames, usual.frames)
        player = Tags(morph_html(morph, encode_morph(morph, "webp"), ENGLISH)).of("div")[0]
        assert player["data-ms"] == str(milliseconds)
        for kind in ("webp", "gif"):
            with Image.open(io.BytesIO(encode_morph(morph, kind))) as animation:
                animation.seek(1)
                animation.load()
                assert animation.info["duration"] == milliseconds


def test_each_class_found_has_an_example_on_its_chip(model: AMGAN) -> None:
    examples = asyncio.run(draw_examples(DirectEngine(), model))
    assert sorted(examples) == [0, 1, 2]
    css = class_pictures_css(examples)
    for chips, first in (("#classes", 2), (".ag-several", 1)):
        there = [f"{chips} label:nth-of-type({first + step})" in css for step in range(-1, 4)]
        assert there == [False, True, True, True, False]


def test_seeds_by_chance_have_the_class_that_is_asked() -> None:
    model = tiny_model()
    draws = torch.full((40, 3), NOT_FOUND, dtype=torch.int32)
    draws[10:14, 1] = draws[30:34, 1] = 0
    model.seed_index = SeedIndex(draws)
    assert {random_seed(model, [NAMES[1]], 1.0, count=4) for _ in range(60)} == {10, 30}
    assert random_seed(model, [NAMES[1]], 1.0, count=5) >= 0  # none has five in a row: any seed
    assert len({random_seed(model, [], 1.0, count=4) for _ in range(20)}) > 15


def test_the_viewer_has_no_picture_before_one_is_opened() -> None:
    tags = Tags(viewer_html(ENGLISH))
    assert "open" not in tags.of("dialog")[0]
    actions = {button.get("data-ag") for button in tags.of("button")}
    assert actions == {"close", "keep", "morph", "alike", "copy", "share"}
