"""Pictures as files, read back with Pillow."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from amgan.sampling.media import encode_gif, encode_png, encode_webp, enlarge, film_strip, grid, to_pil

CHANNELS = st.sampled_from([1, 3])


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def frames_of(content: bytes) -> tuple[list[np.ndarray], list[int], Image.Image]:
    """All frames as RGB, their durations and the opened file."""
    animation = Image.open(io.BytesIO(content))
    frames, durations = [], []
    for index in range(getattr(animation, "n_frames", 1)):
        animation.seek(index)
        frames.append(np.asarray(animation.convert("RGB")))
        durations.append(animation.info.get("duration"))
    return frames, durations, animation


@given(st.integers(1, 12), st.integers(1, 5), st.integers(0, 3), CHANNELS)
def test_grid_geometry(count, columns, gap, channels):
    images = noise(count, 3, 2, channels) // 2  # never as bright as the background
    sheet = grid(images, columns, gap)
    rows = -(-count // columns)
    assert sheet.shape == (rows * 3 + (rows - 1) * gap, columns * 2 + (columns - 1) * gap, channels)
    assert sheet.dtype == np.uint8
    for index, image in enumerate(images):
        top, left = index // columns * (3 + gap), index % columns * (2 + gap)
        np.testing.assert_array_equal(sheet[top : top + 3, left : left + 2], image)
    # What is no picture is background.
    assert (sheet == 255).sum() == sheet.size - images.size


@given(st.integers(1, 6), CHANNELS)
def test_film_strip_is_one_row(count, channels):
    images = noise(count, 4, 3, channels)
    strip = film_strip(images)
    assert strip.shape == (4, count * 3 + (count - 1) * 2, channels)
    np.testing.assert_array_equal(strip[:, -3:], images[-1])


@given(st.integers(1, 5), CHANNELS)
def test_enlarge_is_exact(factor, channels):
    images = noise(2, 3, 4, channels)
    large = enlarge(images, factor)
    assert large.shape == (2, 3 * factor, 4 * factor, channels)
    for row in range(factor):
        for column in range(factor):
            np.testing.assert_array_equal(large[:, row::factor, column::factor], images)
    np.testing.assert_array_equal(enlarge(images[0], factor), large[0])


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")])
def test_png_round_trip(channels, mode):
    image = noise(9, 7, channels)
    opened = Image.open(io.BytesIO(encode_png(image)))
    assert (opened.format, opened.mode, opened.size) == ("PNG", mode, (7, 9))
    np.testing.assert_array_equal(np.asarray(opened).reshape(image.shape), image)
    assert to_pil(image).mode == mode


@pytest.mark.parametrize("channels", [1, 3])
def test_webp_round_trip_is_lossless(channels):
    frames = noise(5, 16, 12, channels)
    decoded, durations, animation = frames_of(encode_webp(frames, milliseconds=70))
    assert animation.format == "WEBP"
    np.testing.assert_array_equal(np.stack(decoded), np.broadcast_to(frames, (5, 16, 12, 3)))
    assert durations == [70] * 5


@pytest.mark.parametrize("channels", [1, 3])
def test_gif_round_trip(channels):
    """256 colours hold all of a grey frame, and all of a coloured one of few pixels."""
    frames = noise(5, 12, 10, channels)
    decoded, durations, animation = frames_of(encode_gif(frames, milliseconds=70))
    assert animation.format == "GIF"
    assert durations == [70] * 5
    np.testing.assert_array_equal(np.stack(decoded), np.broadcast_to(frames, (5, 12, 10, 3)))


@pytest.mark.parametrize("encode", [encode_webp, encode_gif])
def test_it_plays_for_ever(encode):
    _, _, animation = frames_of(encode(noise(3, 8, 8, 3)))
    assert animation.info["loop"] == 0


@pytest.mark.parametrize("encode", [encode_webp, encode_gif])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_single_frame(encode, channels):
    frames = noise(1, 8, 8, channels)
    decoded, _, _ = frames_of(encode(frames))
    assert len(decoded) == 1
    np.testing.assert_array_equal(decoded[0], np.broadcast_to(frames[0], (8, 8, 3)))


@pytest.mark.parametrize("encode", [encode_webp, encode_gif])
def test_equal_neighbours_are_one_longer_frame(encode):
    frames = noise(4, 8, 8, 3)
    frames[2] = frames[1]
    decoded, durations, _ = frames_of(encode(frames, milliseconds=50))
    np.testing.assert_array_equal(np.stack(decoded), frames[[0, 1, 3]])
    assert durations == [50, 100, 50]
