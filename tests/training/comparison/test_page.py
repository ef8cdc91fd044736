"""The page says what the numbers say, and what is missing."""

from __future__ import annotations

import io

from PIL import Image

from amgan.training.comparison.curves import curve_of, curves_figure
from amgan.training.comparison.page import Comparison, comparison_page
from amgan.training.comparison.paper import CIFAR10_CLASSES
from amgan.training.comparison.plan import PlannedRun, Variant, plan_runs
from amgan.training.comparison.results import RunResult
from tests.training.comparison.made import SETTINGS, result, scores

PLAN = plan_runs(["am-gan", "labelgan", "ac-gan-star"], ["am-gan"], seeds=2, single=["ac-gan-star"])
RESULTS = [
    result("am-gan", inception=9.0), result("am-gan", seed=1, inception=8.9), result("labelgan", inception=8.0),
    result("labelgan", seed=1, inception=8.1), result("ac-gan-star", inception=7.0),
]  # fmt: skip


def page(results=RESULTS, names=("a", "b"), real=None, settings=SETTINGS):
    return comparison_page(Comparison(names, PLAN, results, settings, real))


def test_the_table_has_means_and_what_is_missing():
    text = page(real=scores(inception=9.5))
    assert "2 of 7 runs are still missing." in text
    row = next(line for line in text.splitlines() if line.startswith("| AM-GAN | dynamic"))
    assert row.startswith("| AM-GAN | dynamic | 2 of 2 | 8.950 ± 0.071 | 0.300 ± 0.000 | 0.100 ± 0.000 |")
    assert "| AM-GAN | predefined | 0 of 2 | – |" in text
    assert "| AC-GAN\\* | dynamic | 1 of 1 | 7.000 |" in text
    assert "| 5,000 real test pictures |  |  | 9.500 | 0.300 | 0.100 | 0.200 | 0.400 | 30.000 | – |" in text
    assert "paper: IS" not in text
    assert "All runs are made." in page([*RESULTS, *(result("am-gan", "predefined", seed) for seed in range(2))])


def test_a_term_for_variety_is_named_where_there_is_one():
    assert "variety in" not in page()
    varied = {**SETTINGS, "budget": {**SETTINGS["budget"], "variety": 10.0}}
    assert "moving average of G 0.999, variety in G's loss of weight 10;" in page(settings=varied)


def test_few_real_pictures_have_no_frechet_distance():
    text = page(real=scores(inception=9.5, pictures=30))
    assert "| 30 real test pictures |  |  | 9.500 | 0.300 | 0.100 | 0.200 | 0.400 | – | – |" in text


def test_classes_left_out_of_ms_ssim_are_named():
    assert "Left out of MS-SSIM" not in page(real=scores())
    text = page([*RESULTS[:4], result("ac-gan-star", left_out=("a*", "b"))], real=scores(left_out=("b",)))
    said = "Left out of MS-SSIM, for want of pictures (fewer than 100 pairs of a class):"
    assert f"{said}\n\n- ac-gan-star-dynamic-0: a\\*, b\n- real test pictures: b\n" in text


def test_every_row_of_the_table_has_as_many_cells():
    for names in (("a", "b"), CIFAR10_CLASSES):
        rows = [line for line in page(names=names, real=scores()).splitlines() if line.startswith("| ")]
        assert len(rows) == 2 + 4 + 1
        assert len({row.replace("\\|", "").count("|") for row in rows}) == 1


def test_the_papers_numbers_stand_beside_those_of_its_data_set():
    text = page(names=CIFAR10_CLASSES)
    assert "paper: IS" in text
    row = next(line for line in text.splitlines() if line.startswith("| AC-GAN\\* | dynamic"))
    assert row.endswith("| 7.41 | 0.17 | 0.61 |")
    assert "not of this data set" not in text
    assert "not of this data set" in page()


def test_verdicts_come_from_the_numbers():
    text = page()
    assert "- AM-GAN dynamic 8.950 ± 0.071, LabelGAN dynamic 8.050 ± 0.071: holds" in text
    assert "Open, 3 of 5 comparisons are missing**: AM-GAN has the highest Inception Score" in text
    turned = [result("am-gan", seed=seed, inception=7 + seed / 10) for seed in range(2)] + RESULTS[2:]
    assert "**Does not hold**: AM-GAN has the highest Inception Score" in page(turned)


def test_a_run_that_broke_off_is_named():
    broken = RunResult(PlannedRun(Variant("am-gan", "predefined"), 0), SETTINGS, None, [], None, "no numbers | at 3")
    text = page([*RESULTS, broken])
    assert "- am-gan-predefined-0 broke off: no numbers \\| at 3." in text
    assert "| AM-GAN | predefined | 0 of 2 | – |" in text
    assert "sheets/am-gan-predefined.png" not in text
    assert "sheets/am-gan-dynamic.png" in text


def test_a_page_without_any_result():
    text = page([])
    assert "7 of 7 runs are still missing." in text
    assert Image.open(io.BytesIO(curves_figure([]))).format == "PNG"


def test_curves_are_means_where_all_seeds_were_scored():
    dynamic = Variant("am-gan", "dynamic")
    first, second = RESULTS[:2]
    first.curve.append({"step": 20, "score/am_score": 0.1})
    assert curve_of([first, second], dynamic, "am_score") == ([10], [1.0])
    assert curve_of([second], dynamic, "am_score") == ([10], [1.5])
    assert curve_of([], dynamic, "am_score") == ([], [])
    first.curve.pop()
    with Image.open(io.BytesIO(curves_figure(RESULTS))) as image:
        assert image.size[0] > 500
