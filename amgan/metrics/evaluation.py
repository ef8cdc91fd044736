"""A model judged: its pictures by seed, looked at by a judge who knows the data set, beside real pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from amgan.data.labelled_images import LabelledImages
from amgan.metrics.agreement import Agreement
from amgan.metrics.copies import find_copies
from amgan.metrics.evaluation_settings import EvaluationSettings, protocol
from amgan.metrics.judge import Judge
from amgan.metrics.labeling import CONFIDENCES
from amgan.metrics.metric import rounded
from amgan.metrics.picture_meter import PictureMeter, Scores
from amgan.metrics.reference import Reference, check_data, kept_rows
from amgan.networks.config import ModelConfig
from amgan.sampling.sampler import Sample, Sampler

CHUNK = 500
"""Two of the judge's batches."""

MAX_DRAWS = 200
"""A class that D does not give a picture within so many draws of a seed counts as not found."""

SHOWN = 32
"""Pictures that are kept of the best and of the worst."""


@dataclass(frozen=True)
class Ranked:
    """Some pictures with D's score.

    Attributes:
        images: uint8 (N, C, size, size), in the order of their scores.
        scores: D's probability that a picture is real and of its class, float64 (N,).
    """

    images: Tensor
    scores: Tensor


@dataclass(frozen=True)
class Evaluation:
    """What was measured of a model.

    Attributes:
        summary: JSON-ready, the section `evaluation` of metrics.json.
        scores: Of the any-class pictures.
        named: D's class (dynamic) or G's (predefined) against the judge's, over the any-class pictures; None for a
            model that knows no classes.
        asked: The class that was asked for against the judge's; None where none was asked.
        best: The pictures that D rates highest.
        worst: The pictures that D rates lowest.
        closest: Generated pictures and under them the training pictures that they are nearest to, uint8
            (2, N, C, size, size), the closest pairs first; None where copies were not looked for.
    """

    summary: dict[str, Any]
    scores: Scores
    named: Agreement | None
    asked: Agreement | None
    best: Ranked
    worst: Ranked
    closest: Tensor | None = None


def evaluate(
    sampler: Sampler,
    judge: Judge,
    reference: Reference,
    settings: EvaluationSettings,
    real: Scores | None = None,
    training: LabelledImages | None = None,
    on_pictures: Callable[[Tensor], None] | None = None,
) -> Evaluation:
    """Judge a model.

    Args:
        sampler: Draws its pictures.
        judge: Looks at them.
        reference: What the judge says of the training set.
        settings: How much is looked at.
        real: The scores of real pictures that training did not see, to stand beside the model's.
        training: The training pictures of the reference, among which copies are looked for if there are real scores.
        on_pictures: Called with each part of the any-class pictures, uint8 (n, C, size, size), when the judge has seen
            it: for progress, and for scores that others take of the same pictures.

    Raises:
        JudgeError: the judge does not know the model's classes.
        RequestError: settings that nothing can be measured with.
    """
    settings.check()
    config = sampler.config
    judge.check_fits(config.class_names, config.image_size, config.channels, "the model")
    meter = PictureMeter(reference, config.class_names, settings.pictures, settings.pairs, settings.seed)
    named = _NamedClasses(config) if config.knows_classes else None
    ranking = _Ranking(config)
    for start in range(0, settings.pictures, CHUNK):
        seeds = range(settings.seed + start, settings.seed + min(start + CHUNK, settings.pictures))
        pictures, samples = sampler.sample(seeds, [None] * len(seeds))
        images = torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous()
        judgement = judge.judge(images)
        meter.add(images, judgement)
        if named is not None:
            named.add(samples, judgement.classes)
        ranking.add(images, samples)
        if on_pictures is not None:
            on_pictures(images)
    scores = meter.scores()
    summary: dict[str, Any] = {
        "protocol": protocol(sampler, judge, reference, settings),
        "scores": scores.summary,
    }
    if real is not None:
        summary["real"] = real.summary
    if named is not None:
        summary["agreement"] = named.summary()
    per_class = settings.asked // config.num_classes
    asked = None
    if config.knows_classes and per_class:
        asked, missing = _ask(sampler, judge, settings.seed, per_class)
        summary["asked"] = _asked_summary(config, asked, missing)
    closest = None
    if real is not None and training is not None:
        copies = find_copies(scores.features, reference.features, real.features)
        summary["copies"] = copies.summary()
        closest = _closest(sampler, training, settings.seed, copies.pairs)
    return Evaluation(summary, scores, named.agreement if named else None, asked, ranking.best, ranking.worst, closest)


