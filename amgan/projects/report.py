"""One page on a project for who decides: what was put in, what came out, what people said, what it cost, what next."""

from __future__ import annotations

import base64
import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from amgan import __version__
from amgan.errors import RequestError
from amgan.metrics.copies import copies_in_words
from amgan.projects.acts import Act
from amgan.projects.feedback import Judged, judged_of
from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling
from amgan.projects.labels import Labels
from amgan.projects.looking import PAIRS_FILE, Look, read_look
from amgan.projects.runs import Run, runs_of
from amgan.projects.sheet import pictures_of
from amgan.release.folder import SAMPLES_FILE, digest_of
from amgan.reviews.report.words import ReportWords, state_of
from amgan.reviews.statistics.outcome import State
from amgan.reviews.text import count
from amgan.templates import html_template

WORDS = ReportWords()

PAUSE_SECONDS = 300.0
"""A longer gap between two acts of a person is a break, of which so much is counted."""

EXAMPLES = 8
"""So many photos of a class are shown."""

LIMITS = (
    "The pictures are drawn by a model: none shows a thing that exists, and none proves that it can be made.",
    "They may look like single photos that were put in; who sells what comes of them asks whose rights those are.",
    "What people said holds for the pictures that they saw, and for people like them.",
)


@dataclass(frozen=True)
class _ShownRun:
    folder: Path
    words: str
    sheet: str | None
    lines: Sequence[str]
    pairs: str | None


def project_report(labelling: Labelling) -> str:
    """The page, which needs nothing else. All text in it that people wrote is escaped.

    Args:
        labelling: The project, as one person labels it.

    Raises:
        AmganError: a file of the project is not what it should be.
        OSError: one cannot be read.
    """
    project, labels, acts = labelling.project, labelling.labels, labelling.project.log.read()
    runs, reviews = runs_of(project), judged_of(project)
    looks = {run.folder: _look(run) for run in runs}
    examples = {name: [one for one in labels.labelled if labels.classes[one] == name] for name in labels.counts}
    examples = {name: photos[:: max(1, len(photos) // EXAMPLES)][:EXAMPLES] for name, photos in examples.items()}
    shown = {photo for photos in examples.values() for photo in photos}
    return html_template(Path(__file__).with_name("report.html")).render(
        project=project,
        labels=labels,
        people=sorted({act.who for act in acts if act.do in ("label", "leave-out", "seen")}),
        examples=examples,
        pictures=pictures_of(labelling.looks(labels), shown),
        problems=labelling.problems(),
        runs=[_shown(project, run, looks[run.folder]) for run in runs],
        reviews=[
            {
                "title": review.spec.title,
                "headline": WORDS.headline(review.spec, results),
                "lines": [*WORDS.target_lines(review.spec, results), *WORDS.next_lines(review.spec, results)],
            }
            for review, results in ((one.review, one.results) for one in reviews)
        ],
        costs={
            what: WORDS.minutes(seconds)
            for what, seconds in (
                ("Labelling, a person", labelling_seconds(acts)),
                ("Training, a machine", sum(_training(run).get("seconds", 0) for run in runs)),
                ("Reviewing, all people together", sum(one.results.seconds for one in reviews)),
            )
            if seconds
        },
        limits=[*LIMITS, *_copies(runs, looks)],
        next_step=next_step(project, labels, runs, reviews),
        date=datetime.now(timezone.utc).date().isoformat(),
        version=__version__,
        count=count,
    )


def labelling_seconds(acts: Sequence[Act]) -> float:
    """The time between the acts of each person, a break counted as `PAUSE_SECONDS`."""
    own = defaultdict(list)
    for act in acts:
        own[act.who].append(act.when.timestamp())
    times = map(sorted, own.values())
    return sum(min(b - a, PAUSE_SECONDS) for each in times for a, b in zip(each, each[1:]))


def next_step(project: Project, labels: Labels, runs: Sequence[Run], reviews: Sequence[Judged]) -> str:
    """What would bring the project on, in a sentence."""
    command = f"amgan project {{}} {project.folder.name}"
    if len(labels.counts) < 2:
        return f"label photos of two classes or more ({command.format('label')})."
    if not any(run.model for run in runs):
        return f"train a first model ({command.format('train')})."
    if not reviews:
        return f"let the people on the spot judge ({command.format('review')})."
    review, results = reviews[-1].review, reviews[-1].results
    state = state_of(review.spec, results)
    if results.whole.liked is None or state is State.OPEN:
        return f"more votes: the review {review.spec.title} does not tell yet."
    if state is State.MET:
        return "the goal is met: choose designs among the kept pictures, and have prototypes made."
    worst = min(results.classes, key=lambda group: group.liked.value if group.liked else 1.0)
    onward = f"train on with what was kept ({command.format('train')} --with-votes)"
    return f"bring more photos of {worst.name}, which people kept least, and {onward}."


def _training(run: Run) -> dict[str, Any]:
    found = run.facts.get("training")
    return found if isinstance(found, dict) else {}


def _run_in_words(run: Run) -> str:
    facts = _training(run)
    asked = f"{run.choice}, planned for {run.minutes} minutes"
    if not facts:
        return f"{asked}; no model yet"
    state = "finished" if run.is_finished else "not finished"
    pictures = count(facts.get("pictures", 0), "photo")
    time = WORDS.minutes(facts.get("seconds", 0))
    return f"{asked}; {state}, trained on {pictures} for {time}, on {facts.get('machine')}"


def _shown(project: Project, run: Run, look: Look | None) -> _ShownRun:
    sheet = None if run.model is None else _embedded(project, run.model / SAMPLES_FILE)
    lines = [] if look is None else [f"{look.words}.", *(lack.words for lack in look.lacks)]
    pairs = None if look is None else _embedded(project, run.folder / PAIRS_FILE)
    return _ShownRun(run.folder, _run_in_words(run), sheet, lines, pairs)


def _embedded(project: Project, file: Path) -> str | None:
    with contextlib.suppress(OSError, RequestError):
        return "data:image/png;base64," + base64.b64encode(project.content(file)).decode()
    return None


def _look(run: Run) -> Look | None:
    """What was found out of the model that the training has now."""
    look = read_look(run)
    return look if look and run.model and look.revision == digest_of(run.model) else None


def _copies(runs: Sequence[Run], looks: Mapping[Path, Look | None]) -> list[str]:
    lines = []
    for run in runs:
        if (look := looks[run.folder]) is not None:
            lines += [f"{run.folder.name}: {look.words}."] if look.copies else []
            continue
        evaluation = run.facts.get("evaluation")
        section = evaluation.get("copies") if isinstance(evaluation, dict) else None
        if section is None and run.model:
            lines.append(f"{run.folder.name}: whether it copies photos was not measured; amgan project look does it.")
        with contextlib.suppress(KeyError, TypeError, ValueError):  # of a newer version
            lines += filter(None, [copies_in_words(section)])
    return lines
