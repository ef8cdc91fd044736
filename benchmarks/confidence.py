"""What D's confidence is worth: how often a judge that never saw the model agrees with the class D names.

Trains a small classifier on the data set, then lets it name the class of any-class pictures of the model:

    python -m benchmarks.confidence --model weights/fashion-mnist --data zalando-datasets/fashion_mnist --write

With --write the table goes into the release's metrics.json and its card is made anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
import tyro
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from amgan import AMGAN
from amgan.card import model_card
from amgan.data import LabelledImages, load_labelled_images
from amgan.metrics.labelling import CONFIDENCES
from amgan.release import CARD_FILE, METRICS_FILE, write_json

BATCH = 128


@dataclass(frozen=True)
class Options:
    """Measure how an independent judge agrees with D.

    Attributes:
        model: A release folder with dynamic or predefined labeling.
        data: The data set it was trained on, with splits train and test.
        epochs: Passes over the training pictures.
        pictures: How many pictures are judged.
        judge: File that keeps the trained judge, so that several models meet the same one.
        write: Write the result into the release.
    """

    model: Path
    data: str
    epochs: int = 4
    pictures: int = 4096
    judge: Path | None = None
    write: bool = False


def main(options: Options) -> None:
    """Train or load the judge, judge the pictures, print the table."""
    model = AMGAN.from_pretrained(options.model)
    judge = small_net(model.config.channels, model.config.num_classes)
    if options.judge is not None and options.judge.exists():
        judge.load_state_dict(load_file(options.judge))
    else:
        train(judge, load(options, model, "train"), options.epochs)
        if options.judge is not None:
            save_file(judge.state_dict(), options.judge)
    test = load(options, model, "test")
    accuracy = (predict(judge, test.images) == test.labels).float().mean().item()

    images, labels, confidences = [], [], []
    for start in range(0, options.pictures, 256):
        seeds = range(start, min(start + 256, options.pictures))
        pictures, samples = model.sampler.sample(seeds, [None] * len(seeds))
        images.append(torch.from_numpy(pictures).permute(0, 3, 1, 2))
        labels += [sample.label for sample in samples]
        confidences += [sample.class_probability for sample in samples]
    agrees = predict(judge, torch.cat(images)) == torch.tensor(labels)
    sure = torch.tensor(confidences, dtype=torch.float64)
    protocol = (
        f"seeds 0 to {options.pictures - 1}, any class, truncation 1; judge: small net trained on the same training "
        f"pictures, {accuracy:.1%} of the test pictures right"
    )
    print(protocol)
    agreement = {}
    for confidence in CONFIDENCES:
        kept = sure >= confidence
        agreement[f"{confidence:g}"] = round(agrees[kept].double().mean().item(), 4) if kept.any() else None
        print(
            f"confidence {confidence:4}  kept {kept.double().mean():6.1%}  judge agrees {agreement[f'{confidence:g}']}"
        )
    if options.write:
        model.metrics["agreement"] = {"protocol": protocol, "at_confidence": agreement}
        write_json(options.model / METRICS_FILE, model.metrics)
        model_card(model.config, model.metrics, str(options.model)).save(options.model / CARD_FILE)


def load(options: Options, model: AMGAN, split: str) -> LabelledImages:
    """A split of the data, fitted to the model."""
    return load_labelled_images(options.data, model.config.image_size, split=split, channels=model.config.channels)


def small_net(channels: int, classes: int) -> nn.Sequential:
    """Five convolutions, 0.2 M parameters."""
    layers: list[nn.Module] = []
    for low, high, stride in ((channels, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 128, 2)):
        layers += [nn.Conv2d(low, high, 3, stride, 1, bias=False), nn.BatchNorm2d(high), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, classes))


def train(judge: nn.Module, data: LabelledImages, epochs: int) -> None:
    """One-cycle Adam, with flips."""
    torch.manual_seed(0)
    steps = len(data) // BATCH
    optimizer = torch.optim.AdamW(judge.parameters(), weight_decay=1e-3, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=epochs * steps)
    for epoch in range(epochs):
        for chosen in torch.randperm(len(data))[: steps * BATCH].view(steps, BATCH):
            images = to_range(data.images[chosen])
            flip = torch.rand(BATCH) < 0.5
            images[flip] = images[flip].flip(3)
            loss = F.cross_entropy(judge(images), data.labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"judge: epoch {epoch + 1} of {epochs}, last loss {loss.item():.3f}", flush=True)


@torch.no_grad()
def predict(judge: nn.Module, images: Tensor) -> Tensor:
    """Classes (N,) of uint8 pictures (N, C, H, W)."""
    judge.eval()
    return torch.cat([judge(to_range(part)).argmax(1) for part in images.split(512)])


def to_range(images: Tensor) -> Tensor:
    """uint8 as fp32 in [-1, 1]."""
    return images.float() / 127.5 - 1


if __name__ == "__main__":
    main(tyro.cli(Options))
