"""The figure of an evaluation: AM Score by class, asked classes against the judge's, best, worst, closest pictures."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from amgan.metrics.copies import copies_in_words
from amgan.metrics.evaluation import Evaluation
from amgan.sampling.media import grid, to_pil

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from torch import Tensor

MOST_CLASSES = 40
"""With more classes only the first ones are shown, or no name could be read."""

COLUMNS = 8
TITLE_LETTERS = 110
"""So many fit into a line above."""


def evaluation_figure(evaluation: Evaluation, class_names: tuple[str, ...], title: str) -> bytes:
    """The figure as a PNG file.

    Args:
        evaluation: What was measured.
        class_names: The model's classes.
        title: What stands above.
    """
    # Here, since matplotlib takes a second to import, and without pyplot, which keeps figures for ever.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = [name if len(name) <= 18 else name[:17] + "…" for name in class_names[:MOST_CLASSES]]
    closest = evaluation.closest
    figure = Figure(figsize=(12, 9 if closest is None else 12), layout="constrained")
    figure.suptitle(_literal(textwrap.fill(title, TITLE_LETTERS)))
    rows: Any = [["terms", "confusion"], ["best", "worst"]] + ([] if closest is None else [["closest", "closest"]])
    axes = figure.subplot_mosaic(rows)
    _draw_terms(axes["terms"], evaluation, names)
    _draw_confusion(axes["confusion"], evaluation, names)
    for place, ranked in (("best", evaluation.best), ("worst", evaluation.worst)):
        low, high = float(ranked.scores.min()), float(ranked.scores.max())
        rated = "highest" if place == "best" else "lowest"
        _draw_pictures(axes[place], ranked.images, COLUMNS, f"D rates these {rated}: {low:.3g} to {high:.3g}")
    if closest is not None:
        warning = copies_in_words(evaluation.summary["copies"])
        said = "Drawn pictures that are nearest to training pictures, which stand below them"
        _draw_pictures(axes["closest"], closest.flatten(0, 1), closest.shape[1], f"{warning}\n{said}".strip())
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()


def _draw_terms(axes: Axes, evaluation: Evaluation, names: list[str]) -> None:
    am = evaluation.scores.am
    places = np.arange(len(names))
    axes.barh(places - 0.2, am.class_divergence.numpy()[: len(names)], 0.4, label="part of the divergence")
    axes.barh(places + 0.2, am.class_entropy.numpy()[: len(names)], 0.4, label="mean entropy")
    axes.axvline(0, color="grey", linewidth=0.8)
    axes.set_yticks(places, map(_literal, names))
    axes.invert_yaxis()
    axes.set_xlabel("nats")
    axes.set_title(f"AM Score {am.score:.3f} = divergence {am.divergence:.3f} + entropy {am.entropy:.3f}")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, frameon=False)


def _draw_confusion(axes: Axes, evaluation: Evaluation, names: list[str]) -> None:
    asked = evaluation.asked is not None
    agreement = evaluation.asked or evaluation.named
    if agreement is None:
        axes.set_axis_off()
        axes.set_title("This model names no classes")
        return
    confusion = agreement.confusion.numpy()
    shares = confusion[: len(names), : len(names)] / np.maximum(confusion.sum(axis=1)[: len(names), None], 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if len(names) <= 20:
        for row, column in np.argwhere(shares >= 0.005):
            share = shares[row, column]
            axes.text(column, row, f"{share:.0%}", ha="center", va="center", fontsize=7,
                      color="white" if share > 0.5 else "black")  # fmt: skip
    axes.set_xticks(range(len(names)), map(_literal, names), rotation=90)
    axes.set_yticks(range(len(names)), map(_literal, names))
    axes.set_xlabel("the judge's class")
    axes.set_ylabel("the class asked for" if asked else "the class the model names")
    axes.set_title(f"The judge sees the class {'asked for' if asked else 'named'} on {agreement.share:.1%}")


def _draw_pictures(axes: Axes, images: Tensor, columns: int, title: str) -> None:
    sheet = grid(images.permute(0, 2, 3, 1).numpy(), columns)
    axes.imshow(np.asarray(to_pil(sheet).convert("RGB")), interpolation="nearest")
    axes.set_axis_off()
    axes.set_title(title)


def _literal(text: str) -> str:
    # A class name may hold a dollar sign, which would start a formula.
    return text.replace("$", r"\$")
