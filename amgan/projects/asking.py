"""What people are asked of a project: pictures of a training's model, only those that they may like, or blind pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from amgan.data.reasons import Reason
from amgan.errors import RequestError
from amgan.languages.reading import DEFAULT
from amgan.model import AMGAN
from amgan.networks.efficientnet import LITE0, FrozenEfficientNet
from amgan.projects.feedback import draw_again, judged_of, run_of_review
from amgan.projects.folder import Project
from amgan.projects.liking import FEWEST, Liking, liking_of
from amgan.projects.looks import features_of
from amgan.projects.models import model_name
from amgan.projects.runs import Run, run_of
from amgan.reviews.making import Source, class_items, pair_items
from amgan.reviews.review_spec import DEFAULT_QUESTION, MAX_TITLE, Item, ReviewSpec
from amgan.reviews.usual_questions import usual_question
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import PictureSeed

DEFAULT_PICTURES = 40

CHOSEN_FROM = 4
"""So many pictures are drawn for each that people are asked about, where their votes choose."""

UNSEEN = 100_000
"""The first seed of those; plain reviews begin at 0, so that two rounds have the same."""


def ask_of_classes(project: Project, run: Run, pictures: int, target: float | None, question: str = "") -> ReviewSpec:
    """A review of as many pictures of each class, of the first seeds.

    Args:
        project: Which.
        run: The training.
        pictures: How many over all classes, rounded to as many of each.
        target: The least share kept in every class; None for no goal.
        question: What is asked; as usual if not given.

    Raises:
        RequestError: there is no model, or a number that a review cannot have.
        AmganError: the model cannot be used.
    """
    source = _source(project, run)
    labels = source.sampler.config.class_names
    items = class_items(source, labels, _each(pictures, labels))
    return ReviewSpec(_title(project, run), items, question or DEFAULT_QUESTION, target=target)


def ask_of_liked(project: Project, run: Run, pictures: int, target: float | None, question: str = "") -> ReviewSpec:
    """The same of those of `CHOSEN_FROM` times as many unseen pictures that the votes so far speak for.

    Raises:
        RequestError: as `ask_of_classes`; or there are too few votes, or they tell nothing of other pictures.
        AmganError: a model cannot be used.
    """
    liking = liking_of_project(project)
    model, net = AMGAN.from_pretrained(run.release()), FrozenEfficientNet(LITE0)
    images: list[np.ndarray] = []

    def draw(
        seeds: Sequence[PictureSeed], labels: Sequence[int | None], truncation: float, confidence: float | None
    ) -> tuple[np.ndarray, list[Sample]]:
        drawn, samples = model.sampler.sample(seeds, labels, truncation, confidence)
        images.extend(drawn)
        return drawn, samples

    source = Source.of(model_name(project, run), model, draw)
    chosen: list[Item] = []
    for label in model.class_names:
        if label not in liking.centres:
            raise RequestError(Reason("class_not_judged", {"name": label}))
        each = _each(pictures, model.class_names)
        images.clear()
        items = class_items(source, [label], CHOSEN_FROM * each, UNSEEN)
        liked = liking.of(features_of_images(images, net), [label] * len(items))
        chosen += [items[row] for row in sorted(np.argsort(-liked, kind="stable")[:each].tolist())]
    return ReviewSpec(_title(project, run), tuple(chosen), question or DEFAULT_QUESTION, target=target)


def ask_of_pairs(project: Project, run: Run, pictures: int, question: str = "") -> ReviewSpec:
    """Blind pairs of the pictures of the same seeds, before a training that went on from another one and after it.

    Raises:
        RequestError: it did not go on from another one, or that one's model is gone.
        AmganError: a model cannot be used.
    """
    if not run.starts_from:
        raise RequestError(Reason("nothing_before", {"name": run.folder.name}))
    before, after = _source(project, run_of(project, run.starts_from)), _source(project, run)
    known = set(before.sampler.config.class_names)
    labels = [name for name in after.sampler.config.class_names if name in known]
    items = pair_items(before, after, labels, _each(pictures, labels))
    return ReviewSpec(_title(project, run), items, question or usual_question(DEFAULT, pairs=True))


def liking_of_project(project: Project) -> Liking:
    """What the votes of a project tell of pictures that nobody saw.

    Raises:
        RequestError: there are too few, or they tell nothing.
        AmganError: a model cannot be used.
    """
    net, features, labels, kept = FrozenEfficientNet(LITE0), [], [], []
    for judged in judged_of(project):
        if judged.review.spec.is_pairs or (run := run_of_review(project, judged.review)) is None:
            continue
        said = {result.item.a: result.kept is not None for result in judged.results.items if result.liked is not None}
        drawn = draw_again(list(said), run)
        images = [image for image in drawn.values() if isinstance(image, np.ndarray)]
        if images:
            features.append(features_of_images(images, net))
            labels += [picture.asked or picture.label for picture in drawn]
            kept += [said[picture] for picture in drawn]
    liking = liking_of(np.concatenate(features), labels, kept) if features else None
    if liking is None:
        raise RequestError(Reason("few_votes", {"fewest": str(FEWEST)}))
    if not liking.is_useful:
        raise RequestError(Reason("votes_tell_nothing", {"share": f"{liking.known:.0%}"}))
    return liking


def features_of_images(images: Sequence[np.ndarray], net: FrozenEfficientNet) -> np.ndarray:
    """What the net sees in pictures, uint8 (H, W, 1 or 3) each: float32 (N, F)."""
    stacked = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)
    return features_of(stacked.expand(-1, 3, -1, -1).contiguous(), net).numpy()


def _each(pictures: int, labels: Sequence[str]) -> int:
    return max(1, round(pictures / max(1, len(labels))))


def _title(project: Project, run: Run) -> str:
    return f"{project.title}: {run.folder.name}"[:MAX_TITLE]


def _source(project: Project, run: Run) -> Source:
    return Source.of(model_name(project, run), AMGAN.from_pretrained(run.release()))
