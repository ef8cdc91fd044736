"""The list of jobs, as HTML."""

from __future__ import annotations

from pathlib import Path

from amgan.bulk.job import Job
from amgan.bulk.progress import JobProgress
from amgan.bulk.spec import JobSpec
from amgan.engine.shelf import Shelf
from amgan.ui.jobs import jobs_html, title_of
from amgan.ui.words import ENGLISH, words_in
from tests.models import saved

SPEC = JobSpec("toy", "r1", "zip", n=1200)


def test_a_job_that_waits_for_its_model_says_so_and_how_far_it_is() -> None:
    progress = JobProgress("drawing", 512, 1200)
    html = jobs_html([Job("0" * 32, SPEC, "waiting", 0.0, problem="<no connection>", progress=progress)], ENGLISH)
    assert "Waits: &lt;no connection&gt;." in html
    assert '<progress value="512" max="1200"' in html
    assert ENGLISH.job_waiting not in html
    assert ENGLISH.job_cancel in html


def test_a_job_that_waits_for_its_turn_says_no_more() -> None:
    html = jobs_html([Job("0" * 32, SPEC, "waiting", 0.0)], ENGLISH)
    assert f"<p>{ENGLISH.job_waiting}</p>" in html


def test_the_title_names_classes_for_its_reader_though_no_model_is_in_memory(tmp_path: Path) -> None:
    (saved(tmp_path / "toy") / "README.md").write_text("---\nclass_names: {ja: {Bag: バッグ}}\n---\n", encoding="utf-8")
    shelf = Shelf(tmp_path)
    here, gone = (
        Job("0" * 32, JobSpec(name, "0" * 40, "zip", labels={"Bag": 2}), "waiting", 0.0) for name in ("toy", "gone")
    )
    assert "バッグ" in title_of(here, words_in("ja"), shelf)
    assert "Bag" in title_of(here, ENGLISH, shelf)
    assert "Bag" in title_of(gone, words_in("ja"), shelf)
    assert shelf.loaded("toy") is None
