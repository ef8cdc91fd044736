"""The pictures of a run are enough for a step, and say what model is trained."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from amgan.data.held_out import split_held_out
from amgan.data.options import load_split
from amgan.errors import CheckpointError, DataError, SplitError
from amgan.model import AMGAN
from amgan.training import TrainConfig
from amgan.training.run_data import larger_in_words, load_training_data, model_config_of, suited
from amgan.training.run_folder import check_run_folder
from tests.data.data_sets import put
from tests.training.runs import make_pictures, run, tiny


def test_fewer_pictures_than_a_batch(pictures, tmp_path):
    config = tiny(pictures, tmp_path / "run", batch_size=65)
    with pytest.raises(DataError, match="64 pictures are fewer than a batch of 65"):
        run(config)
    data = load_training_data(config)
    enough = replace(config, batch_size=32)
    assert suited(enough, data, num_processes=2) == (enough, data, None, [])
    with pytest.raises(DataError, match="fewer than a batch of 66"):
        suited(replace(config, batch_size=33), data, num_processes=2)


def test_a_batch_that_nobody_asked_for_is_lowered_to_what_there_is(tmp_path):
    folder = make_pictures(tmp_path / "data", 12)
    console = Console(file=io.StringIO(), width=200)
    config = replace(tiny(folder, tmp_path / "run", steps=2), batch_size=TrainConfig.batch_size)
    run(config, console)
    assert "Batches   of 12, as there are so few pictures" in console.file.getvalue()
    # A resume goes on with it, though nobody says so.
    run(replace(config, steps=3, resume=True))
    assert AMGAN.from_pretrained(config.out / "release").metrics["training"]["pictures_seen"] == 36
    with pytest.raises(DataError, match="fewer than a batch"):
        suited(config, load_training_data(config), num_processes=6)


def test_a_planned_run_on_few_pictures_keeps_a_tenth_out(pictures, tmp_path):
    planned = tiny(pictures, tmp_path / "run", steps=0)
    data = load_training_data(planned)
    config, training, held_out, words = suited(planned, data)
    assert (config.hold_out, len(training), words) == (
        0.1, 58, ["Kept out  6 of 64 pictures, for evaluate to compare with"])  # fmt: skip
    rows = {image.numpy().tobytes() for image in training.images}
    kept_out = {image.numpy().tobytes() for image in held_out.images}
    assert kept_out == {image.numpy().tobytes() for image in split_held_out(data)[1].images}
    assert not rows & kept_out
    for asked in (replace(planned, hold_out=0.0), replace(planned, steps=5)):
        assert len(suited(asked, data)[1]) == 64
    assert len(suited(replace(planned, steps=5, hold_out=0.5), data)[1]) == 32


def test_where_there_is_a_split_test_nothing_more_is_kept_out(tmp_path):
    for split in ("train", "test"):
        make_pictures(tmp_path / "data" / split, 16)
    put(tmp_path / "data" / "test", {"tall/broken.png": b"nothing that is there is decoded"})
    config = tiny(tmp_path / "data", tmp_path / "run", steps=0)
    assert suited(config, load_training_data(config))[0] == config


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


def test_kept_pictures_of_one_class_are_put_to_the_photos_with_their_weight(tmp_path):
    photos, kept = make_pictures(tmp_path / "photos", 12), tmp_path / "kept"
    put(kept, {"oval/1.png": 200, "oval/2.png": 210})
    console = Console(file=io.StringIO(), width=200)
    config = replace(tiny(photos, tmp_path / "run"), data=(str(photos), str(kept)), data_weights=(1.0, 2.0))
    run(config, console)
    assert f"Data      {photos} + {kept}: 14 pictures, 4 classes" in console.file.getvalue()
    assert f"{kept} 2 drawn 2 times as often; not in {photos}: oval" in console.file.getvalue()
    model = AMGAN.from_pretrained(config.out / "release")
    assert model.class_names == ("round", "square", "tall", "oval")
    assert model.metrics["training"]["data"] == "photos + kept"
    run(replace(config, resume=True, steps=5))
    changed = (
        {"data": (str(photos),), "data_weights": ()},
        {"data": (str(kept), str(photos))},
        {"data_weights": (1, 1)},
    )
    for changes in changed:
        with pytest.raises(CheckpointError, match=f"was trained with {min(changes)} = .* not "):
            check_run_folder(replace(config, resume=True, **changes))
    with pytest.raises(DataError, match=f"only one class .*: name .* as in --data photos {kept}$"):
        load_training_data(replace(config, data=(str(kept),)))


def test_a_split_test_may_be_in_some_of_the_sources_but_that_of_the_training_is_in_all(tmp_path):
    photos, kept = tmp_path / "photos", make_pictures(tmp_path / "kept", 12)
    for split in ("train", "test"):
        make_pictures(photos / split, 12)
    config = replace(tiny(photos, tmp_path / "run", steps=0), data=(str(photos), str(kept)))
    assert suited(config, load_training_data(config))[0].hold_out is None
    assert len(load_split(config, "test", 32)) == 12
    with pytest.raises(SplitError, match="kept"):
        load_training_data(replace(config, split="test"))
    with pytest.raises(DataError, match="no data set is named"):
        load_training_data(replace(config, data=()))


def test_pictures_larger_than_what_is_kept_of_them_are_said_where_no_size_is_asked(tmp_path):
    config = tiny(tmp_path, tmp_path / "run")
    data = load_training_data(replace(config, data=(str(make_pictures(tmp_path / "data", 6)),)))
    assert larger_in_words(config, data) == ""
    photos = replace(data, original_sizes={(64, 80): 2, (300, 200): 2, (63, 900): 3})
    assert "64x64 pixels or more, of which 32x32 are kept: --image-size 64 keeps more" in larger_in_words(
        config, photos
    )
    assert larger_in_words(replace(config, image_size=64), photos) == ""
    assert larger_in_words(config, replace(photos, original_sizes={(64, 64): 2, (32, 32): 3})) == ""
