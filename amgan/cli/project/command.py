"""``project``: from a pile of photos to labels, a model, votes and a report, all in one folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import tyro
from rich.console import Console

from amgan.cli.project.label import ProjectLabelCommand, run_project_label
from amgan.cli.project.new import ProjectNewCommand, run_project_new
from amgan.cli.project.report import (
    ProjectReportCommand,
    ProjectReviewCommand,
    run_project_report,
    run_project_review,
)
from amgan.cli.project.train import ProjectLookCommand, ProjectTrainCommand, run_project_look, run_project_train

ProjectAction = (
    Annotated[ProjectNewCommand, tyro.conf.subcommand("new")]
    | Annotated[ProjectLabelCommand, tyro.conf.subcommand("label")]
    | Annotated[ProjectTrainCommand, tyro.conf.subcommand("train")]
    | Annotated[ProjectLookCommand, tyro.conf.subcommand("look")]
    | Annotated[ProjectReviewCommand, tyro.conf.subcommand("review")]
    | Annotated[ProjectReportCommand, tyro.conf.subcommand("report")]
)


@dataclass(frozen=True)
class ProjectCommand:
    """Go from a pile of photos to labels, a model, votes and a report, all in one folder.

    Attributes:
        action: What to do.
    """

    action: tyro.conf.OmitSubcommandPrefixes[tyro.conf.OmitArgPrefixes[ProjectAction]]


def run_project(command: ProjectCommand, console: Console) -> None:
    """Do it.

    Raises:
        AmganError: in one line, what cannot be done.
    """
    match command.action:
        case ProjectNewCommand() as new:
            run_project_new(new, console)
        case ProjectLabelCommand() as label:
            run_project_label(label, console)
        case ProjectTrainCommand() as train:
            run_project_train(train, console)
        case ProjectLookCommand() as look:
            run_project_look(look, console)
        case ProjectReviewCommand() as review:
            run_project_review(review, console)
        case ProjectReportCommand() as report:
            run_project_report(report, console)
