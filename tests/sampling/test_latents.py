"""A seed's stream of latents: fixed for ever, whatever is taken or passed over at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.bounds import MAX_SEED, check_seed
from amgan.errors import RequestError
from amgan.sampling.latents import LatentStream, class_of_seed, latent_at

SEEDS = st.integers(0, MAX_SEED)
# Below 16 numbers torch draws normals one by one and keeps every second for later, above in vectors.
DIMS = st.integers(1, 40)

FIRST_OF_SEED_7 = [-0.820135, 0.395631, 0.898908]
SECOND_OF_SEED_7 = [-0.585957, -0.489587, 0.639798]


@given(SEEDS, DIMS, st.integers(0, 12))
def test_latent_k_is_the_kth_call_of_randn(seed, dim, draw):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(draw):
        torch.randn(dim, generator=generator)
    expected = torch.randn(dim, generator=generator)
    latent = latent_at(seed, draw, dim)
    assert latent.dtype == torch.float32
    assert torch.equal(latent, expected)


@given(SEEDS, DIMS, st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=6))
def test_skip_and_take_in_any_portions(seed, dim, portions):
    stream = LatentStream(seed, dim)
    whole = LatentStream(seed, dim).take(sum(count for _, count in portions))
    assert whole.shape == (sum(count for _, count in portions), dim)
    position = 0
    for take, count in portions:
        if take:
            assert torch.equal(stream.take(count), whole[position : position + count])
        else:
            stream.skip(count)
        position += count


def test_stream_is_fixed_for_ever():
    """Names of pictures hang on these numbers; a torch that draws others must be noticed."""
    latents = LatentStream(7, 100).take(2)
    assert latents[0, :3].tolist() == pytest.approx(FIRST_OF_SEED_7, abs=1e-6)
    assert latents[1, :3].tolist() == pytest.approx(SECOND_OF_SEED_7, abs=1e-6)


def test_stream_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    latent_at(3, 4, 10)
    class_of_seed(3, 10)
    assert torch.equal(torch.get_rng_state(), before)


def test_latents_are_standard_normal():
    latents = torch.cat([LatentStream(seed, 100).take(10) for seed in range(20)])
    assert latents.mean().item() == pytest.approx(0, abs=5 / 20_000**0.5)
    assert latents.std().item() == pytest.approx(1, abs=5 / 40_000**0.5)


def test_seeds_differ():
    first = torch.stack([latent_at(seed, 0, 8) for seed in [*range(300), MAX_SEED, MAX_SEED - 1]])
    assert len(first.unique(dim=0)) == 302


def test_a_larger_seed_would_repeat_a_smaller_one():
    """Why the bound is where it is."""
    draws = [torch.randn(4, generator=torch.Generator().manual_seed(seed)) for seed in (5, 2**32 + 5)]
    assert torch.equal(*draws)


@given(SEEDS)
def test_whole_numbers_of_any_kind_are_seeds(seed):
    for kind in (int, np.uint32, np.uint64, np.int64):
        number = check_seed(kind(seed))
        assert number == seed
        assert type(number) is int


@pytest.mark.parametrize(
    "seed",
    [True, False, np.bool_(True), 1.0, np.float64(1), "7", b"7", None, [7], -1, np.int8(-1), MAX_SEED + 1, 10**300, 1j],
)
def test_other_seeds_are_refused(seed):
    with pytest.raises(RequestError, match="seed must be a whole number from 0 to 4294967295") as caught:
        check_seed(seed)
    assert "\n" not in str(caught.value)
    with pytest.raises(RequestError):
        LatentStream(seed, 4)
    with pytest.raises(RequestError):
        class_of_seed(seed, 4)


@given(SEEDS, st.integers(1, 1000))
def test_class_of_seed_is_a_class_and_repeats(seed, classes):
    label = class_of_seed(seed, classes)
    assert type(label) is int
    assert 0 <= label < classes
    assert class_of_seed(seed, classes) == label


def test_classes_of_seeds_are_even():
    """Over 5,000 seeds each of ten classes within five standard errors of its 500."""
    counts = np.bincount([class_of_seed(seed, 10) for seed in range(5000)], minlength=10)
    assert abs(counts - 500).max() < 5 * (5000 * 0.1 * 0.9) ** 0.5


@pytest.mark.parametrize("seed", [np.array([1, 2]), torch.tensor(2.5), 10**40, -1, 2**32])
def test_seeds_out_of_range_or_of_odd_types_get_one_line(seed):
    with pytest.raises(RequestError, match="^a seed must be a whole number from 0 to 4294967295, not .{1,60}$"):
        check_seed(seed)


def test_the_stream_does_not_follow_the_default_dtype():
    expected = LatentStream(3, 20).take(2)
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.equal(LatentStream(3, 20).take(2), expected)
    finally:
        torch.set_default_dtype(torch.float32)
