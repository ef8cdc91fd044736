"""``project train`` and ``project look``: a model of the labels, a process of its own, and what can be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rich.console import Console

from amgan.cli.project.new import NamedProject
from amgan.console import say
from amgan.networks.architecture import ImageSize
from amgan.projects.feedback import run_with_votes
from amgan.projects.folder import Project
from amgan.projects.looking import look_at
from amgan.projects.runs import Choice, Run, new_run, newest_with_model, run_of
from amgan.projects.training import train_project
from amgan.projects.words import ProjectWords


@dataclass(frozen=True)
class ProjectTrainCommand(NamedProject):
    """Train a model on the labels as they stand, or go on with a training that was stopped.

    Attributes:
        choice: first-look (10 minutes), good (45 minutes) or overnight (8 hours).
        image_size: Side of the pictures in pixels.
        anew: Begin a new training though there is one to go on with.
        with_votes: Train the model on that people judged last, with the pictures that they kept beside the photos; its
            size and further flags stay.
        options: Further flags of `train`, as one text: --options="--generator-width 48".
    """

    choice: Choice = "first-look"
    image_size: ImageSize = 64
    anew: bool = False
    with_votes: bool = False
    options: str = ""


@dataclass(frozen=True)
class ProjectLookCommand(NamedProject):
    """Find out how near a model's pictures come to single photos, and what each class lacks.

    Attributes:
        run: The training, as 1-first-look; the newest that has a model if not given.
    """

    run: str = ""


def run_project_train(command: ProjectTrainCommand, console: Console) -> None:
    """Train, and say where the model is.

    Raises:
        AmganError: in one line, what is missing or what failed.
    """
    project = Project.open(command.project)

    def begun() -> Run:
        if command.with_votes:
            return run_with_votes(project, command.choice)
        return new_run(project, command.choice, command.image_size, command.options)

    run = train_project(project, begun, command.anew, partial(say, console))
    again = f"; amgan project train {project.folder} goes on"
    say(console, f"Model      {run.model or 'none yet'}{'' if run.is_finished else again}")
    if run.model:
        commands = ("look", "review", "report")
        say(console, f"Next       {', '.join(f'amgan project {name} {project.folder}' for name in commands)}")


def run_project_look(command: ProjectLookCommand, console: Console) -> None:
    """Look, and say what was found.

    Raises:
        AmganError: there is no model, or it cannot be used.
    """
    project = Project.open(command.project)
    run = run_of(project, command.run) if command.run else newest_with_model(project)
    look, words = look_at(project, run), ProjectWords()
    say(console, words.copies(look))
    for lack in look.lacks:
        say(console, words.lack(lack))
    if not look.lacks:
        say(console, "No class lacks anything that is measured.")
