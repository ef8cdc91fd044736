"""``interpolate``: a morph between pictures, as an animation, a film strip or single frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.bounds import FRAMES, MAX_MILLISECONDS, MILLISECONDS, check_whole
from amgan.cli.models import open_model
from amgan.cli.seed_flag import SeedFlag
from amgan.console import say
from amgan.errors import RequestError
from amgan.sampling.animation import ENCODERS, MISSING, has_ffmpeg
from amgan.sampling.interpolation import Easing, Method
from amgan.sampling.marking import MADE_UP
from amgan.sampling.media import encode_png, enlarge, film_strip
from amgan.whole_files import write_whole


@dataclass(frozen=True)
class InterpolateCommand:
    """Morph from one picture to another, through others if asked.

    Attributes:
        model: A release folder or a model repository of the Hub.
        start: Seed of the first picture, or the name of a variation; so the others.
        end: Seed of the last picture.
        out: Where to: .webp, .gif or .mp4 (with imageio-ffmpeg) for an animation, .png for a film strip, a folder for
            single frames.
        through: Seeds of pictures to pass on the way.
        labels: Class of each keyframe by name or number, or one for all; any class if not given.
        frames: Number of frames, both ends counted.
        truncation: Below 1: pictures more alike and more typical.
        confidence: Dynamic models: D's least probability of the class; the model's own if not given.
        method: slerp keeps to the arc on which latents lie, lerp takes the straight line.
        loop: Go on from the end back to the start.
        easing: steady goes at one pace from keyframe to keyframe, resting more slowly near each.
        milliseconds: How long each frame is shown.
        scale: Whole factor by which the pictures are enlarged, without smoothing; an .mp4 is at least 256 pixels wide.
        revision: Branch, tag or commit on the Hub.
    """

    model: str
    start: SeedFlag
    end: SeedFlag
    out: Path
    through: tuple[SeedFlag, ...] = ()
    labels: tuple[str, ...] = ()
    frames: int = FRAMES
    truncation: float = 1.0
    confidence: float | None = None
    method: Method = "slerp"
    loop: bool = False
    easing: Easing = "steady"
    milliseconds: int = MILLISECONDS
    scale: int = 4
    revision: str | None = None


def run_interpolate(command: InterpolateCommand, console: Console) -> None:
    """Draw the frames and write them.

    Raises:
        AmganError: the model, a seed or a class cannot be served, or `out` has a suffix that is no picture's, or .mp4
            where imageio-ffmpeg is not installed.
    """
    kind = command.out.suffix.lower().removeprefix(".")
    if kind not in (*ENCODERS, "png", ""):
        raise RequestError(f"{command.out}: write to .webp, .gif, .mp4, .png, or a folder")
    if kind == "mp4" and not has_ffmpeg():
        raise RequestError(f"{command.out}: {MISSING}")
    check_whole(command.scale, "scale", 1, 64)
    check_whole(command.milliseconds, "milliseconds", 1, MAX_MILLISECONDS)
    model = open_model(command.model, command.revision)
    frames = model.interpolate(
        command.start,
        command.end,
        command.frames,
        labels=command.labels[0] if len(command.labels) == 1 else command.labels or None,
        through=command.through,
        truncation=command.truncation,
        confidence=command.confidence,
        method=command.method,
        loop=command.loop,
        easing=command.easing,
    )
    frames = enlarge(frames, command.scale)
    (command.out if kind == "" else command.out.parent).mkdir(parents=True, exist_ok=True)
    if kind in ENCODERS:
        write_whole(command.out, ENCODERS[kind](frames, command.milliseconds))
    elif kind == "png":
        write_whole(command.out, encode_png(film_strip(frames), MADE_UP))
    else:
        for number, frame in enumerate(frames):
            (command.out / f"frame-{number:04d}.png").write_bytes(encode_png(frame, MADE_UP))
    say(console, f"{len(frames)} frames from seed {command.start} to seed {command.end} -> {command.out}")
