"""The machine's peak: large matrix products, against which the nets can be read."""

from __future__ import annotations

from functools import partial

import torch
from rich.table import Table

from amgan.cli.benchmark.timing import device, time_in_turns

SIDE = 2048
SECONDS = 2.0


def gemm_table() -> Table:
    """Product of two square matrices in fp32 and bf16, in GFLOPS."""
    place = device()
    pairs = {
        str(dtype).removeprefix("torch."): [torch.randn(SIDE, SIDE, device=place).to(dtype) for _ in range(2)]
        for dtype in (torch.float32, torch.bfloat16)
    }
    times = time_in_turns({name: partial(torch.matmul, *pair) for name, pair in pairs.items()}, SECONDS)
    table = Table(title=f"Machine: {place}, {torch.get_num_threads()} thread(s), torch {torch.__version__}")
    table.add_column(f"matrix product {SIDE}x{SIDE}")
    table.add_column("GFLOPS", justify="right")
    for name, seconds in times.items():
        table.add_row(name, f"{2 * SIDE**3 / seconds / 1e9:.0f}")
    return table
