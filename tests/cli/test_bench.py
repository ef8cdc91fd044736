from __future__ import annotations

from amgan.cli import bench


def test_the_machines_peak_is_measured_in_fp32_and_bf16(monkeypatch):
    monkeypatch.setattr(bench, "GEMM_SIDE", 64)
    monkeypatch.setattr(bench, "GEMM_SECONDS", 0.0)
    table = bench.gemm_table()
    assert list(table.columns[0].cells) == ["float32", "bfloat16"]
