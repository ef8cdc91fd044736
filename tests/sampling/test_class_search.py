"""The search finds the first draw of the class, however it is cut into rounds."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.errors import RequestError
from amgan.release.seed_index import NOT_FOUND
from amgan.sampling import class_search
from amgan.sampling.class_search import MAX_DRAWS_PER_CLASS, PROBE_SEEDS, SEEDS_AT_ONCE, build_seed_index, most_draws
from amgan.sampling.latents import LatentStream
from amgan.sampling.recipes import follow
from tests.models import opinion, tiny_model

WALK = 60
SEEDS = 24


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture(scope="module")
def renderer(model):
    return model.sampler.renderer


@pytest.fixture(scope="module")
def judged(renderer):
    """Probability and class of the first `WALK` draws of each seed, one at a time and in order."""
    found = {}
    for truncation in (1.0, 0.7):
        for seed in range(SEEDS):
            pictures = renderer.render(LatentStream(seed, 5).take(WALK) * truncation)
            found[truncation, seed] = renderer.judge(pictures).class_probabilities.max(dim=1)
    return found


def find_draws(renderer, *wanted, **options):
    return follow(class_search.find_draws(renderer.config, *wanted, **options), renderer)


def brute_force(judged, seed, label, confidence, truncation=1.0):
    probability, classes = judged[truncation, seed]
    rows = ((classes == label) & (probability >= confidence)).nonzero()
    return int(rows[0, 0]) if len(rows) else None


@settings(max_examples=20)
@given(st.floats(0, 0.97), st.sampled_from([1.0, 0.7]), st.sets(st.integers(0, SEEDS - 1), max_size=5), st.data())
def test_the_draw_is_the_first_of_the_class(renderer, judged, confidence, truncation, seeds, data):
    wanted = {seed: data.draw(st.sets(st.integers(0, 2), max_size=3)) for seed in seeds}
    found = find_draws(renderer, wanted, confidence, truncation, max_draws=WALK)
    expected = {
        (seed, label): draw
        for seed, labels in wanted.items()
        for label in labels
        if (draw := brute_force(judged, seed, label, confidence, truncation)) is not None
    }
    assert found == expected


def test_the_plain_net_agrees(model, renderer):
    found = find_draws(renderer, dict.fromkeys(range(10), range(3)), 0.6)
    assert len(found) == 30
    for (seed, label), draw in found.items():
        pictures = renderer.render(LatentStream(seed, 5).take(draw + 1)).numpy()
        probabilities = opinion(model, pictures)
        # Away from the line, where the plain net's rounding cannot matter.
        surely = (probabilities[:, label] > 0.602).tolist()
        perhaps = (probabilities[:, label] > 0.598).tolist()
        assert not any(surely[:draw])
        assert perhaps[draw]


def test_all_classes_in_one_walk_are_those_of_separate_searches(renderer):
    together = find_draws(renderer, dict.fromkeys(range(8), range(3)), 0.6)
    apart = {}
    for seed in range(8):
        for label in range(3):
            apart |= find_draws(renderer, {seed: [label]}, 0.6)
    assert together == apart


@pytest.mark.parametrize(("seeds_at_once", "pictures_a_round"), [(1, 1), (3, 7), (5, 64), (64, 1), (64, 500)])
def test_rounds_do_not_show(renderer, monkeypatch, seeds_at_once, pictures_a_round):
    expected = find_draws(renderer, dict.fromkeys(range(7), range(3)), 0.7, max_draws=WALK)
    monkeypatch.setattr(class_search, "SEEDS_AT_ONCE", seeds_at_once)
    monkeypatch.setattr(class_search, "PICTURES_A_ROUND", pictures_a_round)
    assert find_draws(renderer, dict.fromkeys(range(7), range(3)), 0.7, max_draws=WALK) == expected


def test_the_index_is_the_live_search(renderer):
    index = build_seed_index(renderer, SEEDS_AT_ONCE + 3, 0.5)
    assert len(index) == SEEDS_AT_ONCE + 3
    assert index.draws.dtype == torch.int32
    found = find_draws(renderer, dict.fromkeys(range(len(index)), range(3)), 0.5)
    assert {(seed, label): index.lookup(seed, label) for seed, label in found} == found
    assert int((index.draws == NOT_FOUND).sum()) == index.draws.numel() - len(found)


def test_the_index_reports_its_progress(renderer):
    done = []
    build_seed_index(renderer, PROBE_SEEDS + SEEDS_AT_ONCE - 5, 0.0, max_draws=2, on_seeds_done=done.append)
    assert done == [PROBE_SEEDS, PROBE_SEEDS + SEEDS_AT_ONCE - 5]
    assert build_seed_index(renderer, 0, 0.5).draws.shape == (0, 3)


def test_a_limit_ends_the_walk_exactly(renderer, judged):
    for limit in (1, 2, 5, 9):
        found = find_draws(renderer, dict.fromkeys(range(SEEDS), range(3)), 0.5, max_draws=limit)
        for seed in range(SEEDS):
            for label in range(3):
                draw = brute_force(judged, seed, label, 0.5)
                assert found.get((seed, label)) == (draw if draw is not None and draw < limit else None)


def test_a_class_that_never_comes_is_marked_and_not_walked_for_again():
    model = tiny_model()
    with torch.no_grad():
        model.discriminator.logits.bias[1] -= 1000
    renderer = model.sampler.renderer
    drawn = []
    render = renderer.render
    renderer.render = lambda latents, *more, **options: drawn.append(len(latents)) or render(latents, *more, **options)
    index = build_seed_index(renderer, 2 * SEEDS_AT_ONCE, 0.0, max_draws=20)
    assert (index.draws[:, 1] == NOT_FOUND).all()
    assert (index.draws[:, [0, 2]] != NOT_FOUND).any()
    # The first seeds walk to the end in search of it, the later ones only until they have the others.
    found = index.draws[SEEDS_AT_ONCE:, [0, 2]]
    assert sum(drawn) < SEEDS_AT_ONCE * 20 + SEEDS_AT_ONCE * (20 if (found == NOT_FOUND).any() else found.max() + 1)


def test_the_default_limit_grows_with_the_classes():
    assert most_draws(10) == 10 * MAX_DRAWS_PER_CLASS


def test_nothing_wanted_draws_nothing(renderer):
    assert find_draws(renderer, {}, 0.5) == {}
    assert find_draws(renderer, {3: []}, 0.5) == {}


def test_a_seed_out_of_range_is_refused(renderer):
    with pytest.raises(RequestError, match="seed"):
        find_draws(renderer, {2**32: [0]}, 0.5)


def test_an_index_ends_with_the_seeds_done_when_it_takes_too_many_pictures():
    renderer = tiny_model().sampler.renderer
    whole = build_seed_index(renderer, 3 * SEEDS_AT_ONCE, 0.5)
    short = build_seed_index(renderer, 3 * SEEDS_AT_ONCE, 0.5, max_pictures=1)
    assert len(whole) == 3 * SEEDS_AT_ONCE
    assert len(short) == PROBE_SEEDS
    assert torch.equal(short.draws, whole.draws[:PROBE_SEEDS])


def test_without_a_word_it_takes_as_many_as_have_so_many_pixels(monkeypatch):
    renderer = tiny_model().sampler.renderer
    monkeypatch.setattr(class_search, "MAX_INDEX_PIXELS", 32 * 32)
    assert len(build_seed_index(renderer, 3 * SEEDS_AT_ONCE, 0.5)) == PROBE_SEEDS


def test_what_cannot_be_complete_stops_after_one_seed():
    model = tiny_model()
    with torch.no_grad():
        model.discriminator.logits.bias[1] -= 1000
    renderer, drawn = model.sampler.renderer, []
    render = renderer.render
    renderer.render = lambda latents, *args, **options: drawn.append(len(latents)) or render(latents, *args, **options)
    wanted = {seed: {1} for seed in range(20)}
    assert find_draws(renderer, wanted, 0.5, max_draws=100, all_or_nothing=True) == {}
    assert sum(drawn) == 100


def test_with_all_or_nothing_the_draws_are_the_same():
    renderer = tiny_model().sampler.renderer
    wanted = {seed: {0, 1, 2} for seed in range(12)}
    assert find_draws(renderer, wanted, 0.5, all_or_nothing=True) == find_draws(renderer, wanted, 0.5)
