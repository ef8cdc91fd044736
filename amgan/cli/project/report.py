"""``project review`` and ``project report``: people are asked, and one page says what came of all."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.cli.project.new import NamedProject
from amgan.cli.review.create import made_in_words
from amgan.console import say
from amgan.errors import RequestError
from amgan.languages.reading import DEFAULT, LanguageCode
from amgan.projects.asking import DEFAULT_PICTURES, ask_of_classes, ask_of_liked, ask_of_pairs
from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling
from amgan.projects.report import project_report
from amgan.projects.runs import newest_with_model
from amgan.reviews.store.store import ReviewStore
from amgan.whole_files import write_whole


@dataclass(frozen=True)
class ProjectReviewCommand(NamedProject):
    """Ask people which pictures of the newest model are good; the votes stay in the project.

    Attributes:
        n: How many pictures, or pairs, over all classes, as many of each.
        target: The KPI: the least share kept in every class, as 0.6.
        liked: Ask only for pictures like those that were kept: the votes so far choose among unseen ones.
        pairs: Ask in blind pairs whether the model is better than the one that it was trained on from.
        url: Address of the server that shows the review, for full links.
    """

    n: int = DEFAULT_PICTURES
    target: float | None = None
    liked: bool = False
    pairs: bool = False
    url: str = ""


@dataclass(frozen=True)
class ProjectReportCommand(NamedProject):
    """Write one page: what was put in, what came out, what people said, what it cost, what next.

    Attributes:
        out: The file, .html; report.html of the project if not given.
        lang: The language.
    """

    out: Path | None = None
    lang: LanguageCode = DEFAULT


def run_project_review(command: ProjectReviewCommand, console: Console) -> None:
    """Make the review, and say how it is shown.

    Raises:
        AmganError: there is no model yet, or it cannot be used.
    """
    if command.pairs and (command.liked or command.target is not None):
        raise RequestError("pairs have neither a goal nor a choice by votes; give --pairs alone")
    project = Project.open(command.project)
    run = newest_with_model(project)
    if command.pairs:
        spec = ask_of_pairs(project, run, command.n)
    else:
        ask = ask_of_liked if command.liked else ask_of_classes
        spec = ask(project, run, command.n, command.target)
    with closing(ReviewStore(project.reviews)) as store:
        review = store.create(spec)
    say(console, made_in_words(review, project.reviews, command.url))
    parent = os.path.relpath(project.folder.resolve().parent)
    say(console, f"shown by amgan serve --projects {parent} --reviews {project.reviews}")


def run_project_report(command: ProjectReportCommand, console: Console) -> None:
    """Write it.

    Raises:
        AmganError: `out` has another suffix, or a file of the project cannot be used.
    """
    project = Project.open(command.project)
    out = command.out or project.folder / "report.html"
    if out.suffix.lower() not in (".html", ".htm"):
        raise RequestError(f"{out}: write the report to .html")
    page = project_report(Labelling(project, command.person), command.lang)
    write_whole(out, page.encode(), private=True)
    say(console, f"The report is in {out}")
