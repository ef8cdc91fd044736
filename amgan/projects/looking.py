"""What can be said of a trained model beside the photos: its closest pairs with them, and what each class lacks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import TypeAdapter
from torch import Tensor

from amgan.data.labelled_images import FEW_OF_CLASS
from amgan.errors import ConfigError, DataError, one_line
from amgan.model import AMGAN
from amgan.networks.efficientnet import LITE0, FrozenEfficientNet
from amgan.projects.folder import Project
from amgan.projects.grouping import classifier
from amgan.projects.labels import Labels
from amgan.projects.looks import Looks, features_of, look, sharpness_of
from amgan.projects.runs import Run, labels_as_begun
from amgan.sampling.media import encode_png, grid
from amgan.whole_files import write_whole

FILE = "look.json"
PAIRS_FILE = "pairs.png"
PHOTOS_FILE = "photos.png"
"""Photos beside the model's own sheet, a row a class in the same order."""

ROWS, COLUMNS, GAP = 10, 10, 2
"""Of both, and the pixels between two pictures."""

EACH = 24
"""So many pictures of each class are looked at, those of the first seeds."""

PAIRS = 8
"""Closest pairs that are shown."""

NEAR = 0.05
"""Part of the photos that count as near to another one."""

TOO_NEAR = 3
"""A model is suspected of copying where so many times as many of its pictures are as near to a photo as that."""

Kind = Literal["few", "mistaken", "alike", "blurred", "pale"]
BOUNDS: dict[Kind, float] = {"few": FEW_OF_CLASS, "mistaken": 0.8, "alike": 0.7, "blurred": 0.6, "pale": 0.7}
"""What is less is said: photos; pictures that look like their class; variety, sharpness and colour, those of the photos
being 1."""


@dataclass(frozen=True)
class Lack:
    """Something that a class lacks.

    Attributes:
        name: The class.
        kind: What it is.
        number: How much there is of it, see `BOUNDS`.
        other: The class that it is mistaken for, if it is.
    """

    name: str
    kind: Kind
    number: float
    other: str = ""


@dataclass(frozen=True)
class Pair:
    """A picture and the photo that is nearest to it.

    Attributes:
        name: The class of the picture.
        seed: Its seed.
        photo: The photo.
        rank: Part of the photos that are as near or nearer to another photo, 0 to 1; 0 for a copy.
    """

    name: str
    seed: int
    photo: str
    rank: float


@dataclass(frozen=True)
class Look:
    """What was found out of a model.

    Attributes:
        revision: Of the model.
        pictures: How many of its pictures were looked at.
        near: Part of them that is as near to a photo as the nearest twentieth of the photos is to another one.
        pairs: The closest pairs, the closest first.
        lacks: What classes lack.
    """

    revision: str
    pictures: int
    near: float
    pairs: tuple[Pair, ...]
    lacks: tuple[Lack, ...]

    @property
    def copies(self) -> bool:
        """Whether it is to be suspected of copying photos."""
        return self.near > TOO_NEAR * NEAR


def look_at(project: Project, run: Run) -> Look:
    """Find out what can be said of a training's model, and keep it beside the model.

    Raises:
        RequestError: it has no model yet.
        AmganError: the model or a photo cannot be used.
        OSError: it cannot be written.
    """
    model, labels = AMGAN.from_pretrained(run.release()), labels_as_begun(project, run)
    names = [name for name in model.class_names if name in labels.counts]
    photos = [photo for photo in labels.photos if labels.classes.get(photo) in names]
    if not photos:
        raise DataError(f"none of the classes of {run.folder.name} has a photo any more")
    looks = look(project, list(labels.names)).only(photos)
    images = torch.from_numpy(model.sample(np.repeat(names, EACH).tolist(), list(range(EACH)) * len(names)))
    images = images.permute(0, 3, 1, 2).expand(-1, 3, -1, -1).contiguous()
    # Photos as the model knows them: larger ones would be told apart by their sharpness alone.
    real = F.interpolate(looks.thumbs.float(), images.shape[2:], mode="area").round().to(torch.uint8)
    found = _compared(model.revision, names, photos, labels, looks, real, images)
    sheet = [side for pair in found.pairs for side in (_picture(images, names, pair), real[photos.index(pair.photo)])]
    rows = [torch.cat([side.expand(3, -1, -1) for side in sheet[place::2]], dim=2) for place in range(2)]
    write_whole(run.folder / PAIRS_FILE, encode_png(torch.cat(rows, dim=1).permute(1, 2, 0).numpy()))
    write_whole(run.folder / PHOTOS_FILE, encode_png(_rows_of_photos(names, photos, labels, real)))
    write_whole(run.folder / FILE, json.dumps(asdict(found), ensure_ascii=False).encode())
    return found


