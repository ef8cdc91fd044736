"""``interpolate`` writes the frames that Python gives."""

from __future__ import annotations

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageSequence

from amgan import AMGAN
from amgan.cli import interpolate
from amgan.sampling.media import enlarge, film_strip

PATH = ("--start", 1, "--end", 2, "--frames", 4)


def grey_frames(file) -> np.ndarray:
    with Image.open(file) as image:
        return np.stack([np.asarray(frame.convert("L"))[..., None] for frame in ImageSequence.Iterator(image)])


@pytest.fixture(scope="module")
def expected(release):
    return enlarge(AMGAN.from_pretrained(release).interpolate(1, 2, 4), 4)


@pytest.mark.parametrize("suffix", [".webp", ".gif", ".WEBP"])
def test_an_animation(run, release, expected, tmp_path, suffix):
    printed = run("interpolate", "--model", release, *PATH, "--out", tmp_path / "new" / f"x{suffix}")
    assert np.abs(grey_frames(tmp_path / "new" / f"x{suffix}").astype(int) - expected).max() <= 1
    assert "4 frames from seed 1 to seed 2" in printed


def test_a_video(run, release, expected, tmp_path):
    run("interpolate", "--model", release, *PATH, "--out", tmp_path / "x.MP4", "--milliseconds", 40)
    facts, *frames = imageio_ffmpeg.read_frames(str(tmp_path / "x.MP4"))
    assert (facts["size"], facts["fps"], len(frames)) == ((256, 256), 25, 4)
    shown = np.stack([np.frombuffer(frame, np.uint8).reshape(256, 256, 3) for frame in frames])
    assert np.abs(shown.astype(int) - enlarge(expected, 2)).mean() < 3


def test_a_film_strip_and_single_frames(run, release, expected, tmp_path):
    run("interpolate", "--model", release, *PATH, "--out", tmp_path / "x.png")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "x.png"))[..., None], film_strip(expected))
    run("interpolate", "--model", release, *PATH, "--out", tmp_path / "frames")
    files = sorted((tmp_path / "frames").iterdir())
    assert [file.name for file in files] == [f"frame-{number:04d}.png" for number in range(4)]
    assert np.array_equal(np.stack([np.asarray(Image.open(file)) for file in files])[..., None], expected)


def test_every_option_arrives(run, predefined, tmp_path):
    run("interpolate", "--model", predefined, "--start", 1, "--end", 2, "--through", 5, 6, "--frames", 9, "--scale", 1,
        "--labels", "Bag", "0", "2", "bag", "--truncation", 0.7, "--method", "lerp", "--loop", "--easing", "resting",
        "--out", tmp_path / "f")  # fmt: skip
    expected = AMGAN.from_pretrained(predefined).interpolate(
        1, 2, 9, ["Bag", 0, 2, "Bag"], [5, 6], truncation=0.7, method="lerp", loop=True, easing="resting"
    )
    files = sorted((tmp_path / "f").iterdir())
    assert np.array_equal(np.stack([np.asarray(Image.open(file)) for file in files]), expected)


def test_one_label_is_for_all_keyframes(run, release, tmp_path):
    run("interpolate", "--model", release, *PATH, "--labels", "1", "--confidence", 0.8, "--scale", 1,
        "--out", tmp_path / "x.png")  # fmt: skip
    expected = AMGAN.from_pretrained(release).interpolate(1, 2, 4, labels="Bag", confidence=0.8)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "x.png"))[..., None], film_strip(expected))


def test_a_name_with_brackets_is_no_markup(run, release, tmp_path):
    printed = run("interpolate", "--model", release, *PATH, "--out", tmp_path / "[red]x[/nothing].png")
    assert "[red]x[/nothing].png" in printed.replace(" ", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--frames", "1"], "frames must be a whole number from 2"),
        (["--frames", "1001"], "frames must be"),
        (["--start", "-1"], "a seed must be"),
        (["--labels", "Boat"], "no class 'Boat'"),
        (["--labels", "Bag", "Bag", "Bag"], "3 labels for 2 keyframes"),
        (["--truncation", "3"], "truncation must be"),
        (["--scale", "0"], "scale must be"),
        (["--milliseconds", "0"], "milliseconds must be"),
        (["--milliseconds", "-5"], "milliseconds must be"),
        (["--milliseconds", "100000000"], "milliseconds must be"),
        (["--model", "not/there"], "no such folder here"),
    ],
)
def test_errors_are_one_line_and_write_nothing(fail, release, tmp_path, arguments, words):
    assert words in fail("interpolate", "--model", release, *PATH, "--out", tmp_path / "x.gif", *arguments)
    assert not list(tmp_path.iterdir())


def test_an_unknown_suffix_is_one_line(fail, release, tmp_path):
    text = fail("interpolate", "--model", release, *PATH, "--out", tmp_path / "x.avi")
    assert "write to .webp, .gif, .mp4, .png, or a folder" in text


def test_without_ffmpeg_a_video_is_one_line_and_writes_nothing(fail, release, tmp_path, monkeypatch):
    monkeypatch.setattr(interpolate, "has_ffmpeg", lambda: False)
    text = fail("interpolate", "--model", release, *PATH, "--out", tmp_path / "x.mp4")
    assert "pip install imageio-ffmpeg" in text
    assert not list(tmp_path.iterdir())
