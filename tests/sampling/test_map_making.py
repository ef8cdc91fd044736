"""Where seeds lie on a map: each at a place of its own, the alike near each other, the same each time."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from amgan.errors import ReleaseError
from amgan.release.seed_map import THUMBNAIL
from amgan.sampling import map_making
from amgan.sampling.map_making import make_map, principal_plane, spread
from amgan.sampling.marking import XMP
from tests.models import tiny_model

ROWS, COLUMNS = 4, 6


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 2), (3, 5), (7, 2), (32, 64)])
def test_points_that_are_a_grid_already_stay_where_they_are(rows, columns):
    grid = torch.arange(rows * columns).reshape(rows, columns)
    points = torch.stack([(grid % columns).flatten(), (grid // columns).flatten()], dim=1).double()
    assert torch.equal(spread(points, rows, columns), grid)
    # Neither by how far apart they lie nor by their numbers.
    order = torch.randperm(len(points), generator=torch.Generator().manual_seed(0))
    assert torch.equal(order[spread(points[order].exp(), rows, columns)], grid)


def test_every_place_is_taken_once_and_neighbours_were_near():
    points = torch.randn(2048, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64) ** 3
    places = spread(points, 32, 64)
    assert torch.equal(places.flatten().sort().values, torch.arange(2048))
    ranks = points.argsort(dim=0).argsort(dim=0).double() / 2048
    laid = ranks[places]
    apart = (laid[:, 1:] - laid[:, :-1]).norm(dim=2).mean()
    by_chance = (ranks[1:] - ranks[:-1]).norm(dim=1).mean()
    assert apart < 0.1 * by_chance


def test_points_that_are_all_one_have_places_too():
    assert sorted(spread(torch.zeros(6, 2), 2, 3).flatten().tolist()) == [*range(6)]


def test_the_plane_is_that_of_the_largest_spread():
    numbers = torch.Generator().manual_seed(0)
    known = torch.randn(100, 2, generator=numbers, dtype=torch.float64) * torch.tensor([5.0, 2.0])
    known = known - known.mean(dim=0)
    known[:, 1] -= known[:, 0] * (known[:, 0] @ known[:, 1]) / (known[:, 0] @ known[:, 0])
    frame, _ = torch.linalg.qr(torch.randn(7, 2, generator=numbers, dtype=torch.float64))
    found = principal_plane(known @ frame.T + 3)
    torch.testing.assert_close(found.abs(), known.abs())
    # Which way a component points is not by chance.
    turned = principal_plane((known * torch.tensor([-1.0, 1.0])) @ (frame * torch.tensor([-1.0, 1.0])).T)
    torch.testing.assert_close(turned, found)


@pytest.mark.parametrize("features", [1, 2, 40])
def test_a_plane_of_few_features_or_none_that_differ(features):
    plane = principal_plane(torch.ones(8, features))
    assert plane.shape == (8, 2)
    assert not plane.any()


@pytest.mark.parametrize(("labeling", "size"), [("dynamic", 32), ("predefined", 32), ("dynamic", 64)])
def test_a_map_shows_what_the_model_draws(labeling, size):
    model = tiny_model(labeling=labeling, image_size=size)
    found = make_map(model.sampler, ROWS, COLUMNS)
    found.check()
    assert sorted(found.seeds.flatten().tolist()) == [*range(ROWS * COLUMNS)]
    again = make_map(model.sampler, ROWS, COLUMNS)
    assert torch.equal(again.seeds, found.seeds)
    assert again.sprite == found.sprite
    assert XMP in found.sprite
    sprite = np.asarray(Image.open(io.BytesIO(found.sprite)).convert("L")).astype(float)
    tiles = sprite.reshape(ROWS, THUMBNAIL, COLUMNS, THUMBNAIL).swapaxes(1, 2).reshape(ROWS * COLUMNS, -1)
    pictures = model.sample(seeds=found.seeds.flatten().tolist())
    small = pictures.reshape(-1, THUMBNAIL, size // THUMBNAIL, THUMBNAIL, size // THUMBNAIL).mean(axis=(2, 4))
    # The file is lossy, so that noise is like itself and not the same.
    alike = np.corrcoef(tiles, small.reshape(ROWS * COLUMNS, -1))[: ROWS * COLUMNS, ROWS * COLUMNS :]
    assert alike.argmax(axis=1).tolist() == [*range(ROWS * COLUMNS)]


def test_a_sprite_that_would_be_too_large_is_coarser(monkeypatch):
    sampler = tiny_model(channels=3).sampler
    fine = len(make_map(sampler, ROWS, COLUMNS).sprite)
    monkeypatch.setattr(map_making, "MAX_SPRITE_BYTES", fine - 1)
    assert len(make_map(sampler, ROWS, COLUMNS).sprite) < fine
    monkeypatch.setattr(map_making, "MAX_SPRITE_BYTES", 100)
    with pytest.raises(ReleaseError, match="at any quality"):
        make_map(sampler, ROWS, COLUMNS)
