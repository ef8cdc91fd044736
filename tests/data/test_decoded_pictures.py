"""Pictures of a set as they are decoded: the broken ones among them, and grey ones beside those in colour."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from amgan.data.decoding import decode_picture
from amgan.data.labelled_images import load_labelled_images
from tests.data.data_sets import IMAGE, LABELS, TWO_CLASSES, cells, levels, put, put_table, refusal


@pytest.mark.parametrize("kind", [struct.error, TypeError, OverflowError, Image.DecompressionBombError])
def test_whatever_a_decoder_makes_of_broken_bytes(tmp_path, monkeypatch, kind):
    """Mangled EXIF and TIFF headers brought Pillow to each of these."""
    put(tmp_path, {"a/0.png": 0, "a/1.png": b"mangled", "b/2.png": 2})

    def decode(content: bytes, size: int):
        if content == b"mangled":
            raise kind("what\nnow")
        return decode_picture(content, size)

    monkeypatch.setattr("amgan.data.decoded_pictures.decode_picture", decode)
    assert "picture a/1.png cannot be read (damaged or cut short: what now)" in refusal(tmp_path)
    assert load_labelled_images(str(tmp_path), 32, skip_broken=True).skipped == 1


def test_broken_picture_in_a_table(tmp_path):
    pictures = cells()
    pictures[1] = {"bytes": b"no picture", "path": None}
    pictures[3] = None
    pictures[4] = {"bytes": b"no picture", "path": "kitten.png"}
    put_table(tmp_path, {"image": pictures, "y": [0, 1, 1, 0, 0]}, image=IMAGE, y=TWO_CLASSES)
    assert (
        "3 of 5 pictures cannot be read: in row 1 (no picture, a damaged one, or of a kind not known here), "
        "in row 3 (there is none)" in refusal(tmp_path)
    )
    data = load_labelled_images(str(tmp_path), 32, skip_broken=True)
    assert (levels(data), data.labels.tolist(), data.skipped) == ([0, 2], [0, 1], 3)
    put_table(tmp_path, {"image": pictures[3:4] + pictures[:1], "y": [0, 1]}, image=IMAGE, y=TWO_CLASSES)
    assert "picture in row 0 cannot be read (there is none)" in refusal(tmp_path)
    put_table(tmp_path, {"image": pictures[4:] + pictures[:1], "y": [0, 1]}, image=IMAGE, y=TWO_CLASSES)
    assert "kitten.png" in refusal(tmp_path)


def test_channels(tmp_path):
    """One in colour makes three channels for all, wherever it stands."""
    put_table(tmp_path, {"image": cells(), "y": LABELS}, image=IMAGE, y=TWO_CLASSES)
    assert load_labelled_images(str(tmp_path), 32).images.shape[1] == 1
    forced = load_labelled_images(str(tmp_path), 32, channels=3)
    assert forced.images.shape[1] == 3
    assert (forced.images == forced.images[:, :1]).all()
    for place in (0, 2, 4):
        pictures = cells()
        buffer = io.BytesIO()
        Image.new("RGB", (32, 32), (255, 0, 0)).save(buffer, "PNG")
        pictures[place] = {"bytes": buffer.getvalue(), "path": None}
        put_table(tmp_path, {"image": pictures, "y": LABELS}, image=IMAGE, y=TWO_CLASSES)
        data = load_labelled_images(str(tmp_path), 32)
        expected = [[level] * 3 for level in range(5)]
        expected[place] = [255, 0, 0]
        assert data.images[:, :, 5, 7].tolist() == expected
        assert data.images.is_contiguous()
        grey = load_labelled_images(str(tmp_path), 32, channels=1)
        assert levels(grey)[place] == 76  # 0.299 of red
