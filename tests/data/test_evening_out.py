"""What all pictures of a set share: the ground of transparent ones, a border or none; and which shapes are named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from amgan.data.evening_out import LEVELS, put_on_ground
from amgan.data.labelled_images import LabelledImages, load_labelled_images
from tests.data.data_sets import IMAGE, TWO_CLASSES, put_table


def drawing(level: int, size: int = 64, ground: tuple[int, ...] = (0, 0, 0, 0)) -> Image.Image:
    """A disc of one grey, by default on nothing."""
    image = Image.new("RGBA", (size, size), ground)
    ImageDraw.Draw(image).ellipse(
        (size // 8, size // 8, size - size // 8, size - size // 8), (level, level, level, 255)
    )
    return image


def load(root: Path, pictures: dict[str, Image.Image], **options: object) -> LabelledImages:
    for name, image in pictures.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        image.save(root / name)
    return load_labelled_images(str(root), 32, **options)


def corners_and_middle(data: LabelledImages) -> list[tuple[int, int]]:
    return [(int(image[0, 0, 0]), int(image[0, 16, 16])) for image in data.images]


@pytest.mark.parametrize(
    ("drawn", "ground", "words"),
    [
        ([0, 60, 200], 255, "white"),
        ([255, 250, 245], 0, "black, since 3 could hardly be seen on white; --background says another"),
        ([255, 128, 90], 0, "black, since 1 could hardly be seen on white; --background says another"),
        ([255, 5, 200], 128, "grey, since 1 could hardly be seen on white; --background says another"),
    ],
)
def test_the_ground_is_one_on_which_all_can_be_seen(tmp_path, drawn, ground, words):
    data = load(tmp_path, {f"{'ab'[number % 2]}/{number}.png": drawing(level) for number, level in enumerate(drawn)})
    assert sorted(corners_and_middle(data)) == sorted((ground, level) for level in drawn)
    assert f"Ground    3 pictures with transparency, on {words}" in data.summary().splitlines()


@pytest.mark.parametrize("background", LEVELS)
def test_the_ground_that_is_asked_for(tmp_path, background):
    level = LEVELS[background]
    data = load(tmp_path, {"a/0.png": drawing(level), "b/1.png": drawing(60)}, background=background)
    assert corners_and_middle(data) == [(level, level), (level, 60)]
    assert data.ground == (
        f"2 pictures with transparency, on {background}; 1 can hardly be seen on it: choose another with --background"
    )


def test_pictures_without_transparency_have_no_ground(tmp_path):
    opaque = drawing(255, ground=(9, 9, 9, 255))
    data = load(tmp_path, {"a/0.png": opaque, "b/1.png": opaque.convert("RGB")}, background="black")
    assert (data.ground, data.images[0].equal(data.images[1])) == ("", True)
    nothing = Image.new("RGBA", (64, 64))
    assert corners_and_middle(load(tmp_path, {"a/0.png": nothing}))[0] == (255, 255)


@given(st.integers(0, 255), st.integers(0, 255), st.sampled_from(list(LEVELS)))
def test_a_veil_is_mixed_with_its_ground(colour, alpha, background):
    images = np.full((1, 1, 2, 2), round(colour * alpha / 255), dtype=np.uint8)
    put_on_ground(images, {0: np.full((2, 2), alpha, dtype=np.uint8)}, background)
    mixed = (colour * alpha + LEVELS[background] * (255 - alpha)) / 255
    assert np.abs(images - mixed).max() <= 1


def square(side: int, edge: int, middle: int = 128) -> Image.Image:
    image = Image.new("L", (side, side), edge)
    image.paste(middle, (8, 8, side - 8, side - 8))
    return image


def test_a_border_goes_on_where_all_pictures_are_black_at_their_edge(tmp_path):
    data = load(tmp_path, {f"{name}/{number}.png": square(28, number % 9) for name in "ab" for number in range(9)})
    assert data.fit == "pad"
    assert not data.images[:, :, :2].any()
    assert data.images[8, 0, 2:30, 2:30].tolist() == np.asarray(square(28, 8)).tolist()


UNEVEN: dict[str, Callable[[int], Image.Image]] = {
    "white edges": lambda number: square(28, 255),
    "photos": lambda number: Image.fromarray(np.random.default_rng(number).integers(0, 256, (28, 28), dtype=np.uint8)),
    "one class of another size": lambda number: square(32 if number % 2 else 30, 0),
    "sides from 28 to 31": lambda number: square(28 + number % 4, 0),
    "one large": lambda number: square(28 if number else 90, 0),
}


@pytest.mark.parametrize("case", UNEVEN)
def test_else_small_squares_are_scaled_up(tmp_path, case):
    pictures = {f"{'ab'[number % 2]}/{number}.png": UNEVEN[case](number) for number in range(8)}
    data = load(tmp_path, pictures)
    assert data.fit == "crop"
    assert "resized" in data.summary()
    for name, image in zip(data.names, data.images):
        expected = pictures[name].resize((32, 32), Image.Resampling.LANCZOS)
        assert image[0].tolist() == np.asarray(expected).tolist()


def test_a_small_transparent_square_has_no_edge_but_its_ground(tmp_path):
    data = load(tmp_path, {"a/0.png": drawing(60, 28), "b/1.png": drawing(90, 28)})
    assert data.fit == "crop"
    assert (data.images[:, :, [0, -1]] >= 240).all()
    dark = load(tmp_path, {"a/0.png": drawing(60, 28), "b/1.png": drawing(90, 28)}, background="black")
    assert dark.fit == "pad"
    assert not dark.images[:, :, :2].any()


def test_extreme_shapes_are_named(tmp_path):
    pictures = {f"{name}/{number}.png": Image.new("L", (64, 64)) for name in "ab" for number in range(3)}
    assert load(tmp_path, pictures).shapes == ""
    pictures |= {"a/strip.png": Image.new("L", (2000, 10)), "b/deep/tower.png": Image.new("L", (20, 61)),
                 "b/three.png": Image.new("L", (96, 32))}  # fmt: skip
    assert (
        "Shapes    2 pictures more than 3 times as long as wide, of which only the middle is kept: "
        "a/strip.png (2000x10), b/deep/tower.png (20x61)"
    ) in load(tmp_path, pictures).summary().splitlines()
    pictures |= {f"a/{number}.png": Image.new("L", (10, 40)) for number in range(6)}
    assert load(tmp_path, pictures).shapes.endswith(" and 3 more")


def test_rows_of_a_table_are_named_too(tmp_path):
    strip = Image.new("L", (400, 10))
    put_table(tmp_path, {"image": [strip, strip], "y": [0, 1]}, image=IMAGE, y=TWO_CLASSES)
    assert load_labelled_images(str(tmp_path), 32).shapes.endswith(": in row 0 (400x10), in row 1 (400x10)")
