"""Copies by points whose distances are known, and that a warning comes with them and without them not."""

from __future__ import annotations

import pytest
import torch

from amgan.metrics.copies import copies_in_words, find_copies


def row(*places: float) -> torch.Tensor:
    return torch.tensor(places)[:, None]


def test_shares_by_points_on_a_line():
    training = row(*range(0, 100, 10))
    # 0.1, 0.2, ... 2.0 away: the nearest 5 % reach to 0.1 + 0.05 x 1.9.
    held_out = row(*(10 * (number % 9) + 0.1 * (number + 1) for number in range(20)))
    generated = row(50, 20.05, 64.0, 33.0, 90.19)
    copies = find_copies(generated, training, held_out)
    assert copies.share == pytest.approx(3 / 5)
    assert copies.expected == pytest.approx(1 / 20)
    assert copies.nearest_expected == pytest.approx(10 / 30)
    assert copies.pairs.tolist() == [[0, 5], [1, 2], [4, 9], [3, 3], [2, 6]]
    # 64 is nearer to the held-out 60.7 or 61.6 than to 60, and 33 to 31.3.
    assert copies.nearest_is_training == pytest.approx(3 / 5)


def test_new_pictures_of_the_same_kind_are_no_copies():
    draw = torch.Generator().manual_seed(0)
    training, held_out, fresh = (torch.randn(count, 8, generator=draw) for count in (900, 100, 2000))
    copies = find_copies(fresh, training, held_out)
    assert copies.share == pytest.approx(0.05, abs=0.05)
    assert copies.nearest_is_training == pytest.approx(copies.nearest_expected, abs=0.03)
    assert copies_in_words(copies.summary()) == ""


@pytest.mark.parametrize("share", [0.2, 1.0])
def test_copies_are_said(share):
    draw = torch.Generator().manual_seed(0)
    training, held_out, fresh = (torch.randn(count, 8, generator=draw) for count in (900, 100, 1000))
    fresh[: round(1000 * share)] = training[torch.arange(round(1000 * share)) % 900]
    copies = find_copies(fresh, training, held_out)
    assert copies.share == pytest.approx(share + (1 - share) * 0.05, abs=0.05)
    assert copies_in_words(copies.summary()).startswith(f"Too good to be true: {copies.share:.1%} of the pictures")
    assert (copies.pairs[:, 0] < 1000 * share).all()


def test_twins_among_real_pictures_are_expected_of_generated_ones():
    draw = torch.Generator().manual_seed(0)
    training = torch.randn(200, 8, generator=draw)
    held_out = torch.cat([training[:30], torch.randn(70, 8, generator=draw)])
    copies = find_copies(held_out, training, held_out)
    assert copies.share == copies.expected == pytest.approx(0.3)
    assert copies_in_words(copies.summary()) == ""


def test_few_held_out_pictures_take_more_to_be_sure():
    def said(held_out: int) -> str:
        return copies_in_words({"share": 0.2, "expected": 0.05, "held_out_pictures": held_out})

    assert said(10) == ""
    assert said(100)
    assert copies_in_words(None) == ""
