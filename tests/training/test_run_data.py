"""The pictures of a run are enough for a step, and say what model is trained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amgan.errors import DataError
from amgan.training.run_data import load_training_data, model_config_of
from tests.training.runs import make_pictures, run, tiny


def test_fewer_pictures_than_a_batch(pictures, tmp_path):
    config = tiny(pictures, tmp_path / "run", batch_size=65)
    with pytest.raises(DataError, match="64 pictures are fewer than a batch of 65"):
        run(config)
    assert len(load_training_data(replace(config, batch_size=32), num_processes=2)) == 64
    with pytest.raises(DataError, match="fewer than a batch of 66"):
        load_training_data(replace(config, batch_size=33), num_processes=2)


def test_broken_pictures_are_left_out_if_that_is_asked(tmp_path):
    folder = make_pictures(tmp_path / "data", 12)
    (folder / "tall" / "bad.png").write_bytes(b"no picture")
    assert load_training_data(tiny(folder, tmp_path / "run", skip_broken=True)).skipped == 1


def test_one_channel_or_three_by_the_pictures_or_as_asked(pictures, tmp_path):
    def model(**changes):
        config = tiny(pictures, tmp_path / "run", **changes)
        return model_config_of(config, load_training_data(config))

    assert model().channels == 1
    assert model(channels=3).channels == 3
    assert model().class_names == ("round", "square", "tall")
