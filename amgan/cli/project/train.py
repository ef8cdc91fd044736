"""``project train``: a model of the labels, in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rich.console import Console

from amgan.cli.project.new import NamedProject
from amgan.console import say
from amgan.networks.architecture import ImageSize
from amgan.projects.folder import Project
from amgan.projects.runs import Choice, train_project


@dataclass(frozen=True)
class ProjectTrainCommand(NamedProject):
    """Train a model on the labels as they stand, or go on with a training that was stopped.

    Attributes:
        choice: first-look (10 minutes), good (45 minutes) or overnight (8 hours).
        image_size: Side of the pictures in pixels.
        anew: Begin a new training though there is one to go on with.
        options: Further flags of `train`, as one text.
    """

    choice: Choice = "first-look"
    image_size: ImageSize = 64
    anew: bool = False
    options: str = ""


def run_project_train(command: ProjectTrainCommand, console: Console) -> None:
    """Train, and say where the model is.

    Raises:
        AmganError: in one line, what is missing or what failed.
    """
    project = Project.open(command.project)
    run = train_project(
        project, command.choice, command.image_size, command.options, command.anew, partial(say, console)
    )
    again = f"; amgan project train {project.folder} goes on"
    say(console, f"Model      {run.model or 'none yet'}{'' if run.is_finished else again}")
    if run.model:
        say(console, f"Next       amgan project review {project.folder}, amgan project report {project.folder}")
