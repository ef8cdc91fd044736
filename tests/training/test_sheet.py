"""The sample sheet: the same latents every time, a row a class, right pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from amgan.networks.config import ModelConfig
from amgan.networks.dcgan import Generator
from amgan.sampling.latents import latent_at
from amgan.training.sheet import COLUMNS, MAX_ROWS, SampleSheet


class Painter(torch.nn.Module):
    """Stands for G: remembers what it was given, and paints each picture in one value."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def forward(self, latents, classes=None):
        self.given = latents, classes
        return self.values[: len(latents)].reshape(-1, 1, 1, 1).expand(-1, 1, 32, 32)


class Colours(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, latents, classes=None):
        return torch.zeros(len(latents), 3, self.size, self.size)


def config(classes, labeling):
    names = tuple(f"class {k}" for k in range(classes))
    return ModelConfig(names, labeling=labeling, channels=1, latent_dim=4, generator_width=4, discriminator_width=4)


@pytest.mark.parametrize(("classes", "rows"), [(2, 2), (10, 10), (37, MAX_ROWS)])
@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_one_seed_a_picture_and_one_class_a_row(tmp_path, classes, rows, labeling):
    painter = Painter(torch.linspace(-1, 1, rows * COLUMNS))
    drawn = SampleSheet(config(classes, labeling), tmp_path, torch.device("cpu")).draw(painter, 20)
    latents, given = painter.given
    assert torch.equal(latents, torch.stack([latent_at(seed, 0, 4) for seed in range(rows * COLUMNS)]))
    if labeling == "predefined":
        assert given.argmax(dim=1).tolist() == [k for k in range(rows) for _ in range(COLUMNS)]
        assert given.shape == (rows * COLUMNS, classes)
    else:
        assert given is None
    assert drawn.dtype == np.uint8
    width = COLUMNS * 34 - 2
    assert drawn[0, -width, 0] == 0
    assert drawn[-1, -1, 0] == 255
    assert (drawn.shape[1] > width) == (labeling == "predefined")


def test_names_stand_beside_their_rows_whatever_they_are(tmp_path):
    def strip(*names, size=32):
        made = ModelConfig(names, labeling="predefined", latent_dim=4, generator_width=4, discriminator_width=4,
                           image_size=size)  # fmt: skip
        drawn = SampleSheet(made, tmp_path, torch.device("cpu")).draw(Colours(size), 1)
        assert drawn.shape[2] == 3
        return drawn[:, : -(COLUMNS * (size + 2) - 2)]

    plain = strip("Mug", "é ж", "T-shirt/top")
    inks = [(255 - plain[34 * row : 34 * row + 32].astype(int)).sum() for row in range(3)]
    assert min(inks) > 0
    assert not np.array_equal(plain[:32], plain[34:66])
    # Names that the font cannot draw are numbers: no boxes, and no two alike.
    assert np.array_equal(strip("猫", "C 가", "ok"), strip("class 0", "class 1", "ok"))
    # Long ones are cut, and leave the others their place.
    long = strip("W" * 200, "a", size=64)
    assert long.shape[1] <= 4.5 * 64 + 40
    assert np.array_equal(long, strip("W" * 199, "a", size=64))


def test_how_far_a_sheet_is_from_the_one_before(tmp_path):
    sheet = SampleSheet(config(2, "dynamic"), tmp_path, torch.device("cpu"), learns_from=100)
    changes = []
    # Not before G learns, and not from a sheet that is only a few steps older.
    for step, level in ((50, 90), (75, 60), (100, 0), (101, 1), (125, 1), (150, 11), (151, 91)):
        sheet.draw(Painter(torch.full((20,), (level + 0.5) / 127.5)), step)
        changes.append(sheet.change)
    assert changes == [None, None, None, None, 1.0, 10.0, 10.0]


def test_values_are_rounded_to_the_nearest_grey_level(tmp_path):
    values = torch.arange(20).div(127.5).sub(1) + 0.4 / 127.5
    drawn = SampleSheet(config(2, "dynamic"), tmp_path, torch.device("cpu")).draw(Painter(values), 1)
    assert [int(drawn[0, 34 * column, 0]) for column in range(COLUMNS)] == list(range(10))


def test_the_file_is_the_sheet_and_drawing_disturbs_nothing(tmp_path):
    torch.manual_seed(0)
    generator = Generator(config(3, "dynamic")).eval()
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    random = torch.get_rng_state()
    sheet = SampleSheet(config(3, "dynamic"), tmp_path / "sheets", torch.device("cpu"))
    first, second = sheet.draw(generator, 5), sheet.draw(generator, 10)
    assert np.array_equal(first, second)
    assert torch.equal(random, torch.get_rng_state())
    assert all(torch.equal(before[name], tensor) for name, tensor in generator.state_dict().items())
    files = sorted(path.name for path in (tmp_path / "sheets").iterdir())
    assert files == ["step-000000005.png", "step-000000010.png"]
    picture = Image.open(io.BytesIO((tmp_path / "sheets" / files[0]).read_bytes()))
    assert np.array_equal(np.asarray(picture), first[..., 0])