def score_real(data: LabelledImages, judge: Judge, reference: Reference, settings: EvaluationSettings) -> Scores:
    """The same scores of real pictures, those of a test split: what a perfect model would come to.

    Args:
        data: The pictures; at most `settings.pictures` are looked at, chosen at random.
        judge: Looks at them.
        reference: What the judge says of the training set.
        settings: How much is looked at.

    Raises:
        JudgeError: the judge does not know these classes.
    """
    check_data(judge, data)
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(settings.seed))[: settings.pictures]
    meter = PictureMeter(reference, data.class_names, len(order), settings.pairs, settings.seed)
    for rows in order.split(CHUNK):
        meter.add(data.images[rows], judge.judge(data.images[rows]))
    return meter.scores()


def _closest(sampler: Sampler, training: LabelledImages, seed: int, pairs: Tensor) -> Tensor:
    generated, real = pairs.unbind(dim=1)
    pictures, _ = sampler.sample([seed + row for row in generated.tolist()], [None] * len(pairs))
    copied = training.images[kept_rows(len(training))[real].to(training.images.device)].cpu()
    return torch.stack([torch.from_numpy(pictures).permute(0, 3, 1, 2), copied])


class _NamedClasses:
    """The class that a picture is shown as against the judge's, also among those that D is sure of."""

    def __init__(self, config: ModelConfig) -> None:
        self._names = config.class_names
        self.agreement = Agreement(config.num_classes)
        self._kept = dict.fromkeys(CONFIDENCES, 0)
        self._right = dict.fromkeys(CONFIDENCES, 0)

    def add(self, samples: list[Sample], judged: Tensor) -> None:
        self.agreement.add(torch.tensor([sample.label for sample in samples]), judged)
        for sample, cls in zip(samples, judged.tolist()):
            for confidence in CONFIDENCES:
                if sample.class_probability >= confidence:
                    self._kept[confidence] += 1
                    self._right[confidence] += cls == sample.label

    def summary(self) -> dict[str, Any]:
        return {
            "share": rounded(self.agreement.share),
            "classes": dict(zip(self._names, map(rounded, self.agreement.class_share.tolist()))),
            "confusion": self.agreement.confusion.tolist(),
            "at_confidence": {
                f"{confidence:g}": rounded(self._right[confidence] / kept) if kept else None
                for confidence, kept in self._kept.items()
            },
        }


class _Ranking:
    """The pictures with the highest and the lowest scores so far."""

    def __init__(self, config: ModelConfig) -> None:
        shape = (0, config.channels, config.image_size, config.image_size)
        self.best = self.worst = Ranked(torch.empty(shape, dtype=torch.uint8), torch.empty(0, dtype=torch.float64))
        self._judges_classes = config.judges_classes

    def add(self, images: Tensor, samples: list[Sample]) -> None:
        scores = torch.tensor([sample.real_probability for sample in samples], dtype=torch.float64)
        if self._judges_classes:
            scores *= torch.tensor([sample.class_probability for sample in samples], dtype=torch.float64)
        self.best = _first(self.best, images, scores, descending=True)
        self.worst = _first(self.worst, images, scores, descending=False)


def _first(before: Ranked, images: Tensor, scores: Tensor, descending: bool) -> Ranked:
    images, scores = torch.cat([before.images, images]), torch.cat([before.scores, scores])
    # Stable, so that of equal pictures the earlier seeds are kept whatever the chunks.
    order = scores.sort(descending=descending, stable=True).indices[:SHOWN]
    return Ranked(images[order], scores[order])


def _ask(sampler: Sampler, judge: Judge, seed: int, per_class: int) -> tuple[Agreement, int]:
    """Every class asked of some seeds: what the judge sees on the pictures, and how many were not found."""
    classes = sampler.config.num_classes
    agreement = Agreement(classes)
    missing = 0
    for label, seeds in _asked_cells(classes, seed, per_class):
        found = sampler.find([(one, label) for one in seeds], MAX_DRAWS)
        missing += len(seeds) - len(found)
        if found:
            images = torch.stack([torch.from_numpy(picture) for picture in found.values()]).permute(0, 3, 1, 2)
            judged = judge.judge(images).classes
            agreement.add(torch.full_like(judged, label), judged)
    return agreement, missing


def _asked_summary(config: ModelConfig, agreement: Agreement, missing: int) -> dict[str, Any]:
    return {
        "pictures": int(agreement.confusion.sum()),
        "not_found": missing,
        "confidence": None if config.is_predefined else config.confidence,
        "share": rounded(agreement.share),
        "classes": dict(zip(config.class_names, map(rounded, agreement.class_share.tolist()))),
        "confusion": agreement.confusion.tolist(),
    }


def _asked_cells(num_classes: int, seed: int, per_class: int) -> Iterator[tuple[int, range]]:
    for label in range(num_classes):
        for start in range(seed, seed + per_class, CHUNK):
            yield label, range(start, min(start + CHUNK, seed + per_class))
