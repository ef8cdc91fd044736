"""Paths: exact where they must be, even where they are not, and never beside the pictures they pass through."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.bounds import MAX_FRAMES
from amgan.errors import ClassSearchError, RequestError
from amgan.sampling.arc import lerp, slerp
from amgan.sampling.interpolation import eased, interpolation_recipe, keyframe_positions, path
from tests.models import message, tiny_model

TIMES = torch.linspace(0, 1, 9, dtype=torch.float64)


def vectors(size: int = 6):
    def normal(seed: int) -> torch.Tensor:
        return torch.randn(size, generator=torch.Generator().manual_seed(seed))

    return st.integers(0, 10_000).map(normal)


@pytest.fixture(scope="module", params=["dynamic", "predefined"])
def model(request):
    return tiny_model(index_seeds=8 if request.param == "dynamic" else 0, labeling=request.param)


@pytest.mark.parametrize("between", [slerp, lerp])
@given(one=vectors(), other=vectors())
def test_ends_are_exact_and_the_way_back_is_the_same(between, one, other):
    points = between(one, other, TIMES)
    assert points.dtype == one.dtype
    assert points.shape == (9, 6)
    assert torch.equal(points[0], one)
    assert torch.equal(points[-1], other)
    assert torch.allclose(points.flip(0), between(other, one, TIMES), atol=1e-5)


@given(vectors(), vectors())
def test_lerp_is_the_line(one, other):
    for t, point in zip(TIMES.tolist(), lerp(one, other, TIMES)):
        assert torch.allclose(point, one + t * (other - one), atol=1e-5)


@given(vectors(), vectors())
def test_slerp_of_equal_lengths_keeps_the_length_at_an_even_pace(one, other):
    one, other = one / one.norm() * 3, other / other.norm() * 3
    points = slerp(one, other, TIMES).double()
    assert torch.allclose(points.norm(dim=1), torch.tensor(3.0, dtype=torch.float64), atol=1e-4)
    steps = (points[1:] - points[:-1]).norm(dim=1)
    assert torch.allclose(steps, steps.mean().expand(8), atol=1e-4)


@given(vectors(64), vectors(64))
def test_slerp_stays_between_the_lengths_where_a_line_cuts_through(one, other):
    lengths = slerp(one, other, TIMES).norm(dim=1)
    low, high = sorted((float(one.norm()), float(other.norm())))
    # An arc between unequal lengths of a wide angle dips or bulges a little, a line loses up to a third.
    assert lengths.min() > 0.9 * low
    assert lengths.max() < 1.1 * high
    if torch.dot(one, other) < 0:
        assert lengths[4] > lerp(one, other, TIMES)[4].norm()


def test_slerp_of_a_right_angle_in_closed_form():
    points = slerp(torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0]), TIMES)
    expected = [[2 * math.cos(t * math.pi / 2), 2 * math.sin(t * math.pi / 2)] for t in TIMES.tolist()]
    assert torch.allclose(points, torch.tensor(expected), atol=1e-6)


@given(vectors(), st.sampled_from([1.0, 2.5, -1.0, -0.3, 0.0]))
def test_vectors_without_one_arc_get_the_line(one, factor):
    other = one * factor
    points = slerp(one, other, TIMES)
    assert torch.isfinite(points).all()
    assert torch.allclose(points, lerp(one, other, TIMES), atol=1e-5)
    assert torch.equal(points[0], one)
    assert torch.equal(points[-1], other)


@given(st.integers(2, 40), st.integers(0, 300), st.booleans())
def test_keyframes_stand_at_frames_of_their_own(keyframes, more, loop):
    frames = keyframes + more
    positions = keyframe_positions(keyframes, frames, loop)
    assert len(positions) == keyframes
    assert positions[0] == 0
    assert all(first < second for first, second in zip(positions, positions[1:]))
    assert positions[-1] < frames if loop else positions[-1] == frames - 1
    gaps = np.diff([*positions, frames] if loop else positions)
    assert gaps.max() - gaps.min() <= 1


def test_a_steady_pace_is_the_time_itself():
    assert torch.equal(eased(TIMES, "steady"), TIMES)


def test_a_resting_pace_in_closed_form():
    # 3t^2 - 2t^3 at eighths, which binary numbers hold exactly.
    expected = [0, 22, 80, 162, 256, 350, 432, 490, 512]
    assert torch.equal(eased(TIMES, "resting"), torch.tensor(expected, dtype=torch.float64) / 512)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20).map(sorted))
def test_a_resting_pace_stays_between_its_ends_never_turns_and_comes_as_it_goes(times):
    t = torch.tensor([0, *times, 1], dtype=torch.float64)
    pace = eased(t, "resting")
    assert pace[0] == 0
    assert pace[-1] == 1
    assert (pace.diff() >= -1e-15).all()
    assert torch.allclose(eased(1 - t, "resting"), 1 - pace, atol=1e-15)


def test_a_resting_pace_has_no_speed_at_the_ends():
    step = torch.tensor([1e-6], dtype=torch.float64)
    assert eased(step, "resting") < 4e-12
    assert 1 - eased(1 - step, "resting") < 4e-12


def test_an_eased_line_has_its_points_where_the_pace_says():
    keyframes = torch.tensor([[0.0], [1.0], [3.0]])
    points = path(keyframes, 17, "lerp", easing="resting").flatten()
    pace = eased(TIMES, "resting").float()
    assert torch.equal(points[:9], pace)
    assert torch.allclose(points[8:], 1 + 2 * pace)


def test_both_paces_go_the_same_way(model):
    steady, resting = (model.interpolate(1, 2, 9, easing=easing) for easing in ("steady", "resting"))
    assert np.array_equal(steady, model.interpolate(1, 2, 9))
    assert np.array_equal(steady[[0, 8]], resting[[0, 8]])
    assert not np.array_equal(steady, resting)
    # Half of the way is reached in half of the time.
    assert np.abs(steady[4].astype(int) - resting[4]).max() <= 1


@settings(max_examples=40)
@given(
    st.lists(vectors(), min_size=2, max_size=6),
    st.integers(0, 30),
    st.sampled_from(["slerp", "lerp"]),
    st.booleans(),
    st.sampled_from(["steady", "resting"]),
)
def test_a_path_meets_every_keyframe_exactly(keyframes, more, method, loop, easing):
    stacked = torch.stack(keyframes)
    points = path(stacked, len(keyframes) + more, method, loop, easing)
    assert points.shape == (len(keyframes) + more, 6)
    assert torch.equal(points[keyframe_positions(len(keyframes), len(points), loop)], stacked)


def test_a_loop_leads_back_to_its_start():
    keyframes = torch.eye(2)
    points = path(keyframes, 8, "lerp", loop=True)
    assert torch.equal(points[4], keyframes[1])
    assert torch.allclose(points[-1], torch.tensor([0.75, 0.25]))


@pytest.mark.parametrize("method", ["slerp", "lerp"])
@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("labels", [None, "Bag", ["Bag", None, 2]])
@pytest.mark.parametrize(("precision", "easing"), [("fp32", "steady"), ("bf16", "resting")])
def test_keyframes_are_the_very_pictures_of_sample(model, method, loop, labels, precision, easing):
    model.precision = precision
    frames = model.interpolate(
        3, 20, 8, labels=labels, through=[7], truncation=0.9, method=method, loop=loop, easing=easing
    )
    assert frames.shape == (8, 32, 32, 1)
    assert frames.dtype == np.uint8
    expected = model.sample(labels=labels, seeds=[3, 7, 20], truncation=0.9)
    assert np.array_equal(frames[keyframe_positions(3, 8, loop)], expected)
    assert np.array_equal(frames[0], expected[0])
    if not loop:
        assert np.array_equal(frames[-1], expected[-1])
    model.precision = "fp32"


def test_a_keyframe_that_was_drawn_again_in_fp32_stays_so():
    model = tiny_model(precision="bf16")
    sampler = model.sampler
    latents = sampler.latents(range(40), [0] * 40)
    fast, exact = (sampler.renderer.render(latents, precision=kind) for kind in ("bf16", "fp32"))
    probability, classes = sampler.renderer.judge(exact).class_probabilities.max(dim=1)
    likes_fast = sampler.renderer.judge(fast).class_probabilities[range(40), classes]
    # Asked for the confidence of the fp32 picture, the bf16 picture falls short of it.
    short = [
        seed for seed in range(40) if likes_fast[seed] < probability[seed] and not torch.equal(fast[seed], exact[seed])
    ]
    seed = short[0]
    frames = model.interpolate(seed, seed, 3, [int(classes[seed]), None], confidence=float(probability[seed]))
    assert np.array_equal(frames[0], exact[seed].numpy())
    assert np.array_equal(frames[-1], fast[seed].numpy())


def test_as_many_frames_as_keyframes_are_the_keyframes(model):
    assert np.array_equal(model.interpolate(1, 3, 3, through=[2]), model.sample(seeds=[1, 2, 3]))


def test_the_arc_and_the_line_part_between_the_ends(model):
    arc, line = (model.interpolate(1, 2, 5, method=method) for method in ("slerp", "lerp"))
    assert np.array_equal(arc[[0, -1]], line[[0, -1]])
    assert not np.array_equal(arc[2], line[2])


def test_confidence_reaches_the_keyframes(model):
    strict = model.interpolate(1, 2, 2, labels="Bag", confidence=0.9)
    assert np.array_equal(strict, model.sample(labels="Bag", seeds=[1, 2], confidence=0.9))


def test_a_predefined_model_mixes_classes_linearly(monkeypatch):
    model = tiny_model(labeling="predefined")
    renderer, seen = model.sampler.renderer, []
    render = renderer.render
    monkeypatch.setattr(
        renderer, "render", lambda latents, classes, *more: seen.append((latents, classes)) or render(latents, classes)
    )
    for easing, times in (("steady", (0, 0.25, 0.5, 0.75, 1)), ("resting", (0, 0.15625, 0.5, 0.84375, 1))):
        model.interpolate(4, 4, 5, labels=["Sneaker", "Ankle boot"], easing=easing)
        latents, classes = seen[-1]
        assert torch.equal(classes, torch.tensor([[1 - t, 0, t] for t in times]))
    assert torch.allclose(latents, latents[:1].expand(5, -1))


def test_one_seed_twice_stands_still(model):
    frames = model.interpolate(4, 4, 5, labels="Bag")
    assert (frames == frames[:1]).all()


@pytest.mark.parametrize("frames", [0, 1, 2, -5, MAX_FRAMES + 1, 5.0, "5", None, True, float("nan")])
def test_too_few_or_too_many_frames(model, frames):
    with pytest.raises(RequestError) as caught:
        model.interpolate(1, 3, frames, through=[2])
    assert f"frames must be a whole number from 3 to {MAX_FRAMES}" in message(caught.value)


def test_frames_of_any_integer_kind(model):
    assert len(model.interpolate(1, 2, np.int64(4))) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": ["Bag"]},
        {"labels": ["Bag", "Bag", "Bag"]},
        {"labels": "Boat"},
        {"labels": 1.5},
        {"through": 5},
        {"through": [-1]},
        {"truncation": 0},
        {"confidence": 1},
        {"method": "cubic"},
        {"easing": "cubic"},
        {"easing": None},
    ],
)
def test_wrong_requests_are_one_line(model, wrong):
    with pytest.raises(RequestError) as caught:
        model.interpolate(1, 2, 8, **wrong)
    message(caught.value)


def test_one_keyframe_is_no_path(model):
    with pytest.raises(RequestError, match="two or more seeds"):
        next(interpolation_recipe(model.sampler, [1], [None]))


def test_a_keyframe_without_its_class():
    with pytest.raises(ClassSearchError):
        tiny_model().interpolate(1, 2, 4, labels="Bag", confidence=0.9999999)
