"""``python -m amgan COMMAND``: reads the flags, runs the command, says in one line what went wrong."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import tyro
from rich.console import Console

from amgan import __version__
from amgan.console import say
from amgan.errors import AmganError, one_line
from amgan.whole_files import FULL

DESCRIPTION = (
    "Class-labelled image GANs: train on a folder of pictures, draw by class, morph, publish. --version says which one."
)


@dataclass(frozen=True)
class Command:
    """Where a command stands: imported only where it is the one, or where help lists all.

    Attributes:
        module: Module of its flags, and of what runs it.
        flags: Class whose fields are its flags.
        runs: Function that takes these and the console.
        runs_in: The module of that one, if it is another.
        reads_data: Whether it opens data sets, whose libraries then are to keep still.
    """

    module: str
    flags: str
    runs: str
    runs_in: str = ""
    reads_data: bool = False

    @property
    def options(self) -> Callable[..., Any]:
        """The class of its flags."""
        options: Callable[..., Any] = getattr(import_module(self.module), self.flags)
        return options

    def run(self, options: Any, console: Console) -> None:
        """Run it with its flags."""
        if self.reads_data:
            _silence_data_libraries()
        getattr(import_module(self.runs_in or self.module), self.runs)(options, console)


COMMANDS = {
    "train": Command("amgan.training.config", "TrainConfig", "train", "amgan.training.run", reads_data=True),
    "sample": Command("amgan.cli.sample", "SampleCommand", "run_sample"),
    "serve": Command("amgan.cli.serve", "ServeCommand", "run_serve"),
    "generate": Command("amgan.cli.generate", "GenerateCommand", "run_generate"),
    "interpolate": Command("amgan.cli.interpolate", "InterpolateCommand", "run_interpolate"),
    "review": Command("amgan.cli.review.command", "ReviewCommand", "run_review"),
    "project": Command("amgan.cli.project.command", "ProjectCommand", "run_project", reads_data=True),
    "push": Command("amgan.cli.push", "PushCommand", "run_push"),
    "export": Command("amgan.cli.export", "ExportCommand", "run_export"),
    "space": Command("amgan.cli.space", "SpaceCommand", "run_space"),
    "evaluate": Command("amgan.cli.evaluate", "EvaluateCommand", "run_evaluate", reads_data=True),
    "real": Command("amgan.cli.real", "RealCommand", "run_real", reads_data=True),
    "directions": Command("amgan.cli.directions", "DirectionsCommand", "run_directions"),
    "map": Command("amgan.cli.map", "MapCommand", "run_map"),
    "train-judge": Command(
        "amgan.training.judge_train_config", "JudgeTrainConfig", "train_judge", "amgan.training.judge_training",
        reads_data=True,
    ),
    "compare": Command("amgan.cli.compare", "CompareCommand", "run_compare", reads_data=True),
    "bench": Command("amgan.cli.bench", "BenchCommand", "run_bench"),
}  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exits with 0, with 1 after an error of the package or the system, with 2 after wrong flags."""
    console = Console()
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments == ["--version"]:
        say(console, f"amgan {__version__}")
        return
    asked = [name for name in COMMANDS if arguments[:1] == [name]] or list(COMMANDS)
    try:
        options = tyro.extras.subcommand_cli_from_dict(
            {name: COMMANDS[name].options for name in asked},
            prog="python -m amgan",
            description=DESCRIPTION,
            args=arguments,
            config=(tyro.conf.FlagCreatePairsOff,),
        )
        COMMANDS[asked[0]].run(options, console)
    except AmganError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        # A disk that is full, a folder that is not writable: the machine's doing, which a traceback does not explain.
        full = f"the disk takes no more ({one_line(error)}); make room there, then do it again"
        print(f"error: {full if error.errno in FULL else one_line(error)}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)


def _silence_data_libraries() -> None:
    import datasets

    # Their bars and notices would stand between the run's own lines; what goes wrong is raised all the same.
    datasets.disable_progress_bars()
    logging.getLogger("huggingface_hub.repocard").setLevel(logging.ERROR)