def has_looked(run: Run) -> bool:
    """Whether `look_at` was done."""
    return (run.folder / FILE).is_file()


def read_look(run: Run) -> Look | None:
    """What was found out of a training's model; None as long as that is nothing.

    Raises:
        ConfigError: it cannot be read.
    """
    file = run.folder / FILE
    try:
        return TypeAdapter(Look).validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ConfigError(f"{file} does not hold what it should ({one_line(error):.100}); remove it") from error


def _compared(
    revision: str,
    names: Sequence[str],
    photos: Sequence[str],
    labels: Labels,
    looks: Looks,
    real: Tensor,
    images: Tensor,
) -> Look:
    net = FrozenEfficientNet(LITE0)
    own = [labels.classes[photo] for photo in photos]
    asked = [name for name in names for _ in range(EACH)]
    of_photos, drawn = (looks.beside(features_of(pictures, net)) for pictures in (real, images))
    apart = torch.cdist(of_photos, of_photos).fill_diagonal_(torch.inf).min(dim=1).values
    distance, nearest = torch.cdist(drawn, of_photos).min(dim=1)
    near = float((distance <= apart.quantile(NEAR)).double().mean()) if len(photos) > 1 else 0.0
    pairs: list[Pair] = []
    seen: set[str] = set()
    for row in distance.argsort(stable=True).tolist():
        photo = photos[int(nearest[row])]
        if photo not in seen and len(pairs) < PAIRS:  # the same photo again tells nothing more
            seen.add(photo)
            rank = float((apart <= distance[row]).double().mean())
            pairs.append(Pair(asked[row], row % EACH, photo, round(rank, 4)))
    lacks = _lacks(names, own, asked, of_photos, drawn, real, images)
    return Look(revision, len(images), round(near, 4), tuple(pairs), tuple(lacks))


def _lacks(
    names: Sequence[str],
    own: Sequence[str],
    asked: Sequence[str],
    of_photos: Tensor,
    drawn: Tensor,
    real: Tensor,
    images: Tensor,
) -> list[Lack]:
    shown = classifier().fit(of_photos.numpy(), own).predict(drawn.numpy()) if len(names) > 1 else np.array(asked)
    found = []
    for name in names:
        mine = torch.tensor([one == name for one in own])
        its = torch.tensor([one == name for one in asked])
        like = shown[its.numpy()]
        others, counts = np.unique(like[like != name], return_counts=True)
        other = str(others[counts.argmax()]) if len(others) else ""
        numbers: dict[Kind, float] = {
            "few": float(mine.sum()),
            "mistaken": float(np.mean(like == name)),
            "alike": _variety(drawn[its]) / max(_variety(of_photos[mine]), 1e-6),
            "blurred": _middle(sharpness_of(images[its])) / max(_middle(sharpness_of(real[mine])), 1e-6),
            "pale": _middle(_colour(images[its])) / max(_middle(_colour(real[mine])), 1.0),
        }
        found += [
            Lack(name, kind, round(number, 4), other if kind == "mistaken" else "")
            for kind, number in numbers.items()
            if number < BOUNDS[kind]
        ]
    return found


def _variety(features: Tensor) -> float:
    """The mean distance between two of (N, F)."""
    return float(F.pdist(features).mean()) if len(features) > 1 else 0.0


def _colour(images: Tensor) -> Tensor:
    """How far the channels of pictures (N, 3, H, W) are apart, in levels of 255, (N,)."""
    pixels = images.float()
    return (pixels.amax(dim=1) - pixels.amin(dim=1)).mean(dim=(1, 2))


def _middle(values: Tensor) -> float:
    return float(values.median())


def _rows_of_photos(names: Sequence[str], photos: Sequence[str], labels: Labels, real: Tensor) -> np.ndarray:
    """Some photos of each class, spread over all of them, uint8 (H, W, 4); where a row ends, the page is seen."""
    cells = np.full((min(len(names), ROWS) * COLUMNS, *real.shape[2:], 4), 255, dtype=np.uint8)
    ends = []
    for number, name in enumerate(names[:ROWS]):
        rows = [row for row, photo in enumerate(photos) if labels.classes[photo] == name]
        shown = rows[:: max(1, len(rows) // COLUMNS)][:COLUMNS]
        for place, row in enumerate(shown):
            cells[number * COLUMNS + place, ..., :3] = real[row].permute(1, 2, 0).numpy()
        ends.append(len(shown))
    sheet = grid(cells, COLUMNS, GAP)
    height, width = real.shape[2] + GAP, real.shape[3] + GAP
    for number, end in enumerate(ends):
        sheet[number * height : (number + 1) * height, end * width - GAP :, 3] = 0
    return sheet


def _picture(images: Tensor, names: Sequence[str], pair: Pair) -> Tensor:
    return images[names.index(pair.name) * EACH + pair.seed]
