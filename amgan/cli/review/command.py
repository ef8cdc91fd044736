"""``review``: ask people which pictures are good, and read what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import tyro
from rich.console import Console

from amgan.cli.review.create import ReviewCreateCommand, run_review_create
from amgan.cli.review.ending import (
    ReviewCloseCommand,
    ReviewDeleteCommand,
    ReviewReopenCommand,
    run_review_close,
    run_review_delete,
    run_review_reopen,
)
from amgan.cli.review.export import ReviewExportCommand, run_review_export
from amgan.cli.review.list import ReviewListCommand, run_review_list
from amgan.cli.review.report import ReviewReportCommand, run_review_report

ReviewAction = (
    Annotated[ReviewCreateCommand, tyro.conf.subcommand("create")]
    | Annotated[ReviewListCommand, tyro.conf.subcommand("list")]
    | Annotated[ReviewReportCommand, tyro.conf.subcommand("report")]
    | Annotated[ReviewExportCommand, tyro.conf.subcommand("export")]
    | Annotated[ReviewCloseCommand, tyro.conf.subcommand("close")]
    | Annotated[ReviewReopenCommand, tyro.conf.subcommand("reopen")]
    | Annotated[ReviewDeleteCommand, tyro.conf.subcommand("delete")]
)


@dataclass(frozen=True)
class ReviewCommand:
    """Ask people which pictures are good, and read what they say.

    Attributes:
        action: What to do.
    """

    action: tyro.conf.OmitSubcommandPrefixes[tyro.conf.OmitArgPrefixes[ReviewAction]]


def run_review(command: ReviewCommand, console: Console) -> None:
    """Do it.

    Raises:
        AmganError: in one line, what cannot be done.
    """
    match command.action:
        case ReviewCreateCommand() as create:
            run_review_create(create, console)
        case ReviewListCommand() as listing:
            run_review_list(listing, console)
        case ReviewReportCommand() as report:
            run_review_report(report, console)
        case ReviewExportCommand() as export:
            run_review_export(export, console)
        case ReviewCloseCommand() as closing:
            run_review_close(closing, console)
        case ReviewReopenCommand() as reopening:
            run_review_reopen(reopening, console)
        case ReviewDeleteCommand() as deleting:
            run_review_delete(deleting, console)
