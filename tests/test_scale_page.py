"""What docs/scale.md computes follows from the figures that it names, and those stand in benchmarks/README.md."""

from __future__ import annotations

import math
import re

import pytest

from amgan.bounds import MAX_SEED
from amgan.postgres import MOST_CONNECTIONS
from tests.documents import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
MEASURED = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
RAW, OF_JOB, SERVED, OF_PAGE, VOTES, TEN, PEAK = 1282, 0.88, 614, 165, 100, 10, 3


def rows(columns):
    """Rows of tables of so many columns, without the signs around numbers."""
    found = [[cell.strip(" `").replace(",", "") for cell in line.strip("|").split("|")] for line in PAGE.splitlines()]
    return [row for row in found if len(row) == columns]


MODELS = {row[0].split("`")[0]: [float(cell) for cell in row[1:]] for row in rows(5) if "pixels" in row[0]}


def test_the_figures_stand_in_the_benchmarks():
    for text in ("Of the raw sampler's 1,282", "| 64 | 614 |", "a job 0.88", "165 with one, 167 with 32"):
        assert text in MEASURED.replace("\n", " ").replace("**", "")
    assert {*MODELS} == {"fashion-mnist-predefined", "cifar10", "groceries"}


def served(raw):
    """Pictures a second of one core, one a request, which costs the same whatever is drawn."""
    return 1 / (1 / raw + 1 / SERVED - 1 / RAW)


@pytest.mark.parametrize("model", MODELS)
def test_speeds_follow_from_the_share(model):
    share, bulk, _, requests = MODELS[model]
    assert bulk == round(RAW * OF_JOB * share)
    assert requests == round(served(RAW * share))


def test_the_model_gives_what_was_measured_of_another_net():
    assert "263 " in MEASURED
    said, measured = re.findall(r"gives (\d+) for that file's generator of width 96, where (\d+) were measured", PAGE)[
        0
    ]
    assert int(said) == round(served(263))
    assert f"│ {measured} │" in re.sub(" +", " ", MEASURED)


def test_bulk():
    found = [row for row in rows(5) if row[4].endswith(" GB")]
    assert {row[0] for row in found} == {str(10**6), str(10**9)}
    assert len(found) == 2 * len(MODELS)
    for count, model, hours, on_hundred, disk in found:
        _, bulk, size, _ = MODELS[model]
        assert float(hours) == pytest.approx(int(count) / bulk / 3600, abs=0.06)
        assert not on_hundred or float(on_hundred) == pytest.approx(int(count) / bulk / 360_000, abs=0.006)
        assert disk == f"{int(count) * size / 1e9:.1f} GB"


def test_visitors():
    found = [row for row in rows(5) if row[4] in ("kept", "too many")]
    assert [row[0] for row in found] == ["10000", "100000", "1000000"]
    for visitors, peak, replicas, fronts, votes in found:
        at_peak = int(visitors) * TEN * PEAK / 86_400
        assert float(peak) == pytest.approx(at_peak, abs=0.06)
        needed = [math.ceil(at_peak / MODELS[model][3]) for model in ("fashion-mnist-predefined", "groceries")]
        assert replicas == " ".join(map(str, needed))
        assert int(fronts) == math.ceil(at_peak / OF_PAGE)
        assert votes == ("kept" if at_peak <= VOTES else "too many")


def test_where_ways_end():
    share = 86_400 / TEN / PEAK
    assert f"some {round(OF_PAGE * share, -5):,.0f} such visitors" in PAGE
    assert f"some {round(VOTES * share, -4):,.0f} such visitors" in PAGE
    assert f"some {(MAX_SEED + 1) / 1e9:.1f} x 10^9" in PAGE
    assert f"at most {2 * MOST_CONNECTIONS} connections" in PAGE
    assert f"{97 // (2 * MOST_CONNECTIONS)} for PostgreSQL's usual 100" in PAGE, "three are its superuser's"
    bulk, size = MODELS["groceries"][1:3]
    assert f"send {100 * bulk * size / 1e6:.0f} MB a second" in PAGE
