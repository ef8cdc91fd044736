"""``project label``: photos labelled with help, an act a line."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console

from amgan.cli.project.new import NamedProject
from amgan.console import say
from amgan.errors import AmganError, RequestError
from amgan.projects.folder import Project
from amgan.projects.labelling import PAGE, Labelling, Proposal
from amgan.projects.labels import SHORT
from amgan.projects.leaving import write_class_folders, write_metadata
from amgan.projects.sheet import Section, sheet_page
from amgan.projects.words import ProjectWords
from amgan.reviews.text import count, terminal_line
from amgan.whole_files import write_whole

SHEET = "sheet.html"
LINE = 12
"""So many photos are named on a line; the sheet shows all."""

HELP = """\
status                     what is labelled and what is open
groups [N]                 photos in groups of alike ones; N for coarser or finer ones
name GROUP CLASS           give what is open in a group a class
move CLASS PHOTO ...       give photos a class
open PHOTO ...             take the class of photos away
leave-out PHOTO ...        these are no part of this
proposals                  classes for what is open, the least sure first
confirm [CLASS] [SURE]     take the proposals, all or those of a class or at least so sure (0 to 1)
doubts                     labels that look wrong, the most doubtful first
keep PHOTO ...             these were looked at, and their labels are right
problems                   what stands between these photos and a good model, and what to do
undo [ACT]                 undo the last act of yours, or one by its id, or an undoing
export [FOLDER]            labels for train --data: beside the photos, or copied into a folder with a subfolder a class
A PHOTO is the first letters of its name; @3 stands for group 3, @shown for what was listed last, @repeated and the
other kinds for what has that problem."""


@dataclass(frozen=True)
class ProjectLabelCommand(NamedProject):
    """Label photos with help: in groups, single ones, by proposals. Photos are shown in sheet.html of the project.

    Attributes:
        act: An act, as `name 3 Apple`; if none is given, a line of the input each. `help` lists them.
    """

    act: Annotated[tyro.conf.Positional[tuple[str, ...]], tyro.conf.arg(metavar="ACT")] = ()


def run_project_label(command: ProjectLabelCommand, console: Console) -> None:
    """Do one act, or read acts line by line: in a terminal one that fails is told, over a pipe it is the end.

    Args:
        command: What was asked.
        console: For answers.

    Raises:
        AmganError: in one line, what cannot be done.
    """
    desk = Desk(command, console)
    if command.act:
        desk.do(command.act)
        return
    by_hand = sys.stdin.isatty()
    if by_hand:
        desk.do(("status",))
        say(console, "help lists what can be done; an empty line or Ctrl-D ends")
    for line in sys.stdin:
        if not line.strip() and by_hand:
            return
        try:
            desk.do(_words(line))
        except AmganError as error:
            if not by_hand:
                raise
            say(console, f"error: {error}")


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        raise RequestError(f"{line.strip()!r:.80}: a quotation mark has no second one") from error


class Desk:
    """One person's labelling in a terminal."""

    def __init__(self, command: ProjectLabelCommand, console: Console) -> None:
        self.console = console
        self.project = Project.open(command.project)
        self.labelling = Labelling(
            self.project, command.person, lambda photos: self.say(f"looks at {count(photos, 'photo')}")
        )
        self.shown: list[str] = []

    def say(self, line: str) -> None:
        """Print a line."""
        say(self.console, line)

    def do(self, words: Sequence[str]) -> None:
        """Do one act.

        Raises:
            AmganError: in one line, what cannot be done.
        """
        labelling = self.labelling
        match list(words):
            case []:
                return
            case ["help"]:
                self.say(HELP)
            case ["status"]:
                self.status()
            case ["groups"]:
                self.groups()
            case ["groups", number]:
                labelling.set_groups(_whole(number))
                self.groups()
            case ["name", group, *label] if label:
                act = labelling.name(_whole(group), " ".join(label))
                self.say(f"{act.id}  {count(len(act.labels), 'photo')} of group {group}: {' '.join(label)}")
            case ["move", label, *photos]:
                act = labelling.move(label, self.photos(photos))
                self.say(f"{act.id}  {count(len(act.labels), 'photo')}: {label}")
            case ["open", *photos]:
                act = labelling.move(None, self.photos(photos))
                self.say(f"{act.id}  {count(len(act.labels), 'photo')} open again")
            case ["leave-out", *photos]:
                act = labelling.leave_out(self.photos(photos))
                self.say(f"{act.id}  {count(len(act.photos), 'photo')} left out")
            case ["keep", *photos]:
                act = labelling.keep(self.photos(photos))
                self.say(f"{act.id}  {count(len(act.photos), 'photo')} looked at")
            case ["proposals"]:
                self.guesses("Proposals", labelling.proposals())
            case ["confirm", *rest] if len(rest) <= 2:
                sure = [float(one) for one in rest if _is_share(one)]
                classes = [one for one in rest if not _is_share(one)]
                act = labelling.confirm(classes[0] if classes else None, sure[0] if sure else 0.0)
                self.say(f"{act.id}  {count(len(act.labels), 'photo')} labelled as proposed")
            case ["doubts"]:
                self.guesses("Doubtful labels", labelling.doubts()[:PAGE])
            case ["problems"]:
                self.problems()
            case ["undo", *which] if len(which) <= 1:
                act = labelling.undo(*which)
                self.say(f"{act.id}  undone: {act.do} of {count(len(act.labels) + len(act.photos), 'photo')}")
            case ["export"]:
                self.say(f"labels are in {write_metadata(self.project, labelling.labels)}, for train --data")
            case ["export", folder]:
                self.say(f"labels are in {write_class_folders(self.project, labelling.labels, Path(folder))}")
            case _:
                raise RequestError(f"{' '.join(words)!r:.80} is no act, or lacks something; help lists them")

    def photos(self, words: Sequence[str]) -> list[str]:
        """The photos that words stand for.

        Raises:
            RequestError: a word that stands for none.
        """
        found: list[str] = []
        for word in words:
            if word == "@shown" and self.shown:
                found += self.shown
            elif word.startswith("@") and word[1:].isdecimal():
                groups = self.labelling.groups()
                if not 1 <= int(word[1:]) <= len(groups):
                    raise RequestError(f"no group {word[1:]}; there are 1 to {len(groups)}")
                found += groups[int(word[1:]) - 1]
            elif word.startswith("@"):
                kinds = {problem.kind: problem.photos for problem in self.labelling.problems() if problem.photos}
                if word[1:] not in kinds:
                    known = ", ".join(f"@{kind}" for kind in kinds) or "no photos with problems"
                    raise RequestError(f"{word!r:.40} stands for no photos; there are {known}")
                found += kinds[word[1:]]
            else:
                found.append(word)
        return found

    def status(self) -> None:
        """Say what is labelled."""
        labels = self.labelling.labels
        shown = ", ".join(f"{name} {number}" for name, number in labels.counts.items()) or "none yet"
        self.say(f"Classes   {shown}")
        self.say(f"Open      {count(len(labels.open), 'photo')} of {len(labels.photos)}")
        if labels.left_out:
            self.say(f"Left out  {count(len(labels.left_out), 'photo')}")

    def groups(self) -> None:
        """Show the groups."""
        labels = self.labelling.labels
        sections = []
        for number, photos in enumerate(self.labelling.groups(), 1):
            still = sum(photo not in labels.classes for photo in photos)
            words = f"Group {number}: {count(len(photos), 'photo')}, {still} open"
            sections.append(Section(words, {photo: labels.classes.get(photo, "") for photo in photos}))
        self.show("Groups", sections)

    def guesses(self, title: str, guesses: Sequence[Proposal]) -> None:
        """Show proposals, or what labelled photos look like."""
        labels = self.labelling.labels
        words = {one.photo: f"{labels.classes.get(one.photo, '')} {one.label}? {one.sure:.0%}" for one in guesses}
        for photo, said in list(words.items())[:PAGE]:
            self.say(f"{photo[:SHORT]}  {said.strip()}  ({terminal_line(labels.names[photo])})")
        self.show(title, [Section(f"{title}: {count(len(words), 'photo')}", words)])

    def problems(self) -> None:
        """Show the problems."""
        labels, words = self.labelling.labels, ProjectWords()
        found = [
            Section(words.problem(problem, labels), {photo: labels.classes.get(photo, "") for photo in problem.photos})
            for problem in self.labelling.problems()
        ]
        self.show("Problems", found or [Section("None found", {})])

    def show(self, title: str, sections: Sequence[Section]) -> None:
        """Name photos, and show them in the sheet."""
        for section in sections:
            some = " ".join(photo[:SHORT] for photo in list(section.photos)[:LINE])
            more = " ..." if len(section.photos) > LINE else ""
            self.say(f"{section.words}{'  ' if some else ''}{some}{more}")
        self.shown = [photo for section in sections for photo in section.photos]
        labels = self.labelling.labels
        page = sheet_page(title, sections, labels, self.labelling.looks(labels))
        write_whole(self.project.folder / SHEET, page.encode())
        self.say(f"{title} are shown in {os.path.relpath(self.project.folder / SHEET)}")


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise RequestError(f"{text!r:.40} is no number")
    return int(text)


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
