"""docs/generate.md names every form of result, and every key of a manifest's row."""

from __future__ import annotations

import json

from amgan.bulk.formats import FORMS
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from tests.documents import table_rows, text_of
from tests.models import tiny_model


def test_every_form_and_every_key_of_a_row_is_named_and_no_other(tmp_path):
    # Of a variation, whose row has a key more.
    model, spec = tiny_model(), JobSpec(model="m", revision="r", format="png", n=1, seed="0~12-1")
    run_job(spec, model.sampler.sample, model.class_names, tmp_path / "out")
    row = json.loads((tmp_path / "out" / "manifest.jsonl").read_text())
    assert table_rows(text_of("docs/generate.md"), "What comes out").keys() == {*FORMS, *row}
