"""``python -m amgan COMMAND``: reads the flags, runs the command, says in one line what went wrong."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import tyro
from rich.console import Console

from amgan import __version__
from amgan.cli.bench import BenchCommand, run_bench
from amgan.cli.compare import CompareCommand, run_compare
from amgan.cli.evaluate import EvaluateCommand, run_evaluate
from amgan.cli.export import ExportCommand, run_export
from amgan.cli.generate import GenerateCommand, run_generate
from amgan.cli.interpolate import InterpolateCommand, run_interpolate
from amgan.cli.project.command import ProjectCommand, run_project
from amgan.cli.push import PushCommand, run_push
from amgan.cli.review.command import ReviewCommand, run_review
from amgan.cli.sample import SampleCommand, run_sample
from amgan.cli.serve import ServeCommand, run_serve
from amgan.cli.space import SpaceCommand, run_space
from amgan.console import say
from amgan.errors import AmganError, one_line
from amgan.hub.client import silence_hub_client
from amgan.training import TrainConfig, train
from amgan.training.judge_train_config import JudgeTrainConfig
from amgan.training.judge_training import train_judge

DESCRIPTION = (
    "Class-labelled image GANs: train on a folder of pictures, draw by class, morph, publish. --version says which one."
)

COMMANDS: dict[str, Callable[..., object]] = {
    "train": TrainConfig,
    "sample": SampleCommand,
    "serve": ServeCommand,
    "generate": GenerateCommand,
    "interpolate": InterpolateCommand,
    "review": ReviewCommand,
    "project": ProjectCommand,
    "push": PushCommand,
    "export": ExportCommand,
    "space": SpaceCommand,
    "evaluate": EvaluateCommand,
    "train-judge": JudgeTrainConfig,
    "compare": CompareCommand,
    "bench": BenchCommand,
}


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exits with 0, with 1 after an error of the package or the system, with 2 after wrong flags."""
    console = Console()
    if (sys.argv[1:] if arguments is None else arguments) == ["--version"]:
        say(console, f"amgan {__version__}")
        return
    try:
        options = tyro.extras.subcommand_cli_from_dict(
            COMMANDS,
            prog="python -m amgan",
            description=DESCRIPTION,
            args=arguments,
            config=(tyro.conf.FlagCreatePairsOff,),
        )
        match options:
            case TrainConfig():
                _silence_data_libraries()
                if options.push_to_hub is not None:
                    silence_hub_client()
                train(options, console)
            case EvaluateCommand():
                _silence_data_libraries()
                run_evaluate(options, console)
            case CompareCommand():
                _silence_data_libraries()
                run_compare(options, console)
            case JudgeTrainConfig():
                _silence_data_libraries()
                train_judge(options, console)
            case SampleCommand():
                run_sample(options, console)
            case ServeCommand():
                run_serve(options, console)
            case GenerateCommand():
                run_generate(options, console)
            case InterpolateCommand():
                run_interpolate(options, console)
            case ReviewCommand():
                run_review(options, console)
            case ProjectCommand():
                _silence_data_libraries()
                run_project(options, console)
            case ExportCommand():
                run_export(options, console)
            case PushCommand():
                run_push(options, console)
            case SpaceCommand():
                run_space(options, console)
            case BenchCommand():
                run_bench(options, console)
    except AmganError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        # A disk that is full, a folder that is not writable: the machine's doing, which a traceback does not explain.
        print(f"error: {one_line(error)}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)


def _silence_data_libraries() -> None:
    import datasets

    # Their bars and notices would stand between the run's own lines; what goes wrong is raised all the same.
    datasets.disable_progress_bars()
    logging.getLogger("huggingface_hub.repocard").setLevel(logging.ERROR)
