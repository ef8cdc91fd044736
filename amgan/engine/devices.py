"""Where a server draws."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from amgan.errors import ConfigError


def drawing_devices(names: Sequence[str] = ()) -> list[torch.device]:
    """The devices of those names; without any, all GPUs, or else the CPU.

    Models are loaded on the first one, which decides their arithmetic.

    Raises:
        ConfigError: one is not here or is no device, or they are of different kinds.
    """
    if not names:
        gpus = [torch.device("cuda", number) for number in range(torch.cuda.device_count())]
        return gpus or [torch.device("cpu")]
    try:
        # As tensors there say, who know the number of what is named without one.
        devices = [torch.empty(1, device=name).device for name in names]
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"devices {' '.join(names)}: one of them is not here or is no device") from error
    if len({device.type for device in devices}) > 1:
        raise ConfigError(f"devices {' '.join(names)}: take one kind, since each draws a picture in bytes of its own")
    return devices
