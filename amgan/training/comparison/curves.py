"""The figure of a comparison: how each model's scores went along the training."""

from __future__ import annotations

import io
import statistics
from collections.abc import Sequence

from amgan.networks.objectives import OBJECTIVES
from amgan.training.comparison.plan import Variant
from amgan.training.comparison.results import RunResult
from amgan.training.scoring import PREFIX

PANELS = (
    ("am_score", "AM Score (lower is better)"),
    ("inception_score", "Inception Score (higher is better)"),
    ("frechet_distance", "Frechet distance (lower is better)"),
    ("ms_ssim", "MS-SSIM, largest class mean (lower: more variety)"),
)
DPI = 90


def curve_of(results: Sequence[RunResult], variant: Variant, kind: str) -> tuple[list[int], list[float]]:
    """Steps and mean score over a variant's seeds, at the steps where all of its runs were scored."""
    runs = [
        {row["step"]: row[PREFIX + kind] for row in result.curve if PREFIX + kind in row}
        for result in results
        if result.run.variant == variant and result.evaluation
    ]
    steps = sorted(set.intersection(*map(set, runs))) if runs else []
    return steps, [statistics.fmean(run[step] for run in runs) for step in steps]


def curves_figure(results: Sequence[RunResult]) -> bytes:
    """The figure as a PNG file: a line a variant, dashed for predefined labeling."""
    # Here, since matplotlib takes a second to import, and without pyplot, which keeps figures for ever.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 9), dpi=DPI, layout="constrained")
    variants = sorted(
        {result.run.variant for result in results}, key=lambda one: (list(OBJECTIVES).index(one.objective), one)
    )
    for axes, (kind, title) in zip(figure.subplots(2, 2).flat, PANELS):
        for variant in variants:
            steps, values = curve_of(results, variant, kind)
            axes.plot(
                steps,
                values,
                "o-" if variant.labeling == "dynamic" else "s--",
                color=f"C{list(OBJECTIVES).index(variant.objective)}",
                markersize=3,
                label=f"{variant.title}, {variant.labeling}",
            )
        if kind in ("am_score", "frechet_distance"):
            axes.set_yscale("log")
        axes.set_title(title)
        axes.set_xlabel("step")
        axes.grid(alpha=0.3)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()
