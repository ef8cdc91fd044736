"""The mark and the name in files: read by others' readers, kept out of blind reviews, and foreign files refused."""

from __future__ import annotations

import io
import json
import struct
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from amgan.errors import RequestError
from amgan.sampling.animation import encode_mp4, has_ffmpeg
from amgan.sampling.marking import MADE_UP, NAMING, SOURCE_TYPE, XMP, XMP_BOX, made_up, marked_mp4, name_in
from amgan.sampling.media import encode_gif, encode_png, encode_webp
from amgan.sampling.picture_row import NamedPicture
from tests.sampling.xmp import source_type_of

ROW = {
    "file": "a.png", "model": "fashion-mnist", "revision": "0" * 40, "seed": 7, "draw": 2, "class": "Sneaker",
    "asked_class": "Sneaker", "class_probability": 0.9, "truncation": 1.0, "confidence": None,
}  # fmt: skip
NAMES = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and "\0" not in text)


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_the_packet_is_xml_that_says_what_the_law_wants_said():
    assert source_type_of(XMP) == SOURCE_TYPE
    ElementTree.fromstring(XMP.decode())


@given(NAMES, NAMES, st.integers(0, 2**32 - 1), st.sampled_from([1, 3]), st.sampled_from(["", "~12-3~6-1"]))
def test_a_png_keeps_its_pixels_and_its_name(model, label, seed, channels, steps):
    picture = np.random.default_rng(seed).integers(0, 256, (32, 32, channels), dtype=np.uint8)
    row = ROW | {"model": model, "asked_class": label, "class": label, "seed": seed}
    row |= {"variation": f"{seed}{steps}"} if steps else {}
    content = encode_png(picture, made_up(row))
    image = opened(content)
    assert np.array_equal(np.asarray(image).reshape(picture.shape), picture)
    assert image.info["xmp"] == XMP
    assert name_in(content) == {key: row[key] for key in NAMING if key in row}
    assert NamedPicture.of(name_in(content)) == NamedPicture(
        model, "0" * 40, f"{seed}{steps}" if steps else seed, label, 1.0, None, 2
    )


def test_a_mark_is_some_hundred_bytes():
    picture = np.zeros((32, 32, 1), dtype=np.uint8)
    assert len(encode_png(picture, made_up(ROW))) - len(encode_png(picture)) < 700
    assert len(encode_png(picture, MADE_UP)) - len(encode_png(picture)) < 500


def test_animations_play_as_before_and_carry_the_mark():
    frames = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    for content in (encode_webp(frames), encode_gif(frames)):
        image = opened(content)
        assert image.n_frames == 5
        for number in range(5):
            image.seek(number)
            image.load()
    assert source_type_of(opened(encode_webp(frames)).info["xmp"]) == SOURCE_TYPE


def test_a_gif_reader_that_knows_nothing_of_the_mark_walks_over_it():
    content = encode_gif(np.zeros((2, 32, 32, 1), dtype=np.uint8))
    place = content.index(b"\x21\xff\x0bXMP DataXMP") + 14
    assert content[place:].startswith(XMP)
    while content[place]:  # blocks of data, each behind its length
        place += content[place] + 1
    assert content[place:] == b"\0;"


@pytest.mark.skipif(not has_ffmpeg(), reason="imageio-ffmpeg is not installed")
def test_a_video_has_a_box_of_its_own_at_the_end():
    content = encode_mp4(np.zeros((3, 32, 32, 1), dtype=np.uint8))
    boxes, start = [], 0
    while start < len(content):
        size, kind = struct.unpack_from(">I4s", content, start)
        boxes.append((kind, content[start + 8 : start + size]))
        start += size
    assert start == len(content)
    assert boxes[-1] == (b"uuid", XMP_BOX + XMP)
    assert marked_mp4(b"") == content[-len(marked_mp4(b"")) :]


def png(text=None, keyword="amgan"):
    info, buffer = PngImagePlugin.PngInfo(), io.BytesIO()
    if text is not None:
        info.add_itxt(keyword, text)
    Image.new("L", (4, 4)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no PNG file"),
        (b"GIF89a", "no PNG file"),
        (png()[:30], "no PNG file"),
        (png(), "does not say which picture"),
        (png("{}", "other"), "does not say which picture"),
        (png("[1]"), "does not say which picture"),
        (png("{"), "no PNG file"),
        (png("[" * 100_000), "no PNG file"),
        (png('{"seed": 1e999}'), None),
        (png("x" * 3_000_000), "no PNG file"),
        (png(json.dumps(ROW | {"seed": -1})), None),
        (png(json.dumps(ROW | {"model": "x" * 5000})), None),
    ],
)
def test_a_foreign_file_is_a_sentence(content, said):
    with pytest.raises(RequestError, match=said) as caught:
        NamedPicture.of(name_in(content))
    assert "\n" not in str(caught.value)
