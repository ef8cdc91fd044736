"""What people said of a project's pictures comes back: reviews, kept pictures to train on, classes that fail."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from amgan.data.reasons import Reason
from amgan.errors import AmganError, DataError, RequestError
from amgan.model import AMGAN
from amgan.projects.folder import Project
from amgan.projects.runs import Choice, Run, new_run, runs_of
from amgan.release.folder import digest_of
from amgan.reviews.drawing import Drawn
from amgan.reviews.report.kept import write_kept
from amgan.reviews.report.results import Results, results_of
from amgan.reviews.review_spec import Picture
from amgan.reviews.store.rows import Turns
from amgan.reviews.store.store import Review, ReviewStore
from amgan.whole_files import replacing_folder

KEPT_WEIGHT = 1.0
"""A kept picture is drawn so often for each time a photo is; `benchmarks/README.md` has what was measured."""


@dataclass(frozen=True)
class Judged:
    """A review and what was said in it."""

    review: Review
    results: Results


def judged_of(project: Project) -> list[Judged]:
    """The reviews of a project, the newest last.

    Raises:
        AmganError: their file cannot be used.
    """
    if not project.reviews.is_file():
        return []
    with _store(project) as store:
        reviews = sorted(store.reviews(), key=lambda review: review.created)
        return [Judged(review, results_of(review, store.votes(review.id))) for review in reviews]


def keep_review(project: Project, review: Review) -> None:
    """Note a review that is held elsewhere, such as in the store of a server, as one of the project's."""
    with _store(project) as own:
        own.merge(review, ())


def bring_votes(project: Project, store: ReviewStore) -> None:
    """Copy what was said meanwhile, in the store of a server, into the project; what was deleted there is deleted.

    Raises:
        AmganError: one of both files cannot be used.
    """
    if not project.reviews.is_file():
        return
    with _store(project) as own:
        held, deleted = {review.id: review for review in store.reviews()}, store.deletions()
        for review in own.reviews():
            if review.id in held:
                turns = store.turns().get(review.id, Turns())
                own.merge(held[review.id], store.votes(review.id), turns)
            elif review.id in deleted:
                own.merge_deletion(review.id, deleted[review.id])


def run_with_votes(project: Project, choice: Choice | None = None) -> Run:
    """A training that goes on from the model that was judged last, with the pictures that were kept beside the photos.

    The kept pictures are drawn again and written into the project; those that were rejected are left out.

    Args:
        project: Which.
        choice: How long it may take; as long as the training before it if not given.

    Raises:
        RequestError: nothing was judged yet, nothing was kept, or the model that was judged is gone.
        AmganError: the model cannot be used.
        OSError: the pictures cannot be written.
    """
    judged, before = _judged_last(project)
    run = new_run(project, choice or before.choice, before.image_size, before.options)
    run = replace(run, starts_from=before.folder.name, kept_weight=KEPT_WEIGHT)
    drawn = draw_again([picture for picture, _ in judged.results.kept], before)
    place = run.kept(project)
    place.parent.mkdir(exist_ok=True)
    with replacing_folder(place) as writing:
        write_kept(judged.results, drawn, writing)
    return run


def run_of_review(project: Project, review: Review) -> Run | None:
    """The training whose model drew a review's pictures, of pairs the second ones; None if it is gone or changed."""
    last = review.spec.items[0].b or review.spec.items[0].a
    for run in reversed(runs_of(project)):
        with contextlib.suppress(AmganError, OSError):
            if run.model and digest_of(run.model) == last.revision:
                return run
    return None


def draw_again(pictures: Sequence[Picture], run: Run) -> dict[Picture, Drawn]:
    """Pictures of a training's model, drawn by their names; those of other models are left out.

    Raises:
        AmganError: the model or a picture cannot be had.
    """
    model = AMGAN.from_pretrained(run.release())
    drawn: dict[Picture, Drawn] = {}
    for picture in pictures:
        if picture.revision == model.revision:
            images, _ = model.sampler.sample(
                [picture.seed], [model.sampler.label_number(picture.asked)], picture.truncation, picture.confidence
            )
            drawn[picture] = images[0]
    return drawn


def failing_classes(judged: Judged) -> list[str]:
    """Classes of which people kept less than the goal asks, the least first: more photos of them are needed."""
    found = {
        group.name: group.liked.value
        for group in judged.results.classes
        if group.liked is not None and group.outcome is not None and not group.outcome.so_far
    }
    return sorted(found, key=lambda name: found[name])


def _judged_last(project: Project) -> tuple[Judged, Run]:
    for judged in reversed(judged_of(project)):
        if judged.results.votes and not judged.review.spec.is_pairs:
            if (run := run_of_review(project, judged.review)) is None:
                raise RequestError(Reason("judged_gone"))
            if not judged.results.kept:
                raise DataError(Reason("none_kept"))
            return judged, run
    raise RequestError(Reason("nobody_judged"))


@contextlib.contextmanager
def _store(project: Project) -> Iterator[ReviewStore]:
    with contextlib.closing(ReviewStore(project.reviews)) as store:
        yield store
