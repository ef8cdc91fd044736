"""metrics.jsonl: every line there, none twice, whatever a kill left."""

from __future__ import annotations

import json

from amgan.training.run_log import LOG_FILE, RunLog, forget_after, read_run_log


def test_what_is_logged_is_read(tmp_path):
    log = RunLog(tmp_path / LOG_FILE)
    log.log({"loss/generator": 0.5}, step=2)
    log.log({"score/am_score": 1.25}, step=2)
    log.log({"loss/generator": 0.25}, step=4)
    rows = [
        {"step": 2, "loss/generator": 0.5},
        {"step": 2, "score/am_score": 1.25},
        {"step": 4, "loss/generator": 0.25},
    ]
    assert read_run_log(tmp_path / LOG_FILE) == rows
    forget_after(tmp_path / LOG_FILE, 3)
    assert read_run_log(tmp_path / LOG_FILE) == rows[:2]
    forget_after(tmp_path / LOG_FILE, 0)
    assert (tmp_path / LOG_FILE).read_text() == ""


def test_no_log_and_a_torn_one(tmp_path):
    file = tmp_path / "run" / LOG_FILE
    assert read_run_log(file) == []
    forget_after(file, 7)
    file.write_bytes(b'{"step": 1, "a": 2}\n[1]\n7\n{"no": "step"}\n\xff\xfe\n{"step": 2, "a"')
    assert read_run_log(file) == [{"step": 1, "a": 2}]
    forget_after(file, 1)
    RunLog(file).log({"a": 3}, step=2)
    assert [json.loads(line)["a"] for line in file.read_text().splitlines()] == [2, 3]
