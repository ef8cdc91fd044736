"""Paths between pictures: through the latents of two or more names, and for predefined models through mixed classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from amgan.bounds import FRAMES, MAX_FRAMES, check_whole
from amgan.errors import RequestError
from amgan.sampling.arc import lerp, slerp
from amgan.sampling.class_names import Label
from amgan.sampling.recipes import Points, Recipe
from amgan.sampling.sampler import Sample, Sampler
from amgan.sampling.variation_name import PictureSeed

Method = Literal["slerp", "lerp"]
Easing = Literal["steady", "resting"]


def keyframe_positions(keyframes: int, frames: int, loop: bool = False) -> list[int]:
    """At which frame each keyframe stands: the first at 0, the others as evenly as whole frames allow.

    Without `loop` the last keyframe is the last frame; with it the path goes on from there back to the first, whose
    return is left out, so that the animation repeats without a double frame.
    """
    segments = keyframes if loop else keyframes - 1
    intervals = frames if loop else frames - 1
    return [index * intervals // segments for index in range(keyframes)]


def eased(t: Tensor, easing: Easing) -> Tensor:
    """Where between two keyframes a path is, from 0 to 1, after the part `t` of the time, from 0 to 1, of any shape.

    "steady" goes at one pace; "resting" sets off and arrives gently, along 3t^2 - 2t^3, which has no speed at the ends.
    """
    return t if easing == "steady" else t * t * (3 - 2 * t)


def path(
    keyframes: Tensor, frames: int, method: Method = "slerp", loop: bool = False, easing: Easing = "steady"
) -> Tensor:
    """A path of `frames` points through M keyframes (M, D), each of them met exactly: (frames, D)."""
    between = {"slerp": slerp, "lerp": lerp}[method]
    positions = keyframe_positions(len(keyframes), frames, loop)
    ends = [*positions[1:], *([frames] if loop else [])]
    pieces = []
    for index, (first, last) in enumerate(zip(positions, ends)):
        t = eased(torch.arange(last - first, dtype=torch.float64) / (last - first), easing)
        pieces.append(between(keyframes[index], keyframes[(index + 1) % len(keyframes)], t))
    if not loop:
        pieces.append(keyframes[-1:])
    return torch.cat(pieces)


def interpolation_recipe(
    sampler: Sampler,
    seeds: Sequence[PictureSeed],
    labels: Sequence[Label | None],
    frames: int = FRAMES,
    truncation: float = 1.0,
    confidence: float | None = None,
    method: Method = "slerp",
    loop: bool = False,
    easing: Easing = "steady",
) -> Recipe[tuple[np.ndarray, list[Sample]]]:
    """Frames of a walk through two or more named pictures, and what is known of these keyframes.

    Args:
        sampler: Draws the model's pictures.
        seeds: Seeds of the keyframes, or names of variations.
        labels: Their classes, None for any. A predefined model mixes the classes between two keyframes linearly.
        frames: Number of frames, at least the number of keyframes and at most `MAX_FRAMES`.
        truncation: Scale of the latents, above 0, at most 2.
        confidence: Dynamic models: D's least probability of the asked class at the keyframes.
        method: "slerp", the arc, or "lerp", the line.
        loop: Return to the first keyframe, whose second showing is left out.
        easing: "steady", one pace from keyframe to keyframe, or "resting", slower near each.

    Returns:
        uint8 (frames, H, W, C), and the keyframes, which are the very pictures that `Sampler.sample` gives for their
        names.

    Raises:
        RequestError: fewer than two keyframes, too few or too many frames, or what `Sampler.sample` refuses.
        ClassSearchError: a keyframe's class was not found.
    """
    if len(seeds) < 2:
        raise RequestError("an interpolation needs two or more seeds")
    frames = check_whole(frames, "frames", len(seeds), MAX_FRAMES)
    if method not in ("slerp", "lerp"):
        raise RequestError(f"method must be slerp or lerp, not {method!r:.40}")
    if easing not in ("steady", "resting"):
        raise RequestError(f"easing must be steady or resting, not {easing!r:.40}")
    keyframes, samples = yield from sampler.sample_recipe(seeds, labels, truncation, confidence)
    latents = sampler.latents([s.name for s in samples], [s.draw for s in samples], truncation)
    given = sampler.given_classes([s.seed for s in samples], [s.asked for s in samples])
    classes = None
    if given is not None:
        classes = path(sampler.one_hot(given), frames, "lerp", loop, easing)
    rendered = yield Points(path(latents, frames, method, loop, easing), classes, judged=False)
    # In bf16 a keyframe may have been drawn again in fp32; the frames must be the same pictures.
    rendered.pictures[keyframe_positions(len(seeds), frames, loop)] = keyframes
    return rendered.pictures, samples
