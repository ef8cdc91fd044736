"""The kinds of animation that frames can become; an MP4 is of H.264, which all devices play, by imageio-ffmpeg."""

from __future__ import annotations

import contextlib
import importlib
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np

from amgan.bounds import MILLISECONDS
from amgan.errors import VideoError
from amgan.sampling.marking import marked_mp4
from amgan.sampling.media import encode_gif, encode_webp, enlarge

LEAST_PIXELS = 256
"""Players fail on pictures of very few pixels, or blur them when they enlarge them."""
MISSING = "an mp4 needs imageio-ffmpeg, which is not installed here: pip install imageio-ffmpeg"
QUALITY = ["-crf", "10", "-threads", "1"]
"""On pictures of the CIFAR-10 model 1.1 grey levels from them on average, 2 kB a frame. One core is left to others."""
COLOURS = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
"""Said in the file, since players guess differently."""
# Colour is kept for squares of 2 x 2 pixels, which are of one colour after an enlargement by an even factor: one of
# their pixels is taken, where an average would reach into the next square.
CONVERT = ["-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=neighbor+accurate_rnd"]
ENDING_SECONDS = 60
"""After the last frame ffmpeg gets no longer, so that nobody waits for ever."""
STREAMABLE = ["-movflags", "+faststart"]
INDEX = b"moov"
"""Box of an MP4 without which nothing plays; ffmpeg writes it last."""


def has_ffmpeg() -> bool:
    """Whether videos can be made here."""
    try:
        _imageio_ffmpeg().get_ffmpeg_exe()
    except (VideoError, RuntimeError):
        return False
    return True


def encode_mp4(frames: np.ndarray, milliseconds: int = MILLISECONDS) -> bytes:
    """Frames as an MP4 file.

    Args:
        frames: uint8 (N, H, W, C), C = 1 or 3.
        milliseconds: How long each is shown.

    Returns:
        The file, with the mark. Its pictures are enlarged by the least whole factor that makes both sides even and at
        least `LEAST_PIXELS`; pixels are a little off, since H.264 as players know it is not lossless.

    Raises:
        VideoError: imageio-ffmpeg is not installed, or ffmpeg failed.
    """
    factor = _factor(*frames.shape[1:3])
    height, width = frames.shape[1] * factor, frames.shape[2] * factor
    library = _imageio_ffmpeg()
    with tempfile.TemporaryDirectory(prefix="amgan-video-") as folder:
        file = Path(folder) / "video.mp4"
        try:
            writer = library.write_frames(
                file,
                (width, height),
                fps=Fraction(1000, milliseconds),
                codec="libx264",
                quality=None,
                macro_block_size=1,
                ffmpeg_log_level="error",
                ffmpeg_timeout=ENDING_SECONDS,
                output_params=[*CONVERT, *COLOURS, *QUALITY, *STREAMABLE],
            )
            with contextlib.closing(writer):
                writer.send(None)
                for frame in frames:
                    writer.send(np.broadcast_to(enlarge(frame, factor), (height, width, 3)).tobytes())
            content = file.read_bytes()
        except (OSError, RuntimeError) as error:
            raise VideoError("ffmpeg could not be started, or stopped before the video was written") from error
    if INDEX not in content:
        raise VideoError("ffmpeg stopped before the video was complete; is the disk full?")
    return marked_mp4(content)


def _factor(height: int, width: int) -> int:
    factor = max(1, -(-LEAST_PIXELS // min(height, width)))
    return factor if height * factor % 2 == 0 and width * factor % 2 == 0 else factor + factor % 2


def _imageio_ffmpeg() -> ModuleType:
    try:
        return importlib.import_module("imageio_ffmpeg")
    except ImportError as error:
        raise VideoError(MISSING) from error


ENCODERS: dict[str, Callable[[np.ndarray, int], bytes]] = {
    "webp": encode_webp,
    "gif": encode_gif,
    "mp4": encode_mp4,
}
"""What makes a file of each kind from frames, uint8 (N, H, W, C), and for how many milliseconds each is shown."""
