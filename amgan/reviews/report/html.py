"""The report of a review as one HTML page that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from amgan.languages.reading import DEFAULT, LANGUAGES
from amgan.reviews.drawing import Drawn
from amgan.reviews.report.results import ItemResult, Results, model_name
from amgan.reviews.report.words import ReportWords, state_of
from amgan.reviews.review_spec import Picture
from amgan.reviews.statistics.clustering import LEAST_ESTIMATED
from amgan.reviews.statistics.outcome import LEAST_PICTURES, LEAST_REVIEWERS
from amgan.reviews.statistics.preference import Winner, side
from amgan.reviews.statistics.threshold import Prediction
from amgan.reviews.store.store import Review
from amgan.reviews.usual_questions import question_in
from amgan.sampling.marking import MADE_UP
from amgan.sampling.media import encode_png
from amgan.templates import html_template

MOST_SHOWN = 12
"""So many pictures are among the best, and as many among the worst."""
MOST_LISTED = 300
"""So many comments, and as many reviewers, are listed; a page with all of a hundred thousand would open nowhere."""

_HERE = Path(__file__).parent


def _same_address(lang: str) -> str:
    return f"?lang={lang}"


def _no_link(picture: Picture, confidence: float) -> str | None:
    return None


@dataclass(frozen=True)
class ReportActions:
    """What can be done from a report that a server shows; a file has none of it.

    Attributes:
        downloads: Words and address of each file that can be had.
        close: Where to POST to close the review; None if it is closed.
        reopen: Likewise to open it again; None if it is open.
        vote: Link for reviewers, None if the review is closed.
        use_confidence: The page that draws a picture's model at a least confidence; None for a model that has no use
            for one, such as one of predefined labeling.
        in_language: The address of the same report in another language.
    """

    downloads: Mapping[str, str] = field(default_factory=dict)
    close: str | None = None
    reopen: str | None = None
    vote: str | None = None
    use_confidence: Callable[[Picture, float], str | None] = _no_link
    in_language: Callable[[str], str] = _same_address


def report_page(
    review: Review,
    results: Results,
    pictures: Mapping[Picture, Drawn],
    actions: ReportActions | None = None,
    lang: str = DEFAULT,
    class_texts: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The page. All text in it that people wrote is escaped.

    Args:
        review: The review.
        results: What `results_of` counts.
        pictures: Those of `shown_pictures`, or all, as `amgan.reviews.drawing` gives them.
        actions: What a server offers; None for a file.
        lang: Code of the language.
        class_texts: What classes are called to its readers, see `amgan.reviews.class_texts`.
    """
    spec, words = review.spec, ReportWords(lang, class_texts)
    best, worst = best_and_worst(results)
    created = datetime.fromtimestamp(review.created, timezone.utc).date()
    return html_template(_HERE / "report.html").render(
        style=_style(),
        policy=_policy_of_file(),
        review=review,
        spec=spec,
        question=question_in(lang, spec.question),
        results=results,
        words=words,
        say=words.say,
        languages=LANGUAGES,
        state=state_of(spec, results),
        sides=words.sides(spec) if spec.is_pairs else ("", ""),
        created=created.isoformat().replace("-", "-\N{WORD JOINER}"),  # browsers would end a line at its hyphens
        most=MOST_LISTED,
        least_estimated=LEAST_ESTIMATED,
        least_pictures=LEAST_PICTURES,
        least_reviewers=LEAST_REVIEWERS,
        best=best,
        worst=worst,
        predictions=[_prediction(name, found, review, actions) for name, found in results.predictions.items()],
        image=lambda picture: _image(pictures.get(picture)),
        problems=_problems(pictures, words),
        actions=actions,
    )


def shown_pictures(review: Review, results: Results) -> list[Picture]:
    """The pictures that the page shows, each once: the best, the worst, and those with a comment."""
    shown = [one.item for some in best_and_worst(results) for one in some]
    shown += [review.spec.items[comment.item] for comment in results.comments[:MOST_LISTED]]
    return list(dict.fromkeys(picture for item in shown for picture in item.pictures))


def best_and_worst(results: Results) -> tuple[Sequence[ItemResult], Sequence[ItemResult]]:
    """The items with the largest share of votes for them, of pairs for `b`, and those with the smallest; none twice.

    What most rejected is not among the best.
    """
    judged = sorted((one for one in results.items if one.liked is not None), key=_rank, reverse=True)
    half = (len(judged) + 1) // 2
    best = [one for one in judged[:half] if side(one.liked) is not Winner.A]
    rest = judged[len(best) :]
    if results.items[0].item.b is not None:
        best, rest = ([one for one in judged if side(one.liked) is winner] for winner in (Winner.B, Winner.A))
    # Of those that all like as little, first the one that most people said it of.
    worst = sorted(rest, key=lambda one: (_rank(one)[0], -_rank(one)[1]))
    return best[:MOST_SHOWN], worst[:MOST_SHOWN]


def report_policy() -> str:
    """The Content-Security-Policy for a server that shows the page: its own style, pictures in it, forms to itself."""
    return f"{_policy_of_file()}; frame-ancestors 'none'"


def _policy_of_file() -> str:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; base-uri 'none'"


def _rank(one: ItemResult) -> tuple[float, int]:
    assert one.liked is not None
    return one.liked.value if one.mean_stars is None else one.mean_stars, one.liked.count


def _prediction(name: str, prediction: Prediction, review: Review, actions: ReportActions | None) -> dict[str, Any]:
    found = prediction.recommendation
    link = None
    # The first step is how the pictures were drawn already.
    if actions is not None and found is not None and found.step is not prediction.steps[0]:
        picture = next(item.a for item in review.spec.items if model_name(item.a) == name)
        link = actions.use_confidence(picture, found.step.confidence)
    return {"name": name, "found": prediction, "link": link}


def _image(drawn: Drawn | None) -> str | None:
    if not isinstance(drawn, np.ndarray):
        return None
    return "data:image/png;base64," + base64.b64encode(encode_png(drawn, MADE_UP)).decode()


def _problems(pictures: Mapping[Picture, Drawn], words: ReportWords) -> list[str]:
    told: dict[str, int] = {}
    for drawn in pictures.values():
        if not isinstance(drawn, np.ndarray):
            told[str(drawn)] = told.get(str(drawn), 0) + 1
    return [words.say("cannot_any_more", count=number, problem=problem) for problem, number in told.items()]


@cache
def _style() -> str:
    return (_HERE / "report.css").read_text(encoding="utf-8")
