"""The kinds of animation that frames can become."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from amgan.sampling.animation import encode_mp4
from amgan.sampling.media import encode_gif, encode_webp

ENCODERS: dict[str, Callable[[np.ndarray, int], bytes]] = {
    "webp": encode_webp,
    "gif": encode_gif,
    "mp4": encode_mp4,
}
"""What makes a file of each kind from frames, uint8 (N, H, W, C), and for how many milliseconds each is shown."""
