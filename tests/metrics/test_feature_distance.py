"""Distances of features against closed forms."""

from __future__ import annotations

import pytest
import torch

from amgan.metrics.feature_distance import FrechetDistance, kernel_distance


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


def test_kernel_distance_by_its_definition():
    real, generated = torch.randn(12, 3).double(), torch.rand(12, 3).double() + 1

    # One subset is everything: the unbiased estimate with the kernel (x.y / d + 1)^3.
    def kernel(x, y):
        return (x @ y.T / 3 + 1) ** 3

    off = 1 - torch.eye(12).double()
    expected = (kernel(real, real) * off).sum() / 132 + (kernel(generated, generated) * off).sum() / 132
    expected -= 2 * kernel(real, generated).mean()
    measured = kernel_distance(real, generated)
    assert measured.subset_size == 12
    assert measured.mean == pytest.approx(float(expected), rel=1e-6)
    assert measured.std == pytest.approx(0, abs=1e-6)


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
