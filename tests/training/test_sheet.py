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
    assert drawn[0, 0, 0] == 0
    assert drawn[-1, -1, 0] == 255


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
