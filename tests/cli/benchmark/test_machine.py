from __future__ import annotations

from amgan.cli.benchmark import machine


def test_it_measures_fp32_and_bf16(monkeypatch):
    monkeypatch.setattr(machine, "SIDE", 64)
    monkeypatch.setattr(machine, "SECONDS", 0.0)
    table = machine.gemm_table()
    assert list(table.columns[0].cells) == ["float32", "bfloat16"]
