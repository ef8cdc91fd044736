"""The figure of the overlaid gradient: one picture, the mean over pictures, shares and cosines."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from amgan.metrics.overlaid_gradient import aim_of
from amgan.model import AMGAN
from amgan.sampling.media import to_pil

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 20
DPI = 100


def gradient_figure(model: AMGAN, pulls: dict[str, Tensor], targets: Tensor) -> bytes:
    """The figure as a PNG file.

    Args:
        model: Whose pictures of seeds 0, 1, ... were judged.
        pulls: By the name of a loss its pull on the class logits, (N, K); the first is the overlaid one.
        targets: The target classes, (N,) int64.
    """
    # Here, since matplotlib takes a second to import, and without pyplot, which keeps figures for ever.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 8), dpi=DPI, layout="constrained")
    (one, ranked), (shares, cosines) = figure.subplots(2, 2)
    _draw_one(one, model, pulls, targets)
    _draw_ranks(ranked, pulls)
    aims = {name: aim_of(pull, targets) for name, pull in pulls.items()}
    _draw_spread(shares, {name: aim.share for name, aim in aims.items()})
    shares.set_xlabel("part of the positive pull on the strongest class")
    _draw_spread(cosines, {name: aim.cosine for name, aim in aims.items()})
    cosines.set_xlabel("cosine between the pull and the target class")
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()


def _draw_one(axes: Axes, model: AMGAN, pulls: dict[str, Tensor], targets: Tensor) -> None:
    share = aim_of(next(iter(pulls.values())), targets).share.nan_to_num(1.0)
    seed = int((share - share.median()).abs().argmin())
    classes = min(len(model.class_names), MOST_CLASSES)
    _draw_bars(axes, {name: pull[seed, :classes].numpy() for name, pull in pulls.items()})
    names = [name if len(name) <= 18 else name[:17] + "…" for name in model.class_names[:classes]]
    axes.set_xticks(range(classes), names, rotation=45, ha="right", parse_math=False)
    axes.set_ylabel("pull on the class logit")
    axes.set_title(f"One picture, the median one (seed {seed}, target {model.class_names[int(targets[seed])]:.18})",
                   parse_math=False)  # fmt: skip
    given = model.sampler.given_classes([seed], [None])
    picture = model.sample(labels=None if given is None else given[0], seeds=seed)[0]
    # The target's bar is the tall one: the picture and the legend stand on the other side.
    is_right = int(targets[seed]) >= classes / 2
    axes.legend(loc="upper left" if is_right else "upper right")
    corner = axes.inset_axes((0.01 if is_right else 0.78, 0.4, 0.21, 0.34))
    corner.imshow(np.asarray(to_pil(picture).convert("RGB")), interpolation="nearest")
    corner.set_axis_off()


def _draw_ranks(axes: Axes, pulls: dict[str, Tensor]) -> None:
    # Each picture's classes in the order of the first loss's pull, which is that of D's probabilities.
    order = next(iter(pulls.values())).argsort(dim=1, descending=True, stable=True)[:, :MOST_CLASSES]
    _draw_bars(axes, {name: pull.gather(1, order).mean(dim=0).numpy() for name, pull in pulls.items()})
    axes.set_xticks(range(order.shape[1]), [str(rank + 1) for rank in range(order.shape[1])])
    axes.set_xlabel("rank of the class in D's eyes, picture by picture")
    axes.set_title(f"Mean pull over {len(order):,} pictures")


def _draw_bars(axes: Axes, heights: dict[str, np.ndarray]) -> None:
    width = 0.8 / len(heights)
    for number, (name, values) in enumerate(heights.items()):
        axes.bar(np.arange(len(values)) + (number - 0.5) * width, values, width, label=name)
    axes.axhline(0, color="grey", linewidth=0.8)
    axes.legend()


def _draw_spread(axes: Axes, values: dict[str, Tensor]) -> None:
    for name, numbers in values.items():
        known = np.sort(numbers[~numbers.isnan()].numpy())
        axes.plot(known, np.arange(1, len(known) + 1) / max(len(known), 1), label=name, linewidth=2)
    axes.set_ylabel("part of the pictures at or below")
    axes.set_ylim(0, 1.02)
    axes.legend()
