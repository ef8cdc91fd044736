"""A judge of few pictures: a linear classifier fitted to frozen features, its accuracy cross-validated.

Every picture is named by a classifier that was fitted without it, so none has to be kept apart. The same predictions
give the temperature at which the judge is as sure as it is right.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor

from amgan.data.labelled_images import LabelledImages
from amgan.errors import DataError
from amgan.metrics.judge import Judge, JudgeConfig
from amgan.metrics.judge_pretrained import PretrainedJudgeNet
from amgan.networks.architecture import ImageSize
from amgan.networks.efficientnet import LITE1

FOLDS = 5

PENALTY = 1e-3
"""Weight of half the squared weights beside the mean cross-entropy; features have a standard deviation of 1."""

TEMPERATURES = torch.logspace(-1, 1, 201, dtype=torch.float64).tolist()
CHUNK = 500


def fit_judge(
    data: LabelledImages,
    device: torch.device | str = "cpu",
    on_pictures_done: Callable[[int], object] | None = None,
) -> Judge:
    """Fit a judge to all pictures of a data set that have a class; the same pictures give the same judge.

    Args:
        data: The pictures.
        device: Where the judge computes.
        on_pictures_done: Called with the number of pictures done so far.

    Raises:
        DataError: a class has fewer pictures than there are folds.
        ConfigError: the pretrained net is not installed.
    """
    rows = (data.labels >= 0).nonzero()[:, 0]
    labels = data.labels[rows].cpu()
    counts = torch.bincount(labels, minlength=len(data.class_names))
    if counts.min() < FOLDS:
        raise DataError(
            f"{data.source}: class {data.class_names[int(counts.argmin())]!r} has {int(counts.min())} pictures; a "
            f"judge on pretrained features needs {FOLDS} or more of each class"
        )
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers stay as they are
        net = PretrainedJudgeNet(len(data.class_names)).to(device)
    config = JudgeConfig(
        class_names=data.class_names,
        image_size=cast(ImageSize, data.images.shape[2]),
        channels=3 if data.images.shape[1] == 3 else 1,
        width=0,
        resize=data.fit,
        accuracy=0.0,
        test_pictures=len(rows),
        training=f"{len(rows)} pictures, logistic regression on {LITE1.title}",
        pretrained=LITE1.title,
        folds=FOLDS,
    )
    judge = Judge(config, net)
    features = torch.empty(len(rows), net.num_features, dtype=torch.float64)
    for part in torch.arange(len(rows)).split(CHUNK):
        features[part] = judge.judge(data.images[rows[part]]).features.double()
        if on_pictures_done is not None:
            on_pictures_done(int(part[-1]) + 1)
    std, mean = torch.std_mean(features, dim=0)
    net.learnt.mean.copy_(mean)
    net.learnt.std.copy_(std.clamp(min=1e-6))
    features = (features - net.learnt.mean.cpu()) / net.learnt.std.cpu()
    foreseen = _cross_validated(features, labels)
    temperature = min(TEMPERATURES, key=lambda value: float(F.cross_entropy(foreseen / value, labels)))
    weight, bias = _fit(features, labels, len(data.class_names))
    with torch.no_grad():
        net.logits.weight.copy_(weight / temperature)
        net.logits.bias.copy_(bias / temperature)
    right = float((foreseen.argmax(dim=1) == labels).double().mean())
    judge.config = dataclasses.replace(config, accuracy=round(right, 6))
    return judge


def _cross_validated(features: Tensor, labels: Tensor) -> Tensor:
    """Logits (N, K) of each picture by a classifier of the other folds."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    fold = torch.empty_like(labels)
    fold[order[labels[order].sort(stable=True).indices]] = torch.arange(len(labels)) % FOLDS
    classes = int(labels.max()) + 1
    logits = torch.empty(len(labels), classes, dtype=torch.float64)
    for number in range(FOLDS):
        weight, bias = _fit(features[fold != number], labels[fold != number], classes)
        logits[fold == number] = F.linear(features[fold == number], weight, bias)
    return logits


def _fit(features: Tensor, labels: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Weight (K, F) and bias (K,) of the logistic regression on features (N, F), float64."""
    weight = torch.zeros(classes, features.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(classes, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=200, tolerance_grad=1e-5, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(F.linear(features, weight, bias), labels) + PENALTY / 2 * weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    return weight.detach(), bias.detach()
