"""The order of runs, and plans that make no sense."""

from __future__ import annotations

import pytest

from amgan.errors import ConfigError
from amgan.networks.objectives import OBJECTIVES
from amgan.training.comparison.paper import CIFAR10, CLAIMS
from amgan.training.comparison.plan import TABLE_1, plan_runs
from tests.models import message


def test_the_first_seed_of_everything_comes_first():
    plan = plan_runs(["am-gan", "gan"], ["am-gan"], seeds=2, single=["gan"])
    assert [run.name for run in plan] == [
        "am-gan-dynamic-0", "gan-dynamic-0", "am-gan-predefined-0", "am-gan-dynamic-1", "am-gan-predefined-1",
    ]  # fmt: skip


def test_a_plan_of_eight_and_five():
    four = ["am-gan", "labelgan", "ac-gan-star", "ac-gan-star-plus"]
    single = [name for name in OBJECTIVES if name not in four]
    plan = plan_runs(list(OBJECTIVES), [*four, "gan-star"], seeds=3, single=single)
    assert len(plan) == 13 + 2 * 8
    assert len(set(plan)) == len(plan)
    assert {run.seed for run in plan[:13]} == {0}


def test_plans_that_make_no_sense():
    for arguments in (([], [], 1), (["gan"], [], 0), (["gan", "gan"], [], 1), (["gan"], [], 1, ["am-gan"])):
        with pytest.raises(ConfigError) as caught:
            plan_runs(*arguments)
        message(caught.value)


def test_the_papers_tables_name_models_that_there_are():
    assert set(TABLE_1) < set(OBJECTIVES)
    assert {variant.objective for variant in CIFAR10} <= set(OBJECTIVES)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text[:40])
def test_what_the_paper_says_holds_in_its_own_numbers(claim):
    assert claim.pairs
    for ahead, behind in claim.pairs:
        one, other = getattr(CIFAR10[ahead], claim.metric), getattr(CIFAR10[behind], claim.metric)
        assert (one > other) == claim.higher
        assert one != other
