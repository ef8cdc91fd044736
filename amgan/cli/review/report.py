"""``review report``: what people said, as one HTML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from amgan.cli.models import open_shelf
from amgan.cli.review.opening import NamedReview, draw_here, read_review
from amgan.console import say
from amgan.errors import RequestError
from amgan.languages.reading import DEFAULT, LanguageCode
from amgan.reviews.class_texts import class_texts
from amgan.reviews.report.confidence_use import confidence_uses
from amgan.reviews.report.html import report_page
from amgan.reviews.report.judged_classes import judged_classes
from amgan.reviews.report.results import results_of
from amgan.reviews.report.words import ReportWords
from amgan.reviews.text import count, terminal_line
from amgan.whole_files import write_whole


@dataclass(frozen=True, kw_only=True)
class ReviewReportCommand(NamedReview):
    """Write what people said as one HTML file that needs nothing else.

    Attributes:
        out: The file, .html.
        weights: Folder with a release folder for each model, or one; that of AMGAN_WEIGHTS, ./weights, or that of this
            project, if not given.
        lang: Its language.
    """

    out: Path
    weights: Path | None = None
    lang: LanguageCode = DEFAULT


def run_review_report(command: ReviewReportCommand, console: Console) -> None:
    """Draw the pictures again, count the votes, write the page.

    Raises:
        AmganError: there is no such review, or `out` has another suffix.
    """
    if command.out.suffix.lower() not in (".html", ".htm"):
        raise RequestError(f"{command.out}: write the report to .html")
    review, votes = read_review(command.reviews, command.id)
    pictures = review.spec.pictures
    shelf = open_shelf((picture.model for picture in pictures), command.weights)
    drawn = draw_here(pictures, shelf)
    results = results_of(review, votes, judged_classes(drawn, shelf), confidence_uses(pictures, shelf))
    page = report_page(review, results, drawn, None, command.lang, class_texts(pictures, shelf, command.lang))
    write_whole(command.out, page.encode(), private=True)
    gone = sum(not isinstance(image, np.ndarray) for image in drawn.values())
    lines = [
        f"{terminal_line(ReportWords().headline(review.spec, results))} {count(results.votes, 'vote')} -> {command.out}"
    ]
    if gone:
        lines.append(f"{count(gone, 'picture')} of {len(drawn)} cannot be drawn any more; the report says why")
    say(console, "\n".join(lines))
