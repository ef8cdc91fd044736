"""The real pictures beside a model: they come back as they were, and whatever does not fit is refused in one line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save

from amgan.errors import ReleaseError
from amgan.model import AMGAN
from amgan.release.folder import REAL_FILE
from amgan.release.real_pictures import MAX_LINE, MOST, read_real, write_real
from tests.models import tiny_config, tiny_model
from tests.real_pictures import some_real

CONFIG = tiny_config()
REAL = some_real(CONFIG)
ABOUT = {"licence": "MIT", "holder": "Jo", "source": "noise"}


def test_they_go_with_the_model(tmp_path):
    model = tiny_model()
    model.save_pretrained(tmp_path)
    assert AMGAN.from_pretrained(tmp_path).real_pictures is None
    revision = AMGAN.from_pretrained(tmp_path).revision
    model.real_pictures = REAL
    model.save_pretrained(tmp_path)
    again = AMGAN.from_pretrained(tmp_path)
    assert again.revision == revision  # no picture of the model depends on them
    assert again.real_pictures is not None
    assert torch.equal(again.real_pictures.pictures, REAL.pictures)
    assert torch.equal(again.real_pictures.labels, REAL.labels)
    assert (again.real_pictures.licence, again.real_pictures.holder) == ("MIT", "Copyright (c) 2026 Jo")
    again.real_pictures = None
    again.save_pretrained(tmp_path)
    assert not (tmp_path / REAL_FILE).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"pictures": REAL.pictures[:9], "labels": REAL.labels[:9]},
        {"pictures": REAL.pictures.repeat(100, 1, 1, 1), "labels": REAL.labels.repeat(100)},
        {"pictures": REAL.pictures.float()},
        {"pictures": REAL.pictures.permute(0, 3, 1, 2)},
        {"pictures": REAL.pictures[:, :16]},
        {"pictures": REAL.pictures.expand(-1, -1, -1, 3)},
        {"pictures": REAL.pictures[0, 0, 0]},
        {"labels": REAL.labels[1:]},
        {"labels": REAL.labels.int()},
        {"labels": REAL.labels + CONFIG.num_classes},
        {"labels": REAL.labels - 1},
        {"licence": " "},
        {"licence": "x" * (MAX_LINE + 1)},
        {"holder": "Jo\nthe second"},
        {"source": 3},
    ],
)
def test_what_does_not_fit_is_neither_written_nor_read(tmp_path, change):
    wrong = replace(REAL, **change)
    file = tmp_path / REAL_FILE
    with pytest.raises(ReleaseError):
        write_real(file, wrong, CONFIG)
    assert not file.exists()
    about = {name: getattr(wrong, name) for name in ABOUT}
    tensors = {"pictures": wrong.pictures.contiguous(), "labels": wrong.labels}
    file.write_bytes(save(tensors, {"about": json.dumps(about)}))
    refused(file)


@pytest.mark.parametrize(
    "header",
    [None, {}, {"about": ""}, {"about": "{"}, {"about": "[" * 5000}, {"about": "[]"},
     {"about": '{"licence": "MIT"}'}, {"about": json.dumps({**ABOUT, "more": "x"})}],
)  # fmt: skip
def test_a_file_says_whose_they_are(tmp_path, header):
    file = tmp_path / REAL_FILE
    file.write_bytes(save({"pictures": REAL.pictures, "labels": REAL.labels}, header))
    assert "licence, holder, source" in refused(file)


def test_other_files_are_refused(tmp_path):
    file = tmp_path / REAL_FILE
    about = {"about": json.dumps(ABOUT)}
    for content in (
        b"", b"{}", b"\x00" * 100, save({"pictures": REAL.pictures}, about),
        save({"pictures": REAL.pictures, "labels": REAL.labels, "more": REAL.labels.clone()}, about),
    ):  # fmt: skip
        file.write_bytes(content)
        refused(file)
    with file.open("wb") as opened:
        opened.truncate(MOST * 64 * 64 * 3 + 10_000_000)
    assert "larger than" in refused(file)
    file.unlink()
    file.mkdir()
    refused(file)


def refused(file):
    with pytest.raises(ReleaseError) as caught:
        read_real(file, CONFIG)
    assert "\n" not in str(caught.value)
    assert REAL_FILE in str(caught.value)
    return str(caught.value)
