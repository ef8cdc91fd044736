"""The list of jobs, as HTML."""

from __future__ import annotations

from amgan.bulk.job import Job
from amgan.bulk.progress import JobProgress
from amgan.bulk.spec import JobSpec
from amgan.ui.jobs import jobs_html
from amgan.ui.words import ENGLISH

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
