"""`directions`: writes what the page's sliders need beside a model, once."""

from __future__ import annotations

import shutil

import numpy as np
from PIL import Image

from amgan.model import AMGAN
from amgan.release.folder import DIRECTIONS_FILE


def test_they_are_found_once_and_a_name_leads_to_the_picture(run, fail, release, tmp_path):
    folder = tmp_path / "shoes"
    shutil.copytree(release, folder)
    said = run("directions", "--model", folder)
    model = AMGAN.from_pretrained(folder)
    number = model.directions.end_numbers[0][1]
    assert f"(d{number})" in said
    assert "Written:" in said
    content = (folder / DIRECTIONS_FILE).read_bytes()
    assert "names of pictures" in fail("directions", "--model", folder)
    assert (folder / DIRECTIONS_FILE).read_bytes() == content
    name, file = f"7~20-d{number}", tmp_path / "one.png"
    run("sample", "--model", folder, "--seed", name, "--n", 1, "--out", file)
    assert np.array_equal(np.asarray(Image.open(file)), model.sample(None, name)[0, ..., 0])


def test_a_model_without_them_says_so(fail, release, tmp_path):
    assert "no directions" in fail(
        "sample", "--model", release, "--seed", "7~20-d5", "--n", 1, "--out", tmp_path / "a.png"
    )
    assert "no such release folder" in fail("directions", "--model", tmp_path / "none")
