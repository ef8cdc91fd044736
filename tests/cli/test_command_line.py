"""The command line as a user meets it: help, wrong flags, and the way from a folder of pictures to a picture."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import numpy as np
import pytest
from PIL import Image

from amgan import AMGAN, __version__
from amgan.cli import main, sample
from amgan.cli.command_line import COMMANDS
from amgan.cli.project.command import ProjectAction
from amgan.cli.review.command import ReviewAction
from amgan.cli.sample import SampleCommand
from amgan.errors import AmganError
from amgan.networks.architectures import ARCHITECTURES
from tests.cli.flags import flag_of
from tests.models import saved, tiny_config
from tests.training.runs import CLASSES, forget_accelerator, make_pictures, shorten_releases

SLOW_TO_IMPORT = {"datasets", "gradio", "matplotlib", "pandas", "torchmetrics", "sklearn", "torch._dynamo"}
ONLY_TO_TRAIN = {"accelerate", "pyarrow", "fastapi"}


def python(*arguments: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *before, "-m", "amgan", *arguments],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip


def exit_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    return int(caught.value.code or 0)


def test_help_of_the_program():
    done = python("--help", before=("-X", "importtime"))
    assert done.returncode == 0
    imports = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert len(imports) == len(done.stderr.splitlines()), "it says nothing else"
    assert "torch" in imports
    assert not SLOW_TO_IMPORT & {*imports}, "only for the commands that need them"
    for name in COMMANDS:
        assert name in done.stdout


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_picture_needs_no_more_than_what_draws_it(architecture, tmp_path, monkeypatch):
    shorten_releases(monkeypatch.setattr)  # new nets name no class, which would be looked for in vain
    model = tmp_path / "model"
    AMGAN(tiny_config(architecture=architecture)).save_pretrained(model)
    done = python("sample", "--model", str(model), "--n", "1", "--out", str(tmp_path), before=("-X", "importtime"))
    assert done.returncode == 0, done.stderr
    imports = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "torch" in imports
    assert not (SLOW_TO_IMPORT | ONLY_TO_TRAIN) & imports


def test_the_version_is_answered(capsys):
    main(["--version"])
    assert capsys.readouterr().out == f"amgan {__version__}\n"


GROUPS = {"review": ReviewAction, "project": ProjectAction}
FLAGS_OF = {(name,): command.options for name, command in COMMANDS.items() if name not in GROUPS} | {
    (group, action.__metadata__[0].name): action.__origin__
    for group, actions in GROUPS.items()
    for action in get_args(actions)
}


@pytest.mark.parametrize("names", sorted(FLAGS_OF), ids=" ".join)
def test_help_of_a_command_names_every_flag(names, capsys):
    assert exit_code(*names, "--help") == 0
    printed = capsys.readouterr().out
    types = get_type_hints(FLAGS_OF[names], include_extras=True)
    for option in fields(FLAGS_OF[names]):
        if "Suppress" in repr(types[option.name]):  # a secret, which has a variable
            continue
        is_positional = "Positional" in repr(types[option.name])
        metavar = re.search(r"metavar='(\w+)'", repr(types[option.name]))
        positional = metavar[1] if metavar else option.name.upper()
        assert (positional if is_positional else flag_of(option)) in printed


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unknown"],
        ["sample"],
        ["sample", "--model", "m", "--out", "x", "--surprise", "1"],
        ["sample", "--model", "m", "--out", "x", "--seed", "abc"],
        ["sample", "--model", "m", "--out", "x", "--seed", "7~0-1"],
        ["interpolate", "--model", "m", "--out", "x", "--start", "1", "--end", "2", "--through", "3", "x"],
        ["sample", "--model", "m", "--out", "x", "--n", "1.5"],
        ["interpolate", "--model", "m", "--out", "x", "--start", "1", "--end", "2", "--method", "cubic"],
        ["train", "--data", "d", "--out", "x", "--objective", "dcgan"],
    ],
)
def test_wrong_flags_exit_with_2(arguments, capsys):
    assert exit_code(*arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_error_in_a_process_of_its_own(tmp_path):
    done = python("sample", "--model", str(tmp_path / "none"), "--out", str(tmp_path / "x.png"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert not done.stdout


@pytest.mark.parametrize(
    ("raised", "code", "printed"),
    [
        (AmganError("what was wrong"), 1, "error: what was wrong\n"),
        (
            OSError(28, "No space left on device"),
            1,
            "error: the disk takes no more ([Errno 28] No space left on device); make room there, then do it again\n",
        ),
        (KeyboardInterrupt(), 130, "stopped\n"),
    ],
)
def test_how_a_command_ends(monkeypatch, capsys, raised, code, printed):
    def fails(*_):
        raise raised

    monkeypatch.setattr(sample, "run_sample", fails)
    assert exit_code("sample", "--model", "m", "--out", "x") == code
    assert capsys.readouterr().err == printed


def test_a_defect_of_our_own_keeps_its_traceback(monkeypatch):
    def fails(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(sample, "run_sample", fails)
    with pytest.raises(ZeroDivisionError):
        main(["sample", "--model", "m", "--out", "x"])


def test_flags_become_the_command(monkeypatch):
    seen = []
    monkeypatch.setattr(sample, "run_sample", lambda command, console: seen.append(command))
    main(["sample", "--model", "m", "--out", "o", "--label", "a", "b c", "--n", "3", "--confidence", "0.5"])
    assert seen == [SampleCommand(model="m", out=Path("o"), label=("a", "b c"), n=3, confidence=0.5)]


def test_from_a_folder_of_pictures_to_a_picture(tmp_path, monkeypatch):
    shorten_releases(monkeypatch.setattr)
    data = make_pictures(tmp_path / "pictures", 24)
    forget_accelerator()
    try:
        main(["train", "--data", str(data), "--out", str(tmp_path / "run"), "--steps", "6", "--batch-size", "4",
              "--latent-dim", "5", "--generator-width", "3", "--discriminator-width", "3", "--confidence", "0",
              "--index-seeds", "1", "--precision", "fp32", "--log-every", "3", "--labeling", "dynamic",
              "--generator-first", "5"])  # fmt: skip
    finally:
        forget_accelerator()
    release = tmp_path / "run" / "release"
    main(["sample", "--model", str(release), "--n", "3", "--columns", "3", "--out", str(tmp_path / "x.png")])
    assert Image.open(tmp_path / "x.png").size == (100, 32)
    model = AMGAN.from_pretrained(release)
    assert model.class_names == CLASSES
    assert model.metrics["training"]["steps"] == 6
    assert len(model.seed_index) == 1
    main(["interpolate", "--model", str(release), "--start", "1", "--end", "2", "--frames", "3", "--out",
          str(tmp_path / "x.webp")])  # fmt: skip
    assert Image.open(tmp_path / "x.webp").n_frames == 3


def test_data_that_is_not_there_is_one_line(tmp_path, capsys):
    assert exit_code("train", "--data", str(tmp_path / "none"), "--out", str(tmp_path / "run")) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("error: ")] == lines[-1:]
    assert not any("Traceback" in line for line in lines)


def test_the_same_release_in_another_process_gives_the_same_bytes(tmp_path):
    release = saved(tmp_path / "m", index_seeds=2)
    done = python("sample", "--model", str(release), "--label", "Bag", "--n", "4", "--out", str(tmp_path / "x.npz"))
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "x.npz") as content:
        assert np.array_equal(content["images"], AMGAN.from_pretrained(release).sample("Bag", range(4)))
