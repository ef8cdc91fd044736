"""MS-SSIM: equal pictures, bounds, and a second implementation in plain numpy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.metrics import ms_ssim as module
from amgan.metrics.ms_ssim import ms_ssim, random_pairs
from tests.metrics.judges import noise

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def by_numpy(first: np.ndarray, second: np.ndarray) -> float:
    """One pair (C, H, W), window by window."""
    x, y = first.astype(np.float64), second.astype(np.float64)
    result = 1.0
    for scale, weight in enumerate(WEIGHTS):
        size = min(11, x.shape[1])
        ys, xs = np.mgrid[:size, :size] - (size - 1) / 2
        kernel = np.exp(-(xs**2 + ys**2) / (2 * (1.5 * size / 11) ** 2))
        kernel /= kernel.sum()
        terms = []
        for a, b in zip(x, y):
            for top in range(a.shape[0] - size + 1):
                for left in range(a.shape[1] - size + 1):
                    u, v = a[top : top + size, left : left + size], b[top : top + size, left : left + size]
                    mu, nu = (kernel * u).sum(), (kernel * v).sum()
                    variances = (kernel * (u - mu) ** 2).sum() + (kernel * (v - nu) ** 2).sum()
                    covariance = abs((kernel * (u - mu) * (v - nu)).sum())
                    term = (2 * covariance + 58.5225) / (variances + 58.5225)
                    if scale == 4:
                        term *= (2 * mu * nu + 6.5025) / (mu**2 + nu**2 + 6.5025)
                    terms.append(term)
        result *= np.mean(terms) ** weight
        x, y = ((p[:, ::2, ::2] + p[:, 1::2, ::2] + p[:, ::2, 1::2] + p[:, 1::2, 1::2]) / 4 for p in (x, y))
    return float(result)


@pytest.mark.parametrize(("channels", "size"), [(1, 32), (3, 32), (3, 64), (1, 16)])
def test_equal_pictures_score_1(channels, size):
    images = noise(4, channels, size)
    torch.testing.assert_close(ms_ssim(images, images), torch.ones(4, dtype=torch.float64))


@pytest.mark.parametrize(("channels", "size"), [(1, 32), (3, 32), (1, 64)])
def test_as_plain_numpy_has_it(channels, size):
    smooth = torch.nn.functional.avg_pool2d(noise(6, channels, size, seed=5).double(), 5, 1, 2)
    images = (smooth + torch.linspace(0, 50, size)).clamp(0, 255).to(torch.uint8)
    measured = ms_ssim(images[:3], images[3:])
    expected = [by_numpy(a, b) for a, b in zip(images[:3].numpy(), images[3:].numpy())]
    assert measured.tolist() == pytest.approx(expected, rel=1e-9)
    assert max(expected) - min(expected) > 1e-3


@given(st.integers(0, 2**31))
def test_symmetric_and_bounded(seed):
    first, second = noise(3, 3, seed=seed), noise(3, 3, seed=seed + 1)
    measured = ms_ssim(first, second)
    torch.testing.assert_close(measured, ms_ssim(second, first))
    assert ((measured > 0) & (measured < 1)).all()


def test_an_opposite_picture_is_as_like_as_its_absolute_covariance():
    image = noise(1)
    assert ms_ssim(image, 255 - image)[0] > 0.2


def test_batches_do_not_show(monkeypatch):
    first, second = noise(9, seed=1), noise(9, seed=2)
    whole = ms_ssim(first, second)
    monkeypatch.setattr(module, "CHUNK", 2)
    torch.testing.assert_close(ms_ssim(first, second), whole, rtol=1e-12, atol=0)


def test_a_picture_too_small_for_five_scales():
    with pytest.raises(ValueError, match="pairs must be"):
        ms_ssim(noise(1, size=8), noise(1, size=8))
    assert ms_ssim(noise(0), noise(0)).shape == (0,)


@given(st.integers(0, 12), st.integers(1, 80), st.integers(0, 2**31))
def test_pairs_are_different_pairs_of_different_pictures(pictures, pairs, seed):
    first, second = random_pairs(pictures, pairs, torch.Generator().manual_seed(seed))
    chosen = set(zip(first.tolist(), second.tolist()))
    assert len(chosen) == len(first) == min(pairs, pictures * (pictures - 1) // 2)
    assert all(0 <= a < b < pictures for a, b in chosen)
