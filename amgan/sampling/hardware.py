"""What a device does fast; decided by what it is, never by a timing, so that a machine's pictures stay the same."""

from __future__ import annotations

import torch


def has_fast_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bf16 much faster than fp32: CUDA from Ampere on, CPUs with AMX.

    CPUs with AVX512-BF16 alone are left out: there bf16 was measured no faster than fp32 (benchmarks/).
    """
    if device.type == "cuda":
        with torch.cuda.device(device):  # the question is about the current one
            return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        return bool(torch.cpu._is_amx_tile_supported())
    return False
