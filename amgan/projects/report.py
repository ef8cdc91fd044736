"""One page on a project for who decides: what was put in, what came out, what people said, what it cost, what next."""

from __future__ import annotations

import base64
import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from amgan import __version__
from amgan.errors import RequestError
from amgan.languages.reading import DEFAULT
from amgan.metrics.copies import far_more_copies
from amgan.projects.acts import Act
from amgan.projects.feedback import judged_of
from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling
from amgan.projects.looking import PAIRS_FILE, Look, read_look
from amgan.projects.models import class_texts_of
from amgan.projects.runs import Run, runs_of
from amgan.projects.sheet import pictures_of
from amgan.projects.words import ProjectWords
from amgan.release.folder import SAMPLES_FILE, digest_of
from amgan.reviews.titles import run_in, title_in
from amgan.templates import html_template

PAUSE_SECONDS = 300.0
"""A longer gap between two acts of a person is a break, of which so much is counted."""

EXAMPLES = 8
"""So many photos of a class are shown."""

LIMITS = ("limit_made_up", "limit_rights", "limit_people")


@dataclass(frozen=True)
class _ShownRun:
    words: str
    sheet: str | None
    lines: Sequence[str]
    pairs: str | None


def project_report(labelling: Labelling, lang: str = DEFAULT) -> str:
    """The page, which needs nothing else. All text in it that people wrote is escaped.

    Args:
        labelling: The project, as one person labels it.
        lang: The language, one of `amgan.languages.reading.LANGUAGES`.

    Raises:
        AmganError: a file of the project is not what it should be.
        OSError: one cannot be read.
    """
    project, labels, acts = labelling.project, labelling.labels, labelling.project.log.read()
    runs, reviews, words = runs_of(project), judged_of(project), ProjectWords(lang, class_texts_of(project, lang))
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
        problems=[words.problem(problem, labels) for problem in labelling.problems()],
        runs=[_shown(project, run, looks[run.folder], words) for run in runs],
        reviews=[
            {
                "title": title_in(lang, review.spec.title),
                "headline": words.results.headline(review.spec, results),
                "lines": [
                    *words.results.target_lines(review.spec, results),
                    *words.results.next_lines(review.spec, results),
                ],
            }
            for review, results in ((one.review, one.results) for one in reviews)
        ],
        costs={
            words.say(what): words.results.minutes(seconds)
            for what, seconds in (
                ("cost_labelling", labelling_seconds(acts)),
                ("cost_training", sum(run.training.get("seconds", 0) for run in runs)),
                ("cost_reviewing", sum(one.results.seconds for one in reviews)),
            )
            if seconds
        },
        limits=[*map(words.say, LIMITS), *_copies(runs, looks, words)],
        next_step=words.next_step(project.folder.name, labels, runs, reviews),
        date=datetime.now(timezone.utc).date().isoformat(),
        version=__version__,
        lang=lang,
        say=words.say,
        page=words.page,
        called=words.called,
    )


def labelling_seconds(acts: Sequence[Act]) -> float:
    """The time between the acts of each person, a break counted as `PAUSE_SECONDS`."""
    own = defaultdict(list)
    for act in acts:
        own[act.who].append(act.when.timestamp())
    times = map(sorted, own.values())
    return sum(min(b - a, PAUSE_SECONDS) for each in times for a, b in zip(each, each[1:]))


def _shown(project: Project, run: Run, look: Look | None, words: ProjectWords) -> _ShownRun:
    sheet = None if run.model is None else _embedded(project, run.model / SAMPLES_FILE)
    lines = [] if look is None else [words.copies(look), *map(words.lack, look.lacks)]
    pairs = None if look is None else _embedded(project, run.folder / PAIRS_FILE)
    return _ShownRun(words.run(run), sheet, lines, pairs)


def _embedded(project: Project, file: Path) -> str | None:
    with contextlib.suppress(OSError, RequestError):
        return "data:image/png;base64," + base64.b64encode(project.content(file)).decode()
    return None


def _look(run: Run) -> Look | None:
    """What was found out of the model that the training has now."""
    look = read_look(run)
    return look if look and run.model and look.revision == digest_of(run.model) else None


def _copies(runs: Sequence[Run], looks: Mapping[Path, Look | None], words: ProjectWords) -> list[str]:
    found = {run.folder.name: said for run in runs if (said := _copies_of(run, looks[run.folder], words))}
    return [words.say("of_run", name=run_in(words.lang, name), what=said) for name, said in found.items()]


def _copies_of(run: Run, look: Look | None, words: ProjectWords) -> str:
    if look is not None:
        return words.copies(look) if look.copies else ""
    evaluation = run.facts.get("evaluation")
    section = evaluation.get("copies") if isinstance(evaluation, dict) else None
    if section is None:
        return words.say("copies_not_measured") if run.model else ""
    with contextlib.suppress(KeyError, TypeError, ValueError):  # of a newer version
        return words.page("may_copy") if far_more_copies(section) else ""
    return ""
