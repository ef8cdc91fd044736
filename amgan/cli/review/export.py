"""``review export``: votes as a table, and the kept pictures as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.cli.models import open_shelf
from amgan.cli.review.opening import NamedReview, draw_here, read_review
from amgan.console import say
from amgan.errors import RequestError
from amgan.reviews.report.export import EXPORTS, export_votes
from amgan.reviews.report.kept import write_kept
from amgan.reviews.report.results import Results, results_of
from amgan.reviews.text import count
from amgan.reviews.vote import counted
from amgan.whole_files import write_whole


@dataclass(frozen=True)
class ReviewExportCommand(NamedReview):
    """Write the votes as a table, the pictures that most votes are for as files, or both.

    Attributes:
        out: Table of the votes that count: .csv, .jsonl or .parquet.
        kept: Kept pictures in class folders with manifest.json: .zip, or a new folder, which `train --data` can read.
        weights: Folder with a release folder for each model, or one; that of AMGAN_WEIGHTS, ./weights, or that of this
            project, if not given.
    """

    out: Path | None = None
    kept: Path | None = None
    weights: Path | None = None


def run_review_export(command: ReviewExportCommand, console: Console) -> None:
    """Write what was asked for.

    Raises:
        AmganError: there is no such review, no kept picture, or a suffix is another one.
    """
    _check(command)
    review, votes = read_review(command.reviews, command.id)
    lines = []
    if command.out is not None:
        content = export_votes(review, votes, command.out.suffix.lower()[1:])
        write_whole(command.out, content, private=True)
        lines.append(f"{count(len(counted(votes)), 'vote')}, skips among them -> {command.out}")
    if command.kept is not None:
        written = _write_kept(command.kept, results_of(review, votes), command.weights)
        lines.append(f"{written} of {count(len(review.spec.items), 'picture')} kept -> {command.kept}")
    say(console, "\n".join(lines))


def _check(command: ReviewExportCommand) -> None:
    if command.out is None and command.kept is None:
        raise RequestError("say what to write: the votes with --out votes.csv, the kept pictures with --kept kept.zip")
    if command.out is not None and command.out.suffix.lower()[1:] not in EXPORTS:
        raise RequestError(f"{command.out}: write the votes to {', '.join(f'.{form}' for form in EXPORTS)}")
    if command.kept is not None and command.kept.suffix.lower() not in (".zip", ""):
        raise RequestError(f"{command.kept}: write the kept pictures to .zip, or a folder")


def _write_kept(place: Path, results: Results, weights: Path | None) -> int:
    kept = [picture for picture, _ in results.kept]
    drawn = draw_here(kept, open_shelf((picture.model for picture in kept), weights))
    return write_kept(results, drawn, place)
