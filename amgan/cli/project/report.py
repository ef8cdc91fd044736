"""``project review`` and ``project report``: people are asked, and one page says what came of all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.cli.project.new import NamedProject
from amgan.cli.review.create import DEFAULT_COUNT, ReviewCreateCommand, run_review_create
from amgan.console import say
from amgan.errors import RequestError
from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling
from amgan.projects.report import project_report
from amgan.projects.runs import newest_with_model
from amgan.whole_files import write_whole


@dataclass(frozen=True)
class ProjectReviewCommand(NamedProject):
    """Ask people which pictures of the newest model are good; the votes stay in the project.

    Attributes:
        n: How many pictures, over all classes.
        target: The KPI: the least share kept in every class, as 0.6.
        url: Address of the server that shows the review, for full links.
    """

    n: int = DEFAULT_COUNT
    target: float | None = None
    url: str = ""


@dataclass(frozen=True)
class ProjectReportCommand(NamedProject):
    """Write one page: what was put in, what came out, what people said, what it cost, what next.

    Attributes:
        out: The file, .html; report.html of the project if not given.
    """

    out: Path | None = None


def run_project_review(command: ProjectReviewCommand, console: Console) -> None:
    """Make the review, and say how it is shown.

    Raises:
        AmganError: there is no model yet, or it cannot be used.
    """
    project = Project.open(command.project)
    run = newest_with_model(project)
    title = f"{project.title}: {run.folder.name}"
    create = ReviewCreateCommand(
        title, str(run.model), n=command.n, target=command.target, reviews=project.reviews, url=command.url
    )
    run_review_create(create, console)
    say(console, f"shown by amgan serve --weights {run.folder} --reviews {project.reviews}")


def run_project_report(command: ProjectReportCommand, console: Console) -> None:
    """Write it.

    Raises:
        AmganError: `out` has another suffix, or a file of the project cannot be used.
    """
    project = Project.open(command.project)
    out = command.out or project.folder / "report.html"
    if out.suffix.lower() not in (".html", ".htm"):
        raise RequestError(f"{out}: write the report to .html")
    page = project_report(Labelling(project, command.person))
    write_whole(out, page.encode(), private=True)
    say(console, f"The report is in {out}")
