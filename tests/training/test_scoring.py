"""Scores on the way: on time, without a trace in the training, and the best model kept, also over a resume."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from amgan import AMGAN
from amgan.errors import ConfigError, JudgeError
from amgan.metrics.judge import Judge
from amgan.training import loop
from amgan.training.releasing import BEST
from amgan.training.run_log import LOG_FILE, read_run_log
from amgan.training.scoring import LOST, best_step, is_best, only_gets_worse
from tests.metrics.judges import tiny_judge
from tests.training.runs import CLASSES, checkpoint, contents, differences, killed_at, run, tiny


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scoring") / "shapes"
    tiny_judge(class_names=CLASSES).save(folder)
    return folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def scored(pictures, out, judge, **changes):
    return tiny(pictures, out, **{"steps": 6, "eval_every": 2, "eval_pictures": 12, "judge": judge} | changes)


def score_rows(out):
    return [row for row in read_run_log(out / LOG_FILE) if "score/am_score" in row]


def test_scores_come_on_time_and_the_best_model_is_kept(pictures, tmp_path, judge):
    config = scored(pictures, tmp_path / "run", judge, eval_every=4)
    console = Console(file=io.StringIO(), width=200)
    run(config, console)
    rows = score_rows(config.out)
    assert [row["step"] for row in rows] == [4, 6]
    best = min(rows, key=lambda row: row["score/frechet_distance"])
    assert {row["score/judge"] for row in rows} == {Judge.load(judge).digest}
    assert {row["score/pictures"] for row in rows} == {12}
    assert best_step(config.out) == best["step"]
    kept = AMGAN.from_pretrained(config.out / BEST)
    assert kept.metrics["training"]["steps"] == best["step"]
    assert kept.metrics["evaluation"]["scores"]["am_score"] == best["score/am_score"]
    assert kept.metrics["evaluation"]["scores"]["pictures"] == 12
    printed = console.file.getvalue()
    assert f"AM Score {rows[0]['score/am_score']:.3f}" in printed
    assert "the best so far" in next(line for line in printed.splitlines() if "AM Score" in line)
    losses = [row for row in read_run_log(config.out / LOG_FILE) if "loss/generator" in row]
    assert [row["step"] for row in losses] == [2, 4, 6]
    assert AMGAN.from_pretrained(config.out / "release").metrics["training"]["steps"] == 6


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_scores_change_nothing_of_the_training(pictures, tmp_path, judge, labeling):
    plain = tiny(pictures, tmp_path / "plain", steps=6, labeling=labeling)
    run(plain)
    run(scored(pictures, tmp_path / "scored", judge, labeling=labeling))
    wanted = contents(checkpoint(plain.out, 6))
    assert differences(wanted, contents(checkpoint(tmp_path / "scored", 6))) == []
    assert not score_rows(plain.out)
    assert not (plain.out / BEST).exists()


def test_a_resume_knows_the_scores_before_it_and_does_the_rest_as_the_whole(pictures, tmp_path, judge):
    whole = scored(pictures, tmp_path / "whole", judge, steps=8)
    run(whole)
    parts = scored(pictures, tmp_path / "parts", judge, steps=8, checkpoint_every=3)
    with killed_at(5), pytest.raises(KeyboardInterrupt):
        run(parts)
    assert [row["step"] for row in score_rows(parts.out)] == [2, 4]
    with (parts.out / LOG_FILE).open("a") as log:
        log.write('{"step": 5, "score/am_')  # what a kill leaves
    run(replace(parts, resume=True))  # from step 3: the scores of step 4 are made again
    assert score_rows(parts.out) == score_rows(whole.out)
    assert (parts.out / BEST / "model.safetensors").read_bytes() == (
        whole.out / BEST / "model.safetensors"
    ).read_bytes()


def test_no_worse_model_takes_the_place_of_the_best(pictures, tmp_path, judge, monkeypatch):
    values = iter([0.5, 0.2, 0.3, 0.2])
    score = loop.Scoring.score

    def told(self, model):
        section, scores = score(self, model)
        return section, scores | {"score/am_score": 1.0, "score/frechet_distance": next(values)}

    monkeypatch.setattr(loop.Scoring, "score", told)
    config = scored(pictures, tmp_path / "run", judge, steps=6)
    run(config)
    assert best_step(config.out) == 4
    assert AMGAN.from_pretrained(config.out / BEST).metrics["training"]["steps"] == 4
    run(replace(config, resume=True, steps=8))  # as good is not better
    assert AMGAN.from_pretrained(config.out / BEST).metrics["training"]["steps"] == 4


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_the_best_of_a_finished_run_is_a_whole_release(pictures, tmp_path, judge, labeling):
    config = scored(pictures, tmp_path / "run", judge, labeling=labeling, index_seeds=2)
    run(config)
    best = AMGAN.from_pretrained(config.out / BEST)
    assert set(best.metrics) == {"training", "evaluation", "labeling"}
    assert (best.seed_index is not None) == (labeling == "dynamic")
    assert best.metrics["training"]["steps"] == best_step(config.out)
    card = (config.out / BEST / "README.md").read_text()
    assert "## How good the pictures are" in card
    assert "## How D labels its pictures" in card
    assert str(tmp_path) not in card  # the command names the judge, but not where it lies


def test_a_resume_with_another_judge_compares_its_own_scores_only(pictures, tmp_path, judge, monkeypatch):
    values = iter([0.2, 0.1, 0.3, 5.0, 6.0, 5.5, 7.0])
    score = loop.Scoring.score

    def told(self, model):
        section, scores = score(self, model)
        return section, scores | {"score/frechet_distance": next(values)}

    monkeypatch.setattr(loop.Scoring, "score", told)
    config = scored(pictures, tmp_path / "run", judge, steps=6)
    run(config)
    assert best_step(config.out) == 4
    other = tiny_judge(class_names=CLASSES, accuracy=0.6)
    other.save(tmp_path / "other")
    config = replace(config, judge=tmp_path / "other", resume=True, steps=10)
    run(config)
    assert best_step(config.out) == 8
    assert AMGAN.from_pretrained(config.out / BEST).metrics["training"]["steps"] == 8
    run(replace(config, eval_pictures=11, steps=14))
    assert best_step(config.out) == 12
    assert AMGAN.from_pretrained(config.out / BEST).metrics["training"]["steps"] == 12


BY = {"score/judge": "a" * 40, "score/pictures": 2000}


def rows_of(distances):
    return [{"step": step, "score/frechet_distance": value} | BY for step, value in enumerate(distances, 1)]


@given(st.lists(st.floats(0.1, 100), max_size=8), st.integers(0, 4))
def test_only_scores_that_rise_to_far_above_the_best_end_a_run(distances, patience):
    last = distances[-patience - 1 :]
    ends = only_gets_worse(rows_of(distances), patience)
    assert not ends or (sorted(set(last)) == last and last[-1] > LOST * min(distances) and len(last) > patience > 0)
    assert only_gets_worse(rows_of([*distances, 0.1, 1, 2, 3]), 3)
    assert not only_gets_worse(rows_of([*distances, 0.1, 1, 2, 3]), 0)
    assert not only_gets_worse(rows_of([*distances, 0.1, 1, 2, 2]), 3)
    assert not only_gets_worse(rows_of([1, 1.1, 1.2, 1.3]), 3)


def test_a_run_that_only_gets_worse_ends_and_keeps_its_best(pictures, tmp_path, judge, monkeypatch):
    values = iter([3.0, 1.0, 4.0, 5.0, 6.0, 7.0])
    score = loop.Scoring.score
    monkeypatch.setattr(
        loop.Scoring,
        "score",
        lambda self, model: (score(self, model)[0], {"score/frechet_distance": next(values)} | BY),
    )
    config = scored(pictures, tmp_path / "run", judge, steps=12, eval_every=1, patience=2)
    console = Console(file=io.StringIO(), width=300)
    run(config, console)
    assert "Stopped by its scores, which only get worse: the best model is in" in console.file.getvalue()
    assert checkpoint(config.out, 5).exists()
    assert AMGAN.from_pretrained(config.out / "best").metrics["training"]["steps"] == 2


def test_the_order_of_scores():
    before = [{"step": 1, "score/am_score": 9.0, "score/frechet_distance": 0.5} | BY, {"step": 1, "loss/generator": 0}]
    assert is_best({"score/frechet_distance": 0.4, "score/am_score": 99.0} | BY, before)
    assert not is_best({"score/frechet_distance": 0.6, "score/am_score": 1.0} | BY, before)
    assert is_best({"score/frechet_distance": 0.5, "score/am_score": 8.0} | BY, before)
    assert not is_best({"score/frechet_distance": 0.5, "score/am_score": 9.0} | BY, before)
    assert not is_best({"score/am_score": 1.0} | BY, before)
    assert is_best({"score/am_score": 1.0} | BY, [{"step": 1, "score/am_score": 2.0} | BY])
    assert is_best({"score/frechet_distance": 0.5} | BY, [{"step": 1, "loss/generator": 0.1}])
    assert best_step(Path("no-such-run")) is None


def test_scores_of_others_are_not_compared(tmp_path):
    ours = {"score/frechet_distance": 9.0} | BY
    for others in ({"score/judge": "b" * 40}, {"score/pictures": 500}):
        assert is_best(ours, [{"step": 1, "score/frechet_distance": 1.0} | BY | others])
    assert is_best(ours, [{"step": 1, "score/frechet_distance": 1.0}])  # of a log that does not say whose scores
    assert not is_best(ours, [{"step": 1, "score/frechet_distance": 1.0} | BY])
    rows = [
        {"step": 1, "score/frechet_distance": 1.0}, {"step": 2, "score/frechet_distance": 0.5},
        {"step": 3, "score/frechet_distance": 7.0} | BY, {"step": 4, "score/frechet_distance": 8.0} | BY,
    ]  # fmt: skip
    for wanted, part in ((2, rows[:2]), (3, rows)):
        (tmp_path / LOG_FILE).write_text("".join(json.dumps(row) + "\n" for row in part))
        assert best_step(tmp_path) == wanted


def test_what_cannot_be_scored_is_said_before_the_first_step(pictures, tmp_path, judge):
    tiny_judge(class_names=("a", "b", "c")).save(tmp_path / "strange")
    for named, said in ((tmp_path / "strange", "knows other classes"), (None, "no judge that ships knows")):
        config = scored(pictures, tmp_path / "run", named)
        with pytest.raises(JudgeError, match=said):
            run(config)
        assert not (config.out / "train.json").exists()
    with pytest.raises(ConfigError, match="--eval-pictures must be at least 10"):
        scored(pictures, tmp_path / "run", judge, eval_pictures=1).check()
    with pytest.raises(ConfigError, match="--eval-every must be at least 0"):
        scored(pictures, tmp_path / "run", judge, eval_every=-1).check()
