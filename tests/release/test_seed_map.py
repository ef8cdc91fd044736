"""The map of seeds beside a model: it comes back as it was, and whatever is no map is refused in one line."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import torch
from PIL import Image
from safetensors.torch import save

from amgan.bounds import MAX_SEED
from amgan.errors import ReleaseError
from amgan.model import AMGAN
from amgan.release.folder import MAP_FILE
from amgan.release.seed_map import MAX_MAP_BYTES, MAX_SPRITE_BYTES, MOST_SIDE, THUMBNAIL, SeedMap, read_map, write_map
from tests.models import tiny_model


def picture(columns=3, rows=2, kind="WEBP", **options):
    buffer = io.BytesIO()
    Image.new("RGB", (columns * THUMBNAIL, rows * THUMBNAIL), "red").save(buffer, kind, **options)
    return buffer.getvalue()


MAP = SeedMap(torch.tensor([[5, 0, MAX_SEED], [3, 2, 1]]), picture())
LONG = picture(append_images=[Image.new("RGB", (3 * THUMBNAIL, 2 * THUMBNAIL), "blue")], save_all=True)


def test_it_goes_with_the_model(tmp_path):
    model = tiny_model()
    model.save_pretrained(tmp_path)
    assert AMGAN.from_pretrained(tmp_path).seed_map is None
    revision = AMGAN.from_pretrained(tmp_path).revision
    model.seed_map = MAP
    model.save_pretrained(tmp_path)
    again = AMGAN.from_pretrained(tmp_path)
    assert again.revision == revision  # no picture of the model depends on it
    assert again.seed_map is not None
    assert torch.equal(again.seed_map.seeds, MAP.seeds)
    assert again.seed_map.sprite == MAP.sprite
    assert (again.seed_map.rows, again.seed_map.columns) == (2, 3)
    again.seed_map = None
    again.save_pretrained(tmp_path)
    assert not (tmp_path / MAP_FILE).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"seeds": MAP.seeds.int()},
        {"seeds": MAP.seeds.double()},
        {"seeds": MAP.seeds.flatten()},
        {"seeds": MAP.seeds[None]},
        {"seeds": MAP.seeds[:1], "sprite": picture(rows=1)},
        {"seeds": torch.empty(0, 3, dtype=torch.int64)},
        {"seeds": torch.arange(2 * (MOST_SIDE + 1)).reshape(2, -1), "sprite": picture(MOST_SIDE + 1)},
        {"seeds": MAP.seeds - 1},
        {"seeds": MAP.seeds + 1},
        {"seeds": MAP.seeds.clamp(max=3)},
        {"sprite": picture(4)},
        {"sprite": picture(3, 3)},
        {"sprite": picture(2, 3)},
        {"sprite": picture(kind="PNG")},
        {"sprite": picture(kind="GIF")},
        {"sprite": LONG},
        {"sprite": MAP.sprite[:-20]},
        {"sprite": b"RIFF"},
        {"sprite": MAP.sprite + bytes(MAX_SPRITE_BYTES)},
    ],
)
def test_what_is_no_map_is_neither_written_nor_read(tmp_path, change):
    wrong, file = replace(MAP, **change), tmp_path / MAP_FILE
    with pytest.raises(ReleaseError):
        write_map(file, wrong)
    assert not file.exists()
    sprite = torch.tensor(list(wrong.sprite), dtype=torch.uint8)
    file.write_bytes(save({"seeds": wrong.seeds.contiguous(), "sprite": sprite}))
    refused(file)


def test_other_files_are_refused(tmp_path):
    file, sprite = tmp_path / MAP_FILE, torch.tensor(list(MAP.sprite), dtype=torch.uint8)
    for content in (
        b"", b"{}", bytes(100), save({"seeds": MAP.seeds}), save({"sprite": sprite}),
        save({"seeds": MAP.seeds, "sprite": sprite, "more": sprite.clone()}),
        save({"seeds": MAP.seeds, "sprite": sprite[None]}), save({"seeds": MAP.seeds, "sprite": sprite.int()}),
    ):  # fmt: skip
        file.write_bytes(content)
        refused(file)
    with file.open("wb") as opened:
        opened.truncate(MAX_MAP_BYTES + 1)
    assert "larger than" in refused(file)
    file.unlink()
    file.mkdir()
    refused(file)


def test_a_broken_map_breaks_the_release_and_says_which_file(tmp_path):
    tiny_model().save_pretrained(tmp_path)
    (tmp_path / MAP_FILE).write_bytes(b"no map")
    with pytest.raises(ReleaseError, match=MAP_FILE):
        AMGAN.from_pretrained(tmp_path)


def refused(file):
    with pytest.raises(ReleaseError) as caught:
        read_map(file)
    assert "\n" not in str(caught.value)
    assert MAP_FILE in str(caught.value)
    return str(caught.value)
