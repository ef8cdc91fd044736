"""``map`` puts a map beside a model, which keeps its revision."""

from __future__ import annotations

import shutil

from amgan import AMGAN
from amgan.release.folder import MAP_FILE
from amgan.sampling.map_making import COLUMNS, ROWS


def test_a_model_gets_a_map(run, release, tmp_path):
    folder = shutil.copytree(release, tmp_path / "shoes")
    before = AMGAN.from_pretrained(folder)
    assert before.seed_map is None
    printed = run("map", "--model", folder)
    assert "2048 seeds" in printed
    assert str(folder / MAP_FILE) in printed
    model = AMGAN.from_pretrained(folder)
    assert model.revision == before.revision
    assert model.seed_map is not None
    assert sorted(model.seed_map.seeds.flatten().tolist()) == [*range(ROWS * COLUMNS)]


def test_without_a_model_there_is_no_map(fail, tmp_path):
    assert "no such release folder" in fail("map", "--model", tmp_path / "nobody")
    assert not (tmp_path / "nobody").exists()
