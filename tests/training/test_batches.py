"""Batches: every epoch a permutation, shared out over the processes, and a pure function of the step."""

from __future__ import annotations

from dataclasses import replace

import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.data.labelled_images import LabelledImages
from amgan.training.batches import Batches, one_epoch, to_unit_range


def numbered(count: int) -> LabelledImages:
    """A set whose label is the number of the picture, written into its first two pixels as well."""
    images = torch.zeros(count, 1, 32, 32, dtype=torch.uint8)
    numbers = torch.arange(count)
    images[:, 0, 0, 0], images[:, 0, 0, 1] = numbers % 256, numbers // 256
    return LabelledImages(images, numbers, ("a", "b"), "made", "none", {(32, 32): count})


shares = st.tuples(st.integers(1, 7), st.integers(1, 4)).flatmap(
    lambda s: st.tuples(st.just(s[0]), st.just(s[1]), st.integers(s[0] * s[1], 150))
)


@given(shares, st.integers(-3, 2**40), st.integers(0, 5))
def test_an_epoch_takes_each_picture_at_most_once_over_all_processes(share, seed, epoch):
    batch_size, world_size, count = share
    data = numbered(count)
    ranks = [Batches(data, batch_size, seed, rank, world_size) for rank in range(world_size)]
    steps = ranks[0].batches_per_epoch
    assert steps == count // (batch_size * world_size)
    taken = [ranks[r].at(epoch * steps + s)[1] for s in range(steps) for r in range(world_size)]
    assert all(len(labels) == batch_size for labels in taken)
    together = torch.cat(taken)
    assert len(together.unique()) == len(together) == steps * batch_size * world_size
    if count % (batch_size * world_size) == 0:
        assert together.sort().values.tolist() == list(range(count))


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0.01, 0.3, 1.0, 2.5, 3.0])), min_size=1).filter(
        lambda found: any(size for size, _ in found)
    ),
    st.data(),
)
def test_pictures_of_a_source_are_drawn_as_often_as_its_weight_says(sources, drawing):
    sizes, weights = zip(*sources)
    data = replace(
        numbered(sum(sizes)), source_numbers=torch.repeat_interleave(torch.tensor(sizes)), weights=tuple(weights)
    )
    generator = torch.Generator().manual_seed(drawing.draw(st.integers(0, 99)))
    times = torch.bincount(one_epoch(data, generator), minlength=len(data)).split(sizes)
    for own, size, weight, draws in zip(times, sizes, weights, data.draws):
        assert own.sum() == draws == max(min(size, 1), round(size * weight))
        if size:
            assert own.max() - own.min() <= 1
    if sum(data.draws) >= 2:
        batches = Batches(data, 2, seed=1)
        epoch = torch.cat([batches.at(step)[1] for step in range(batches.batches_per_epoch)])
        assert len(epoch) == sum(data.draws) // 2 * 2


def test_what_is_left_of_a_weight_is_drawn_anew_each_epoch():
    data = replace(numbered(60), source_numbers=(torch.arange(60) >= 40).long(), weights=(1.0, 0.25))
    batches = Batches(data, 45, seed=0)
    kept = [{*batches.at(epoch)[1].tolist()} - {*range(40)} for epoch in range(30)]
    assert {len(rows) for rows in kept} == {5}
    assert set.union(*kept) == {*range(40, 60)}


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(0, 2**32))
def test_the_batch_of_a_step_does_not_depend_on_the_steps_asked_before(steps, seed):
    data = numbered(20)
    wandering = Batches(data, 3, seed)
    for step in steps:
        images, labels = wandering.at(step)
        fresh_images, fresh_labels = Batches(data, 3, seed).at(step)
        assert torch.equal(images, fresh_images)
        assert torch.equal(labels, fresh_labels)


def test_taking_batches_leaves_the_global_random_numbers_alone():
    before = torch.get_rng_state()
    Batches(numbered(30), 4, seed=1).at(25)
    assert torch.equal(before, torch.get_rng_state())


def test_epochs_and_seeds_give_different_orders():
    def epoch(seed, number):
        batches = Batches(numbered(60), 60, seed)
        return batches.at(number)[1].tolist()

    orders = [epoch(0, 0), epoch(0, 1), epoch(1, 0), epoch(1, 1)]
    assert len({tuple(order) for order in orders}) == 4


def test_pictures_stay_uint8_and_with_their_labels():
    images, labels = Batches(numbered(300), 16, seed=5).at(7)
    assert images.dtype == torch.uint8
    assert images.shape == (16, 1, 32, 32)
    assert labels.dtype == torch.int64
    assert torch.equal(images[:, 0, 0, 0].long() + 256 * images[:, 0, 0, 1].long(), labels)


def test_unit_range_ends_at_minus_one_and_one_and_leaves_the_set_as_it_is():
    images = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    values = to_unit_range(images)
    assert values.dtype == torch.float32
    assert (values.min(), values.max()) == (-1, 1)
    assert images.flatten().tolist() == list(range(256))
    assert torch.equal(values.add(1).mul(127.5).round().to(torch.uint8), images)
