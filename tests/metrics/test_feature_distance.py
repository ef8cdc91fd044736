"""Distances of features against closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from amgan.metrics import feature_distance
from amgan.metrics.feature_distance import FrechetDistance, kernel_distance, subset_size


def gaussian(mean: torch.Tensor, root: torch.Tensor, count: int = 400, seed: int = 0) -> torch.Tensor:
    """Features whose sample mean and sample covariance are exactly `mean` and `root` @ `root`.T."""
    draw = torch.randn(count, len(mean), dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    draw = draw - draw.mean(dim=0)
    white = draw @ torch.linalg.inv(torch.linalg.cholesky(draw.T.cov())).T
    return white @ root.T + mean


def frechet(real: torch.Tensor, generated: torch.Tensor, batch: int = 1000) -> float:
    distance = FrechetDistance(real.shape[1])
    for part in real.split(batch):
        distance.add(part, real=True)
    for part in generated.split(batch):
        distance.add(part, real=False)
    return distance.compute()


def test_frechet_distance_of_two_gaussians():
    a, b = torch.tensor([1.0, 2.0, 0.5]).double().diag(), torch.tensor([2.0, 2.0, 3.0]).double().diag()
    mean = torch.tensor([0.0, 1.0, -2.0]).double()
    # Commuting covariances: |m1 - m2|^2 + sum of (s1 - s2)^2.
    expected = 5 + 1 + 0 + 6.25
    real, generated = gaussian(torch.zeros(3).double(), a), gaussian(mean, b, 300, seed=1)
    assert frechet(real, generated) == pytest.approx(expected, rel=1e-9)
    assert frechet(real, real) == pytest.approx(0, abs=1e-6)


def test_frechet_distance_where_covariances_do_not_commute():
    a = torch.tensor([[2.0, 0.0], [1.0, 1.0]]).double()
    b = torch.tensor([[1.0, 0.5], [0.0, 3.0]]).double()
    real, generated = gaussian(torch.zeros(2).double(), a), gaussian(torch.ones(2).double(), b, seed=2)
    first, second = a @ a.T, b @ b.T
    values, vectors = torch.linalg.eigh(first)
    root = vectors @ values.sqrt().diag() @ vectors.T
    middle = torch.linalg.eigvalsh(root @ second @ root).sqrt().sum()
    expected = 2 + float(first.trace() + second.trace() - 2 * middle)
    assert frechet(real, generated) == pytest.approx(expected, rel=1e-9)


def test_batches_and_written_sums_do_not_show():
    real, generated = torch.randn(200, 4).double(), torch.rand(150, 4).double()
    whole = frechet(real, generated)
    assert frechet(real, generated, batch=7) == pytest.approx(whole, rel=1e-9)
    first, second = FrechetDistance(4), FrechetDistance(4)
    first.add(real, real=True)
    second.set_real_sums(first.real_sums)
    second.add(generated, real=False)
    assert second.compute() == whole


def kernel_estimate(real: torch.Tensor, generated: torch.Tensor) -> float:
    """The unbiased estimate with the kernel (x.y / d + 1)^3."""

    def kernel(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    def without_itself(x):
        return float((kernel(x, x) * (1 - torch.eye(len(x)).double())).sum() / (len(x) * (len(x) - 1)))

    return without_itself(real) + without_itself(generated) - 2 * float(kernel(real, generated).mean())


def test_kernel_distance_by_its_definition(monkeypatch):
    # The mean over all subsets is the estimate of the whole.
    monkeypatch.setattr(feature_distance, "KERNEL_SUBSETS", 4000)
    draw = torch.Generator().manual_seed(0)
    real = torch.randn(6, 3, dtype=torch.float64, generator=draw)
    generated = torch.rand(6, 3, dtype=torch.float64, generator=draw) + 1
    measured = kernel_distance(real, generated)
    assert measured.subset_size == 3
    assert abs(measured.mean - kernel_estimate(real, generated)) < 4 * measured.std / 4000**0.5
    assert measured.standard_error == pytest.approx(measured.std)  # halves need no factor


def test_the_error_of_a_kernel_distance_is_what_other_pictures_change():
    draw = torch.Generator().manual_seed(0)

    def pictures(shift: float) -> torch.Tensor:
        return torch.randn(60, 4, dtype=torch.float64, generator=draw) + shift

    measured = [kernel_distance(pictures(0), pictures(0.7)) for _ in range(40)]
    spread = torch.tensor([distance.mean for distance in measured]).std()
    said = torch.tensor([distance.standard_error for distance in measured]).mean()
    assert 0.7 < said / spread < 1.6


def test_of_few_pictures_a_kernel_distance_is_no_bias():
    draw = torch.Generator().manual_seed(0)
    measured = [kernel_distance(*torch.randn(2, 12, 4, dtype=torch.float64, generator=draw)) for _ in range(100)]
    mean = torch.tensor([distance.mean for distance in measured])
    assert abs(mean.mean()) < 3 * mean.std() / 10


@pytest.mark.parametrize(("real", "generated", "size"), [(2, 2, 2), (3, 9, 2), (40, 30, 15), (5000, 3000, 1000)])
def test_a_subset_is_half_at_most(real, generated, size):
    assert subset_size(real, generated) == size


def test_two_pictures_have_a_kernel_distance_without_an_error():
    measured = kernel_distance(torch.randn(2, 3), torch.randn(2, 3))
    assert math.isfinite(measured.mean)
    assert math.isnan(measured.standard_error)


def test_kernel_distance_repeats_and_leaves_random_numbers_alone():
    real, generated = torch.randn(1500, 2), torch.randn(1200, 2) + 1
    state = torch.get_rng_state()
    assert kernel_distance(real, generated, seed=4) == kernel_distance(real, generated, seed=4)
    assert torch.equal(torch.get_rng_state(), state)
    assert kernel_distance(real, generated).mean > 10 * abs(kernel_distance(real, real.flip(0)).mean)


def test_kernel_distance_leaves_the_random_numbers_of_gpus_alone(monkeypatch):
    def touched(*_: object) -> None:
        raise AssertionError("a training on a GPU draws from there")

    for backend in (torch.cuda, torch.mps, torch.xpu):
        for name in ("manual_seed", "manual_seed_all"):
            if hasattr(backend, name):
                monkeypatch.setattr(backend, name, touched)
    kernel_distance(torch.randn(9, 2), torch.randn(9, 2))
