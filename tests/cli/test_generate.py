"""``generate``: any number of pictures, gone on with by the same command, the same files by any number of processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from amgan import AMGAN
from amgan.bulk import chunk_source
from amgan.cli import main
from amgan.data.labelled_images import load_labelled_images
from tests.bulk.jobs import contents


def rows_of(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("which", ["release", "predefined"])
def test_class_folders_that_can_be_trained_on(which, request, run, tmp_path):
    release = request.getfixturevalue(which)
    printed = run(
        "generate", "--model", release, "--n", 7, "--label", "ankle boot", "1", "--seed", 3, "--out", tmp_path
    )
    model = AMGAN.from_pretrained(release)
    assert printed == f"7 pictures of Ankle boot, Bag, seeds 3 to 6, revision {model.revision[:8]} -> {tmp_path}"
    rows = rows_of(tmp_path)
    names = [(row["class"], row["seed"]) for row in rows]
    # The first that was asked has one more.
    assert names == [("Bag", seed) for seed in (3, 4, 5)] + [("Ankle boot", seed) for seed in (3, 4, 5, 6)]
    expected = model.sample([name for name, _ in names], [seed for _, seed in names])
    found = [np.asarray(Image.open(tmp_path / row["file"])).reshape(expected[0].shape) for row in rows]
    assert np.array_equal(found, expected)
    data = load_labelled_images(str(tmp_path), 32)
    assert list(data.class_counts.items()) == [("Bag", 3), ("Ankle boot", 4)]


@pytest.mark.parametrize("place", ["the folder of models", "the model"])
def test_the_shortest_command_takes_the_first_model_and_any_class(run, release, tmp_path, monkeypatch, place):
    monkeypatch.setenv("AMGAN_WEIGHTS", str(release if place == "the model" else release.parent))
    run("generate", "--n", 5, "--out", tmp_path / "x")
    rows = rows_of(tmp_path / "x")
    assert [(row["seed"], row["asked_class"]) for row in rows] == [(seed, None) for seed in range(5)]
    assert {row["model"] for row in rows} == {"shoes"}


def test_balanced_is_every_class(run, release, tmp_path):
    run("generate", "--model", release, "--n", 7, "--balanced", "--out", tmp_path, "--format", "zip")
    with zipfile.ZipFile(tmp_path / "pictures.zip") as archive:
        rows = [json.loads(line) for line in archive.read("manifest.jsonl").splitlines()]
    assert [row["class"] for row in rows] == ["Sneaker"] * 3 + ["Bag"] * 2 + ["Ankle boot"] * 2


def test_the_same_command_goes_on_and_says_so(run, release, tmp_path, monkeypatch, capsys):
    arguments = ("generate", "--model", release, "--n", 600, "--format", "npz", "--out")
    run(*arguments, tmp_path / "whole")
    real, calls = chunk_source.draw_chunk, []

    def interrupted(*args):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(chunk_source, "draw_chunk", interrupted)
    with pytest.raises(SystemExit):
        main([str(argument) for argument in (*arguments, tmp_path / "parts")])
    monkeypatch.undo()
    printed = capsys.readouterr()
    assert "what is done is kept; the same command goes on from there" in printed.out
    assert printed.err == "stopped\n"
    assert "going on after 512 of 600 pictures" in run(*arguments, tmp_path / "parts")
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")
    assert "600 pictures of any class, seeds 0 to 599, revision" in (again := run(*arguments, tmp_path / "parts"))
    assert "are already in" in again


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--n", "0"], "n must be a whole number from 1"),
        (["--n", "2", "--balanced"], "n must be 3 or more"),
        (["--n", "4", "--balanced", "--label", "Bag"], "not both"),
        (["--n", "2", "--label", "Boat"], "no class 'Boat'; this model has Sneaker, Bag, Ankle boot"),
        (["--n", "2", "--seed", "-1"], "a seed must be"),
        (["--n", "2", "--seed", str(2**32 - 1)], "would pass the largest seed"),
        (["--n", "2", "--truncation", "nan"], "truncation must be"),
        (["--n", "2", "--confidence", "1"], "confidence must be"),
        (["--n", "2", "--model", "not/there"], "not/there: no such folder here"),
    ],
)
def test_errors_are_one_line_and_write_nothing(fail, release, tmp_path, arguments, words):
    assert words in fail("generate", "--model", release, "--out", tmp_path / "x", *arguments)
    assert not (tmp_path / "x").exists()


def test_a_folder_of_another_job_or_of_none_is_refused(run, fail, release, tmp_path):
    run("generate", "--model", release, "--n", 3, "--out", tmp_path / "x")
    before = contents(tmp_path / "x")
    assert "holds another job (with n 3, not 4)" in fail(
        "generate", "--model", release, "--n", 4, "--out", tmp_path / "x"
    )
    assert contents(tmp_path / "x") == before
    assert "holds other files" in fail("generate", "--model", release, "--n", 3, "--out", tmp_path)


def test_no_model_at_all_is_one_line(fail, tmp_path, monkeypatch):
    monkeypatch.setenv("AMGAN_WEIGHTS", str(tmp_path / "none"))
    assert "no model in" in fail("generate", "--n", 3, "--out", tmp_path / "x")


@pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="this torch has no gloo to connect processes")
def test_two_processes_write_the_same_files(run, release, tmp_path):
    arguments = ("generate", "--model", release, "--n", 1000, "--label", "Bag", "--format", "zip", "--out")
    run(*arguments, tmp_path / "one")
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m", "--", "amgan",
         *map(str, arguments), str(tmp_path / "two")],
        cwd=Path(__file__).parents[2], env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("1000 pictures of Bag") == 1
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_shares_of_two_machines_and_the_command_that_puts_them_together(run, fail, release, tmp_path, monkeypatch):
    arguments = ("generate", "--model", release, "--n", 600, "--format", "zip", "--out")
    run(*arguments, tmp_path / "whole")
    one, other, out = (tmp_path / name for name in ("one", "other", "out"))
    printed = run(*arguments, one, "--share", "0/2")
    assert f"share 0/2: 344 of 600 pictures are in {one}; 256 of other shares are not" in printed
    for name, value in {"ID": 2, "COUNT": 2, "MIN": 1, "MAX": 2}.items():
        monkeypatch.setenv(f"SLURM_ARRAY_TASK_{name}", str(value))
    assert f"share 1/2: 256 of 600 pictures are in {other}" in run(*arguments, other, "--share", "slurm")
    assert "and so are all others" in run(*arguments, one, "--share", "1/2")
    assert "going on after 600 of 600 pictures" in run(*arguments, out, "--gather", one, other)
    assert contents(out) == contents(tmp_path / "whole")
    assert f"all 600 pictures are already in {out}" in run(*arguments, out, "--share", "1/2")
    assert "there is no share 2/2" in fail(*arguments, tmp_path / "x", "--share", "2/2")
    assert "give --gather without --share" in fail(*arguments, tmp_path / "x", "--share", "0/2", "--gather", one)
    assert "holds no share of a job" in fail(*arguments, tmp_path / "x", "--gather", tmp_path)
    assert not (tmp_path / "x").exists()
