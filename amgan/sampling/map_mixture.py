"""Between the places of a map: the mixture of the three seeds around a point, as the name of a picture.

The places of a map are bricks of a wall, so the middles of three neighbours make a triangle of acute angles, and a
point in it has three weights that come to one: its barycentric coordinates. The mixture goes from the seed of the
largest weight towards the second and from there towards the third, so that its name is that of a variation.
"""

from __future__ import annotations

import math
from collections import defaultdict

from torch import Tensor

from amgan.sampling.variation_name import PictureSeed, Variation


def seeds_around(seeds: Tensor, x: float, y: float) -> dict[int, float]:
    """The seeds around a point of a map with their weights, which come to one: three, fewer on a line between two.

    Args:
        seeds: The seed of each place, (rows, columns); the middle of a place of an odd row, counted from 0, is at
            x = column + 1, of an even one at x = column + 1/2.
        x: From the left end, in thumbnails. What lies outside has the weights of the edge.
        y: From the top, likewise.
    """
    rows, columns = seeds.shape
    down = min(max(y - 0.5, 0.0), rows - 1.0)
    above = min(int(down), rows - 2)
    even, odd = (above, above + 1) if above % 2 == 0 else (above + 1, above)
    # From the even row (0) to the odd one (1), whose middles lie half a place further on.
    way = abs(down - even)
    across = min(max(x - 0.5 - way / 2, -1.0), float(columns))
    left = math.floor(across)
    part = across - left
    if part + way <= 1:
        corners = ((even, left, 1 - part - way), (even, left + 1, part), (odd, left, way))
    else:
        corners = ((odd, left + 1, part + way - 1), (odd, left, 1 - part), (even, left + 1, 1 - way))
    weights: defaultdict[int, float] = defaultdict(float)
    for row, column, weight in corners:
        weights[int(seeds[row, min(max(column, 0), columns - 1)])] += weight
    return {seed: weight for seed, weight in weights.items() if weight > 0}


def mixture_name(weights: dict[int, float]) -> PictureSeed:
    """The name of a mixture of seeds' pictures.

    Latents of different seeds are nearly at right angles. Of unit vectors at right angles the mixture is the one whose
    coordinates are as the sines of the weights times 90 degrees: between two that is the arc at one pace, and of three
    it is the same in whatever order they are gone towards, so that nothing jumps where two weights change places.

    Args:
        weights: The weight of each seed; they come to one.
    """
    first, *others = sorted(weights, key=lambda seed: (-weights[seed], seed))
    here = _coordinate(weights[first])
    steps = []
    for seed in others:
        there = _coordinate(weights[seed])
        steps.append((round(math.degrees(math.atan2(there, here)) / 0.9), seed))
        here = math.hypot(here, there)
    return Variation.leading(first, steps)


def _coordinate(weight: float) -> float:
    return math.sin(math.radians(90 * weight))
