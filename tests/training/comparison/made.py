"""Results as a comparison leaves them, with numbers of one's own."""

from __future__ import annotations

from typing import Any

from amgan.training.comparison.plan import PlannedRun, Variant
from amgan.training.comparison.results import RunResult

SETTINGS: dict[str, Any] = {
    "data": "shapes",
    "training_pictures": 48,
    "budget": {
        "steps": 1500, "batch_size": 64, "generator_width": 16, "discriminator_width": 12, "generator_lr": 4e-4,
        "discriminator_lr": 2e-4, "lr_decay_steps": 0, "ema_decay": 0.999, "precision": "fp32",
        "image_size": 32, "channels": None, "architecture": "dcgan", "variety": 0.0,
    },
    "scoring": {"pictures": 5000, "asked": 0, "seed": 0, "pairs": 200},
    "judge": {"name": "shape-judge", "digest": "0" * 40, "accuracy": 0.9369, "test_pictures": 10000},
}  # fmt: skip


def scores(
    inception: float = 8.0,
    am: float | None = 0.3,
    ms_ssim: float = 0.4,
    left_out: tuple[str, ...] = (),
    pictures: int = 5000,
    classes: dict[str, float | None] | None = None,
) -> dict[str, Any]:
    return {
        "pictures": pictures, "inception_score": inception, "mode_score": inception, "am_score": am,
        "am_score_terms": {"divergence": 0.1, "entropy": 0.2}, "frechet_distance": 30.0,
        "kernel_distance": {"mean": 0.5, "std": 0.1},
        "ms_ssim": {"mean": 0.3, "largest": ms_ssim, "left_out": list(left_out)},
        "classes": {name: {"ms_ssim": value} for name, value in (classes or {"bag": ms_ssim, "boot": 0.1}).items()},
    }  # fmt: skip


def result(objective: str, labeling: str = "dynamic", seed: int = 0, **numbers: Any) -> RunResult:
    curve = [{"step": 5, "loss/generator": 1.0}, {"step": 10, "score/am_score": 0.5 + seed, "score/ms_ssim": 0.4}]
    facts = {"seconds": 360, "machine": "m", "precision": "fp32", "software": "s"}
    evaluation = {"protocol": {}, "scores": scores(**numbers)}
    return RunResult(PlannedRun(Variant(objective, labeling), seed), SETTINGS, facts, curve, evaluation)
