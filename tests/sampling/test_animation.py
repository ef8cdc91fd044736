"""Videos, read back with ffmpeg."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from amgan.errors import VideoError
from amgan.sampling.animation import ENCODERS, LEAST_PIXELS, MISSING, encode_mp4, has_ffmpeg
from amgan.sampling.media import enlarge
from tests.models import message


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def read_back(content: bytes, folder: Path) -> tuple[np.ndarray, dict[str, Any]]:
    """All frames as RGB, and what ffmpeg says of the file."""
    file = folder / "read.mp4"
    file.write_bytes(content)
    reader = imageio_ffmpeg.read_frames(str(file))
    facts = next(reader)
    width, height = facts["size"]
    return np.stack([np.frombuffer(frame, np.uint8).reshape(height, width, 3) for frame in reader]), facts


@pytest.mark.parametrize(("size", "channels"), [(32, 1), (32, 3), (64, 3)])
def test_a_video_has_the_frames_it_was_given(tmp_path, size, channels):
    frames = noise(5, size, size, channels)
    content = encode_mp4(frames, milliseconds=70)
    shown, facts = read_back(content, tmp_path)
    assert facts["codec"] == "h264"
    assert facts["pix_fmt"].startswith("yuv420p")
    expected = np.broadcast_to(enlarge(frames, 256 // size), (5, 256, 256, 3))
    assert shown.shape == expected.shape
    # Noise is the worst there is: neighbours have nothing in common. Another frame is 85 levels away.
    assert np.abs(shown.astype(int) - expected).mean() < 2
    assert content.index(b"moov") < content.index(b"mdat")  # plays while it comes


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)])
def test_plain_colours_stay(tmp_path, colour):
    frames = np.full((2, 32, 32, 3), colour, dtype=np.uint8)
    shown, _ = read_back(encode_mp4(frames), tmp_path)
    assert np.abs(shown.astype(int) - colour).max() <= 3


@pytest.mark.parametrize("milliseconds", [1, 40, 70, 80, 160, 3000, 60_000])
def test_each_frame_is_shown_for_so_long(tmp_path, milliseconds):
    shown, facts = read_back(encode_mp4(noise(4, 32, 32, 1), milliseconds), tmp_path)
    assert len(shown) == 4
    assert facts["duration"] == pytest.approx(4 * milliseconds / 1000, abs=0.011)


@pytest.mark.parametrize(
    ("shape", "side"),
    [((32, 32), (256, 256)), ((64, 64), (256, 256)), ((256, 256), (256, 256)), ((300, 300), (300, 300)),
     ((301, 301), (602, 602)), ((33, 33), (264, 264)), ((51, 51), (306, 306)), ((32, 47), (256, 376)),
     ((1, 1), (256, 256))],
)  # fmt: skip
def test_pictures_are_enlarged_by_the_least_whole_factor_that_can_be_played(tmp_path, shape, side):
    shown, _ = read_back(encode_mp4(noise(1, *shape, 1)), tmp_path)
    assert shown.shape == (1, *side, 3)
    assert min(side) >= LEAST_PIXELS
    assert side[0] % shape[0] == 0


def test_every_kind_of_animation_shows_the_same_frames(tmp_path):
    frames = enlarge(noise(3, 32, 32, 1), 8)
    for kind, encode in ENCODERS.items():
        content = encode(frames, 100)
        if kind == "mp4":
            assert len(read_back(content, tmp_path)[0]) == 3
        else:
            with Image.open(io.BytesIO(content)) as animation:
                assert (animation.format, animation.n_frames) == (kind.upper(), 3)


def test_without_imageio_ffmpeg_it_is_said_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    assert not has_ffmpeg()
    with pytest.raises(VideoError) as caught:
        encode_mp4(noise(1, 32, 32, 1))
    assert message(caught.value) == MISSING


def test_without_an_ffmpeg_that_runs_there_are_no_videos(monkeypatch):
    assert has_ffmpeg()

    def none() -> str:
        raise RuntimeError("No ffmpeg exe could be found")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", none)
    assert not has_ffmpeg()


@pytest.mark.parametrize(
    "script", ["exit 1", "cat > /dev/null; exit 1", 'cat > /dev/null; for last; do :; done; echo torso > "$last"']
)
def test_an_ffmpeg_that_fails_is_one_line(tmp_path, monkeypatch, script):
    broken = tmp_path / "ffmpeg"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(broken))
    with pytest.raises(VideoError) as caught:
        encode_mp4(noise(40, 32, 32, 1))
    assert str(tmp_path) not in message(caught.value)


def test_an_ffmpeg_that_is_not_there_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))
    with pytest.raises(VideoError) as caught:
        encode_mp4(noise(1, 32, 32, 1))
    assert str(tmp_path) not in message(caught.value)
