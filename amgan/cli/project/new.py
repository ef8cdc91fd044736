"""``project new``: a project of photos, or more photos for one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console

from amgan.console import say
from amgan.projects.acts import user_name
from amgan.projects.bringing import bring
from amgan.projects.folder import Project
from amgan.reviews.text import count

MOST_NAMED = 20


@dataclass(frozen=True)
class NamedProject:
    """A project.

    Attributes:
        project: Its folder.
        who: Who is at work, for the log of a project that several share; the user of the machine if not given.
    """

    project: Annotated[tyro.conf.Positional[Path], tyro.conf.arg(metavar="DIR")]
    who: str = ""

    @property
    def person(self) -> str:
        """Who is at work."""
        return self.who or user_name()


@dataclass(frozen=True, kw_only=True)
class ProjectNewCommand(NamedProject):
    """Make a project of photos, or bring more photos into one.

    Attributes:
        photos: Photos, folders, archives, data sets, or ids of the Hub. Where subfolders or a file of labels say
            classes, they are taken.
        title: What the project is called; as its folder if not given.
    """

    photos: tuple[str, ...]
    title: str = ""


def run_project_new(command: ProjectNewCommand, console: Console) -> None:
    """Copy the photos, say what came of it.

    Raises:
        AmganError: photos that cannot be used, or a folder that holds something else.
    """
    project = Project.create(command.project, command.title or command.project.resolve().name)
    brought = bring(project, command.photos, command.person)
    again = f", {brought.there} were there already" if brought.there else ""
    say(console, f"Photos    {count(brought.added, 'photo')} added to {project.folder}{again}")
    if brought.labelled:
        say(console, f"Classes   of {count(brought.labelled, 'photo')}, as their folders or labels say")
    for broken in brought.broken[:MOST_NAMED]:
        say(console, f"Broken    {broken.name} is left out ({broken.reason})")
    if len(brought.broken) > MOST_NAMED:
        say(console, f"Broken    and {len(brought.broken) - MOST_NAMED} more")
    if brought.left_out:
        say(console, f"Left out  {brought.left_out}")
    say(console, f"Next      amgan project label {project.folder}")
