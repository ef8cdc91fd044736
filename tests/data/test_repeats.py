"""Pictures that a data set has more than once, in one class or in two, as they are or nearly, and blank ones."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from amgan.data import repeats
from amgan.data.labelled_images import LabelledImages, load_labelled_images
from amgan.data.repeats import repeats_in_words
from amgan.networks.objectives import UNLABELLED
from tests.data.data_sets import put


def photo(seed: int, side: int = 64) -> Image.Image:
    """Blots as large as things in a photo, other ones for each seed."""
    blots = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(blots).resize((side, side), Image.Resampling.BICUBIC)


def file(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


@pytest.fixture
def different(tmp_path):
    """Sixty pictures of two classes, all different."""
    return put(tmp_path, {f"{'ab'[number % 2]}/{number:02}.png": file(photo(number)) for number in range(60)})


def said(root) -> list[str]:
    return repeats_in_words(load_labelled_images(str(root), 32))


def test_different_pictures_are_not_worth_a_word(different):
    assert said(different) == []


def test_a_picture_in_two_classes_is_said_first(different):
    put(different, {f"a/again{number}.png": file(photo(4)) for number in range(9)} | {"b/00.png": file(photo(4))})
    put(different, {"a/x.png": file(photo(6)), "a/plain.png": 5})
    across, within, blank = said(different)
    assert across == (
        "Repeats   1 picture in several classes at once, which teach none of them: a/04.png and b/00.png; "
        "leave each in one class"
    )
    assert "1 picture that is there already, the same or nearly: a/06.png and a/x.png;" in within
    assert blank == "Blank     1 picture of one colour all over: a/plain.png"


NEARLY = {
    "other format": lambda: file(photo(4), "JPEG", quality=80),
    "smaller": lambda: file(photo(4).resize((40, 40), Image.Resampling.LANCZOS)),
    "a bit lighter": lambda: file(photo(4).point(lambda level: min(255, level + 3))),
    "with a mark": lambda: file(marked(photo(4))),
}


def marked(image: Image.Image) -> Image.Image:
    image.paste((255, 255, 255), (62, 62, 64, 64))
    return image


@pytest.mark.parametrize("case", NEARLY)
@pytest.mark.parametrize(("place", "words"), [("a", "there already"), ("b", "in several classes")])
def test_nearly_the_same(different, case, place, words):
    put(different, {f"{place}/z.png": NEARLY[case]()})
    (line,) = said(different)
    assert f"1 picture {'that is ' if place == 'a' else ''}{words}" in line
    assert f"a/04.png and {place}/z.png" in line


def test_all_pairs_are_found_that_comparing_each_with_each_finds(monkeypatch):
    monkeypatch.setattr(repeats, "BLOCK", 16)
    random = np.random.default_rng(0)
    base = np.stack([np.asarray(photo(seed, 32)) for seed in range(120)]).transpose(0, 3, 1, 2)
    noisy = (base.astype(int) + random.normal(0, 4, base.shape).round().astype(int)).clip(0, 255).astype(np.uint8)
    images = torch.from_numpy(np.concatenate([base, noisy])[random.permutation(240)])
    data = LabelledImages(images, torch.arange(240) % 2, ("a", "b"), "made", "none", {})
    flat = images.float().flatten(1)
    near = torch.cdist(flat, flat) / flat.shape[1] ** 0.5 < repeats.NEAR * flat.std(dim=1, correction=0)[:, None]
    pairs = {(row, other) for row, other in near.nonzero().tolist() if row < other}
    assert len(pairs) == 120
    found = {tuple(sorted(pair)) for pair in repeats._near(data, np.arange(240))}
    assert found == pairs


def test_unlabelled_pictures_are_of_no_other_class_and_many_are_compared_by_their_bits_alone(different, monkeypatch):
    put(different, {"a/z.png": file(photo(4)), "unlabelled/0.png": file(photo(5)), "b/near.png": NEARLY["smaller"]()})
    data = load_labelled_images(str(different), 32)
    assert UNLABELLED in data.labels
    across, within = repeats_in_words(data)
    assert "1 picture in several classes" in across
    assert "1 picture that is there already, the same or nearly: b/05.png and unlabelled/0.png" in within
    monkeypatch.setattr(repeats, "MOST_COMPARED", 10)
    (line,) = repeats_in_words(replace(data, names=()))
    assert "2 pictures that are there already, the same or nearly: picture 2 and picture 30," in line


def test_not_all_are_named(tmp_path):
    put(tmp_path, {f"{name}/{number}.png": number for name in "ab" for number in range(9)})
    assert said(tmp_path) == [
        "Blank     18 pictures of one colour all over: a/0.png, a/1.png, a/2.png, a/3.png, a/4.png, ..."
    ]
